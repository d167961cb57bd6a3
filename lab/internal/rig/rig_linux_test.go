package rig

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// can leaves a test out where the machine cannot run it, and says why; where it
// is required that is a failure.
func can(t *testing.T, missing error) {
	t.Helper()
	if missing == nil {
		return
	}
	if Required() {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// must ends the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// room is a room that is gone, with all that was in it, when the test ends.
func room(t *testing.T) string {
	t.Helper()
	dir, leave, err := Room()
	must(t, err)
	t.Cleanup(func() {
		if err := leave(); err != nil {
			t.Error(err)
		}
		nothingLeft(t, dir)
	})
	return dir
}

// nothingLeft fails if anything of dir is still there.
func nothingLeft(t *testing.T, dir string) {
	t.Helper()
	for _, list := range []string{"/proc/mounts", "/proc/self/mountinfo"} {
		text, err := os.ReadFile(list)
		must(t, err)
		if strings.Contains(string(text), dir) {
			t.Errorf("%s is still mounted", dir)
		}
	}
	devices, _ := filepath.Glob("/sys/block/loop*/loop/backing_file")
	for _, d := range devices {
		if text, _ := os.ReadFile(d); strings.Contains(string(text), dir) {
			t.Errorf("%s still serves %s", d, text)
		}
	}
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there", dir)
	}
}

// up formats, attaches and mounts f in dir.
func up(t *testing.T, f FS, dir string) (*Loop, string) {
	t.Helper()
	image, point := filepath.Join(dir, "image"), filepath.Join(dir, "mnt")
	must(t, errors.Join(os.WriteFile(image, nil, 0o600), os.Truncate(image, f.Size), os.Mkdir(point, 0o700)))
	loop, err := Attach(image, false)
	must(t, err)
	must(t, f.Format(context.Background(), loop.Path))
	must(t, f.Mount(loop.Path, point))
	return loop, point
}

func save(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	must(t, err)
	_, err = f.WriteString("content")
	must(t, errors.Join(err, f.Sync(), f.Close()))
}

func TestEveryFileSystemTakesASyncedWriteAndGoesAway(t *testing.T) {
	for _, f := range Systems() {
		t.Run(f.Name, func(t *testing.T) {
			can(t, MissingMounts(f))
			loop, point := up(t, f, room(t))
			if cache, err := loop.WriteCache(); err != nil || cache != "write back" {
				t.Errorf("the write cache is %q, %v: no flush would be sent", cache, err)
			}
			before, err := loop.Stat()
			must(t, err)
			save(t, filepath.Join(point, "file"))
			after, err := loop.Stat()
			must(t, err)
			n := after.Since(before)
			t.Logf("a synced write: %+v", n)
			if flushes := n.Flushes > 0; flushes == (f.Name == "ext4-nobar") {
				t.Errorf("%d flushes", n.Flushes)
			}
			if n.Writes == 0 || n.Bytes() == 0 {
				t.Error("nothing was written to the device")
			}

			must(t, Unmount(point))
			must(t, f.Mount(loop.Path, point))
			data, err := os.ReadFile(filepath.Join(point, "file"))
			if err != nil || string(data) != "content" {
				t.Errorf("after unmount and mount: %q, %v", data, err)
			}
			must(t, Unmount(point))
			must(t, loop.Detach())
			must(t, loop.Detach())
		})
	}
}

func TestABusyMountIsDetachedAndSaysSo(t *testing.T) {
	t.Parallel() // it waits for patience to end, twice
	f, err := Named("ext4")
	must(t, err)
	can(t, MissingMounts(f))
	loop, point := up(t, f, room(t))
	busy, err := os.Create(filepath.Join(point, "open"))
	must(t, err)
	defer busy.Close()
	if err := Unmount(point); err == nil || !strings.Contains(err.Error(), "detached") {
		t.Errorf("unmounting a busy file system: %v", err)
	}
	if err := loop.Detach(); err == nil || !strings.Contains(err.Error(), "busy") {
		t.Errorf("detaching a busy device: %v", err)
	}
	busy.Close()
	must(t, loop.Detach())
}

func TestDetachLeavesAnotherFileAlone(t *testing.T) {
	can(t, MissingMounts())
	dir := room(t)
	image := filepath.Join(dir, "image")
	must(t, errors.Join(os.WriteFile(image, nil, 0o600), os.Truncate(image, mib)))
	loop, err := Attach(image, false)
	must(t, err)
	stale := &Loop{Path: loop.Path, backing: "/elsewhere/disk"}
	if err := stale.Detach(); err == nil {
		t.Error("a device that serves another file was taken away")
	}
	must(t, loop.Detach())
}

func TestLeavingARoomTakesDownWhatIsUp(t *testing.T) {
	f, err := Named("ext4")
	must(t, err)
	can(t, MissingMounts(f))
	dir, leave, err := Room()
	must(t, err)
	up(t, f, dir)
	must(t, leave())
	nothingLeft(t, dir)
}

func TestNamed(t *testing.T) {
	for _, f := range Systems() {
		got, err := Named(f.Name)
		if err != nil || got.Title != f.Title {
			t.Errorf("%s: %v, %v", f.Name, got.Title, err)
		}
	}
	if _, err := Named("ntfs"); err == nil || !strings.Contains(err.Error(), "btrfs") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestMissingNamesEverythingInOneSentence(t *testing.T) {
	f := FS{Name: "ufs", Type: "ufs", Mkfs: []string{"mkfs.ufs"}}
	t.Setenv("PATH", "/nonexistent")
	err := Missing(f, Systems()[0])
	if !errors.Is(err, ErrMissing) {
		t.Fatalf("%v", err)
	}
	for _, want := range []string{"mkfs.ufs", "ufs in the kernel", "mkfs.ext4 (Debian package e2fsprogs)", "strace (Debian package strace)"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
	if err := MissingMounts(); err != nil && strings.Contains(err.Error(), "strace") {
		t.Errorf("mounting wants no strace: %v", err)
	}
}

func TestCountersReadTheRightFields(t *testing.T) {
	const line = "   7       3 loop3 11 0 88 1 22 0 176 2 0 3 4 0 0 0 0 33 5\n"
	got, err := counters("   7 31 loop31 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"+line, "loop3")
	if want := (Counters{Reads: 11, Writes: 22, Sectors: 176, Flushes: 33}); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := counters("7 3 loop3 1 2 3 4 5 6 7 8 9 10 11\n", "loop3"); err == nil {
		t.Error("a kernel that counts no flushes is taken for one without flushes")
	}
	if _, err := counters(line, "loop4"); err == nil {
		t.Error("an absent device has counts")
	}
}

func TestMountsBelow(t *testing.T) {
	const info = `30 1 7:0 / /dev/shm/r/mnt rw,nosuid - ext4 /dev/loop0 rw
31 1 0:50 / /dev/shm/r/a\040b rw shared:4 master:1 - fuse.lab lab rw
32 1 7:1 / /dev/shm/room/mnt rw - xfs /dev/loop1 rw
`
	got := mountsIn(info, "/dev/shm/r")
	if len(got) != 2 || got[0] != (mount{"/dev/shm/r/mnt", "ext4"}) || got[1] != (mount{"/dev/shm/r/a b", "fuse.lab"}) || !got[1].fuse() {
		t.Errorf("%+v", got)
	}
}
