package wholly

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func stampOf(t *testing.T, path string) Stamp {
	t.Helper()
	s, err := Policy{}.Stamp(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStampTellsOfEachChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if s := stampOf(t, path); s != (Stamp{}) || s.Exists() || s.Size() != 0 || !s.Modified().IsZero() {
		t.Errorf("a missing file has %+v", s)
	}
	put(t, path, "one")
	past := time.Now().Add(-time.Hour).Truncate(time.Microsecond)
	if err := os.Chtimes(path, past, past); err != nil {
		t.Fatal(err)
	}
	first := stampOf(t, path)
	if !first.Exists() || first.Size() != 3 || !first.Modified().Equal(past) {
		t.Errorf("%+v, %v", first, first.Modified())
	}
	if again := stampOf(t, path); again != first {
		t.Errorf("nothing changed, but %+v became %+v", first, again)
	}
	seen := map[Stamp]string{first: "the first"}
	for _, change := range []struct {
		name string
		do   func() error
	}{
		{"replaced by the same content", func() error { return WriteFile(path, []byte("one"), 0o600) }},
		{"written in place", func() error { return os.WriteFile(path, []byte("two"), 0o600) }},
		{"written in place, its time set back", func() error {
			return errors.Join(os.WriteFile(path, []byte("six"), 0o600), os.Chtimes(path, past, past))
		}},
		{"written in place again, its time set back", func() error {
			return errors.Join(os.WriteFile(path, []byte("ten"), 0o600), os.Chtimes(path, past, past))
		}},
		{"grown", func() error { return os.WriteFile(path, []byte("three"), 0o600) }},
		{"removed", func() error { return os.Remove(path) }},
		{"made again", func() error { return os.WriteFile(path, []byte("three"), 0o600) }},
	} {
		time.Sleep(2 * tick) // the limit that Stamp names
		if err := change.do(); err != nil {
			t.Fatal(err)
		}
		s := stampOf(t, path)
		if before, ok := seen[s]; ok {
			t.Errorf("%s: the stamp is that of %s", change.name, before)
		}
		seen[s] = change.name
	}
}

func TestStampSettles(t *testing.T) {
	now := time.Now()
	at := func(age time.Duration) int64 { return now.Add(-age).UnixNano() | 1 }
	whole := now.Truncate(time.Second).Add(-2 * time.Second).UnixNano()
	for name, tc := range map[string]struct {
		s    Stamp
		want bool
	}{
		"missing":             {Stamp{}, true},
		"young":               {Stamp{exists: true, modified: at(10 * time.Millisecond), changed: at(10 * time.Millisecond)}, false},
		"old":                 {Stamp{exists: true, modified: at(time.Second), changed: at(time.Second)}, true},
		"old, just renamed":   {Stamp{exists: true, modified: at(time.Hour), changed: at(0)}, false},
		"of tomorrow":         {Stamp{exists: true, modified: at(-time.Hour), changed: at(time.Hour)}, false},
		"of whole seconds":    {Stamp{exists: true, modified: whole, changed: whole}, false},
		"without change time": {Stamp{exists: true, modified: at(time.Second)}, true},
	} {
		if got := tc.s.Settled(now); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestStampFollowsLikeAReader(t *testing.T) {
	links(t)
	dir := t.TempDir()
	path, link := filepath.Join(dir, "f"), filepath.Join(dir, "link")
	put(t, path, "one")
	if err := errors.Join(os.Symlink("f", link), os.Symlink("none", filepath.Join(dir, "dangling"))); err != nil {
		t.Fatal(err)
	}
	for _, l := range []Links{Follow, Replace} {
		if s, err := (Policy{Links: l}).Stamp(link); err != nil || s != stampOf(t, path) {
			t.Errorf("links %v: %+v, %v", l, s, err)
		}
	}
	_, err := Policy{Links: Refuse}.Stamp(link)
	failed(t, err, Old, ErrSymlink)
	if s := stampOf(t, filepath.Join(dir, "dangling")); s.Exists() {
		t.Error("a link to nothing leads to a file")
	}
	_, err = Policy{}.Stamp(dir)
	failed(t, err, Old, syscall.EISDIR)
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if s, err := d.Stamp("link"); err != nil || s != stampOf(t, path) {
		t.Errorf("in a Dir: %+v, %v", s, err)
	}
	if s, err := d.Stamp("no/such"); err != nil || s.Exists() {
		t.Errorf("in a missing directory: %+v, %v", s, err)
	}
}
