package wholly

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestDiskFull(t *testing.T) { // F1
	if os.Geteuid() != 0 {
		need(t, "root, to mount a file system", os.ErrPermission)
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		need(t, "a small tmpfs", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	path := filepath.Join(dir, "f")
	p := Policy{Keep: 1}
	put(t, path, "old")
	big := make([]byte, 2<<20)
	failed(t, p.WriteFile(path, big, 0o600), Old, syscall.ENOSPC)
	_, err := p.WriteFrom(ctx, path, &endless{2 << 20}, 0o600)
	failed(t, err, Old, syscall.ENOSPC)
	failed(t, p.Update(ctx, path, 0o600, func([]byte) ([]byte, error) { return big, nil }), Old, syscall.ENOSPC)
	f, err := p.Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(big); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	failed(t, f.Commit(), Old, syscall.ENOSPC) // a Commit after a failed Write
	if content(t, path) != "old" || names(t, dir) != "f" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	failed(t, p.WriteFile(path, []byte("new"), 0o600), Old, syscall.EROFS)
}

// TestSizeLimitChild writes more than its limit allows.
func TestSizeLimitChild(t *testing.T) {
	path := os.Getenv("WHOLLY_LIMIT")
	if path == "" {
		t.Skip("runs only as a child")
	}
	limit := syscall.Rlimit{Cur: 100_000, Max: 100_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	failed(t, WriteFile(path, make([]byte, 200_000), 0o600), Old, syscall.EFBIG)
}

func TestSizeLimit(t *testing.T) { // F2
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path, "old")
	cmd := exec.Command(os.Args[0], "-test.run=^TestSizeLimitChild$")
	cmd.Env = append(os.Environ(), "WHOLLY_LIMIT="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if content(t, path) != "old" || names(t, dir) != "f" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
}

// bound mounts a file over another in a directory of its own.
func bound(t *testing.T) (dir, path string) {
	t.Helper()
	if os.Geteuid() != 0 {
		need(t, "root, to mount a file", os.ErrPermission)
	}
	dir = t.TempDir()
	path = filepath.Join(dir, "f")
	source := filepath.Join(t.TempDir(), "source")
	put(t, source, `"old"`)
	put(t, path, "")
	if err := syscall.Mount(source, path, "", syscall.MS_BIND, ""); err != nil {
		need(t, "a bind mount", err)
	}
	t.Cleanup(func() { syscall.Unmount(path, syscall.MNT_DETACH) })
	return dir, path
}

func TestMountedFile(t *testing.T) { // P1, P2 of the matrix
	dir, path := bound(t)
	for _, p := range []Policy{{}, {Keep: 2}, {If: IfVersion(VersionOf([]byte(`"old"`)))}} {
		err := p.WriteFile(path, []byte(`"new"`), 0o600)
		failed(t, err, Old, ErrMounted)
		failed(t, err, Old, syscall.EBUSY)
	}
	if content(t, path) != `"old"` || names(t, dir) != "f" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
	p := Policy{Keep: 2, Mounted: InPlace, Check: JSON}
	for _, s := range []string{`"a"`, `"longer than before"`, `"b"`} {
		res, err := p.WriteFrom(ctx, path, strings.NewReader(s), 0o600)
		if err != nil || !res.InPlace || !res.Durable {
			t.Fatalf("%+v, %v", res, err)
		}
	}
	if got := history(t, p, path); got != `0:"b" 1:"longer than before" 2:"a"` || names(t, dir) != "f f.bak f.bak.2" {
		t.Errorf("%s in %s", got, names(t, dir))
	}
	put(t, path, "[torn")
	if data, err := p.ReadFile(path); err == nil || string(data) != `"longer than before"` || content(t, path) != string(data) {
		t.Errorf("%q, %v", data, err)
	}
}

func TestMountedReadOnly(t *testing.T) {
	dir, path := bound(t)
	if err := syscall.Mount("", path, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
		need(t, "a read-only bind mount", err)
	}
	failed(t, Policy{Mounted: InPlace}.WriteFile(path, []byte("new"), 0o600), Old, syscall.EROFS)
	if content(t, path) != `"old"` || names(t, dir) != "f" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
}

// TestInPlaceChild writes in place until it is killed.
func TestInPlaceChild(t *testing.T) {
	path := os.Getenv("WHOLLY_INPLACE")
	if path == "" {
		t.Skip("runs only as a child")
	}
	for n := 0; ; n++ {
		if err := (Policy{Mounted: InPlace}).WriteFile(path, page("w", n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKilledWhileWritingInPlace(t *testing.T) { // P2 of the matrix
	dir, path := bound(t)
	p := Policy{Mounted: InPlace}
	if err := p.WriteFile(path, page("w", 0), 0o600); err != nil {
		t.Fatal(err)
	}
	rounds, undone := 60, 0
	if testing.Short() {
		rounds = 15
	}
	for i := range rounds {
		cmd := exec.Command(os.Args[0], "-test.run=^TestInPlaceChild$")
		cmd.Env = append(os.Environ(), "WHOLLY_INPLACE="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Kill it when it is seen at work, or a moment after.
		for start := time.Now(); time.Since(start) < 5*time.Second; {
			if _, err := os.Lstat(filepath.Join(dir, undoName("f"))); err == nil {
				break
			}
		}
		time.Sleep(time.Duration(i%8) * 20 * time.Microsecond)
		cmd.Process.Kill()
		cmd.Wait()
		if strings.Contains(names(t, dir), undoSuffix) {
			undone++
		}
		data, err := p.ReadFile(path)
		if err == nil {
			_, err = number(data)
		}
		if err != nil {
			t.Fatalf("after kill %d: %v", i, err)
		}
		if strings.Contains(names(t, dir), undoSuffix) {
			t.Fatalf("after reading: %s", names(t, dir))
		}
	}
	t.Logf("%d kills, %d of them while the file was being written", rounds, undone)
	if undone == 0 {
		t.Error("no kill hit the writing")
	}
	if _, err := Sweep(dir); err != nil || names(t, dir) != "f" {
		t.Errorf("left: %s, %v", names(t, dir), err)
	}
}
