package crash_test

import (
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/wholly-go/wholly/crash"
)

// found are the contents in which file may be found, over all moments.
func found(d *crash.Disk) (all []string) {
	for c := range d.Crashes(crash.Subset) {
		if s := string(c.Files()[file]); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func recording(content string, do func(d *crash.Disk)) *crash.Disk {
	d := crash.New()
	d.Put(file, []byte(content), 0o600)
	d.Reset()
	do(d)
	return d
}

// TestTornWrite: what is torn is old here and new there, either way round, and
// the length may run ahead of the data.
func TestTornWrite(t *testing.T) {
	for _, tc := range []struct {
		name, old, new string
		want           []string
	}{
		{"over the old", "oldold", "newnew", []string{"oldold", "newold", "oldnew", "newnew", "\x00\x00\x00\x00\x00\x00", ""}},
		{"behind the old", "abcd", "abcdefgh", []string{"abcd", "abcdefgh", "abcdef", "abcd\x00\x00\x00\x00"}},
		{"to a new file", "", "newnew", []string{"", "new", "new\x00\x00\x00", "\x00\x00\x00new", "newnew"}},
	} {
		d := recording(tc.old, func(d *crash.Disk) {
			f, err := d.Root().OpenWrite(file)
			must(err)
			if strings.HasPrefix(tc.new, tc.old) {
				_, err = f.Read(make([]byte, len(tc.old)+1))
				if tc.old != "" {
					must(err)
				}
			}
			_, err = f.Write([]byte(strings.TrimPrefix(tc.new, tc.old)))
			must(err)
		})
		got := found(d)
		for _, want := range tc.want {
			if !slices.Contains(got, want) {
				t.Errorf("%s: %q is never found, only %q", tc.name, want, got)
			}
		}
	}
}

// TestHalfAWrite: in the middle of a write over old content, its first half is
// there already and the rest is still the old.
func TestHalfAWrite(t *testing.T) {
	d := recording("oldold", func(d *crash.Disk) {
		f, err := d.Root().OpenWrite(file)
		must(err)
		_, err = f.Write([]byte("newnew"))
		must(err)
	})
	for c := range d.Crashes(crash.Subset) {
		if c.At == 0 && string(c.Files()[file]) == "newnew" {
			t.Error("the whole of a write is there in its middle")
		}
	}
}

// TestMetadataCounts: disks that differ in the group alone are two disks.
func TestMetadataCounts(t *testing.T) {
	d := recording("x", func(d *crash.Disk) {
		f, err := d.Root().OpenWrite(file)
		must(err)
		must(f.Chown(-1, 7))
	})
	groups := map[uint32]bool{}
	for c := range d.Crashes(crash.Subset) {
		info, err := c.Disk().Root().Stat(file)
		must(err)
		groups[info.GID] = true
	}
	if !groups[0] || !groups[7] {
		t.Errorf("groups found: %v, want the old and the new", groups)
	}
}

// TestReplacedLinkCounts: a link that took another's name is another disk.
func TestReplacedLinkCounts(t *testing.T) {
	d := crash.New()
	d.PutLink("one", "a")
	d.PutLink("two", "b")
	d.Reset()
	must(d.Root().Rename("two", "one"))
	texts := map[string]bool{}
	for c := range d.Crashes(crash.Subset) {
		text, err := c.Disk().Root().Readlink("one")
		must(err)
		texts[text] = true
	}
	if !texts["a"] || !texts["b"] {
		t.Errorf("link texts found: %v", texts)
	}
}

// TestDirectoryKeepsItsMode through a crash.
func TestDirectoryKeepsItsMode(t *testing.T) {
	d := crash.New()
	must(d.Root().Mkdir("private", 0o700))
	must(d.Root().Sync())
	for c := range d.Crashes(crash.Subset) {
		info, err := c.Disk().Root().Lstat("private")
		if err == nil && info.Mode != fs.ModeDir|0o700 {
			t.Fatalf("mode %v after a crash", info.Mode)
		}
	}
}

// TestManyPending: beyond what can be combined freely there is a sample, said
// to be one, and the same each time.
func TestManyPending(t *testing.T) {
	d := crash.New()
	names := strings.Split("abcdefghijklmn", "")
	for _, name := range names {
		must(d.Root().Mkdir(name, 0o755))
	}
	landed := func() (cut int, all []string) {
		for c := range d.Crashes(crash.Subset) {
			if !c.Cut {
				continue
			}
			cut++
			var s string
			for name := range c.Disk().Root().Names() {
				s += name
			}
			all = append(all, s)
		}
		return cut, all
	}
	cut, all := landed()
	if cut < 500 || !slices.Contains(all, "n") || !slices.Contains(all, "bcdefghijklmn") {
		t.Errorf("%d disks of a cut space, too few to be a sample", cut)
	}
	if _, again := landed(); !slices.Equal(all, again) {
		t.Error("a second enumeration gives other disks")
	}
}

// TestClosedHandles answer as closed descriptors do.
func TestClosedHandles(t *testing.T) {
	d := recording("x", func(*crash.Disk) {})
	f, err := d.Root().OpenWrite(file)
	must(err)
	must(f.Close())
	if _, err := f.Write([]byte("y")); err != syscall.EBADF {
		t.Errorf("write after close: %v", err)
	}
	if err := f.Sync(); err != syscall.EBADF {
		t.Errorf("sync after close: %v", err)
	}
	if held, err := f.TryLock(); held || err != syscall.EBADF {
		t.Errorf("lock after close: %v, %v", held, err)
	}
	r, err := d.Root().Open(file)
	must(err)
	if _, err := r.Write([]byte("y")); err != syscall.EBADF {
		t.Errorf("write to a file opened for reading: %v", err)
	}
	if string(d.Files()[file]) != "x" {
		t.Errorf("the file holds %q", d.Files()[file])
	}
}

// TestFailedSync poisons: a second sync reports success and saves nothing, even
// of a file that has no name any more while it fails.
func TestFailedSync(t *testing.T) {
	d := recording("old", func(d *crash.Disk) {
		f, err := d.Root().OpenWrite(file)
		must(err)
		_, err = f.Write([]byte("new"))
		must(err)
		d.Fault = func(op crash.Op) error {
			if op.Kind == "sync" {
				return syscall.EIO
			}
			return nil
		}
		if err := f.Sync(); err != syscall.EIO {
			t.Errorf("first sync: %v", err)
		}
		d.Fault = nil
		must(f.Sync())
	})
	last := len(d.Ops())
	old := false
	for c := range d.Crashes(crash.Subset) {
		old = old || c.At == last && string(c.Files()[file]) == "old"
	}
	if !old {
		t.Error("the second sync saved what the first had lost")
	}
}

// retried syncs again after a failed sync, and trusts that.
func retried(d *crash.Disk, data []byte) {
	f, err := d.Root().Create("tmp", 0o640)
	must(err)
	_, err = f.Write(data)
	must(err)
	d.Fault = func(op crash.Op) error {
		if op.Kind == "sync" {
			return syscall.EIO
		}
		return nil
	}
	if f.Sync() == nil {
		panic("the sync did not fail")
	}
	d.Fault = nil
	must(f.Sync())
	must(d.Root().Rename("tmp", file))
	must(d.Root().Sync())
}

// neverSynced writes in place and syncs nothing.
func neverSynced(d *crash.Disk, data []byte) {
	f, err := d.Root().OpenWrite(file)
	must(err)
	must(f.Truncate(0))
	_, err = f.Write(data)
	must(err)
	must(f.Close())
}

// TestMoreControls: further mistakes that must be found.
func TestMoreControls(t *testing.T) {
	for _, tc := range []struct {
		name  string
		write writer
		want  string
	}{
		{"a failed sync tried again", retried, "empty torn zeros"},
		{"in place, never synced", neverSynced, "empty stale torn zeros"},
	} {
		for _, model := range []crash.Model{crash.Subset, crash.Prefix} {
			if got := verdicts(model, tc.write); got != tc.want {
				t.Errorf("%s (%v): found %q, want %q", tc.name, model, got, tc.want)
			}
		}
	}
}

// TestModeBehindSync: a chmod after the sync is not covered by it.
func TestModeBehindSync(t *testing.T) {
	modes := func(before bool) map[fs.FileMode]bool {
		d := recording("old", func(d *crash.Disk) {
			f, err := d.Root().Create("tmp", 0o600)
			must(err)
			if before {
				must(f.Chmod(0o640))
			}
			must(f.Sync())
			if !before {
				must(f.Chmod(0o640))
			}
			must(d.Root().Rename("tmp", file))
			must(d.Root().Sync())
			d.Ack(1)
		})
		all := map[fs.FileMode]bool{}
		for c := range d.Crashes(crash.Subset) {
			if c.Acked == 1 {
				all[c.Mode(file)] = true
			}
		}
		return all
	}
	if got := modes(false); !got[0o600] {
		t.Errorf("chmod behind the sync: modes %v, the old one is missing", got)
	}
	if got := modes(true); len(got) != 1 || !got[0o640] {
		t.Errorf("chmod before the sync: modes %v", got)
	}
}
