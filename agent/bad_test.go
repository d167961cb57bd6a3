package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/agent/pattern"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// opened is a document of any kind.
type opened struct {
	load   func() error
	update func() error
}

func docOf[T any](d *Doc[T], err error) (opened, error) {
	return opened{
		func() error { _, err := d.Load(); return err },
		func() error { _, err := d.Update(ctx, func(T) error { return nil }); return err },
	}, err
}

var documents = []struct {
	kind, sample string
	open         func(path string) (opened, error)
	list         bool // a list is a document too
}{
	{"patterns", "patterns_v2.json", func(p string) (opened, error) { return docOf[*pattern.File](Patterns(p)) }, false},
	{"state", "storage_state.json", func(p string) (opened, error) {
		return docOf[*storagestate.State](State(p, storagestate.BrowserUse))
	}, true},
	{"history", "agent_history.json", func(p string) (opened, error) { return docOf[*history.History](History(p)) }, false},
}

// snapshot is every name in dir with mode and content.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		all[p] = info.Mode().String()
		if info.Mode().IsRegular() {
			all[p] += " " + read(t, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// untouched runs do and checks that it fails with an error that says want, and
// changes nothing in dir.
func untouched(t *testing.T, dir, what string, do func() error, want ...string) {
	t.Helper()
	before := snapshot(t, dir)
	err := do()
	if err == nil {
		t.Errorf("%s: no error", what)
		return
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: %q does not say %q", what, err, w)
		}
	}
	after := snapshot(t, dir)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("%s: the directory was changed: %v", what, err)
	}
}

// A content that is no document is an error that names file and place, and
// neither the file nor its versions are touched: by reading, or by an update.
func TestBadContent(t *testing.T) {
	for _, d := range documents {
		sample := read(t, filepath.Join("testdata/samples", d.sample))
		for what, c := range map[string]struct {
			content string
			want    string
		}{
			"null":      {"null", "not null"},
			"a string":  {`"x"`, "not a string"},
			"a number":  {"12", "not a number"},
			"text":      {"hello\n", "line 1, column 1"},
			"truncated": {sample[:len(sample)/2], "the text ends in the middle of a value"},
			"two":       {sample + sample, "more text after the end"},
			"UTF-16":    {"\xff\xfe{\x00}\x00", "UTF-16"},
			"not UTF-8": {"{\"a\": \"\xc3\"}", "invalid UTF-8"},
			"deep":      {strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000), "more than 1000 levels"},
		} {
			t.Run(d.kind+"/"+what, func(t *testing.T) {
				dir := t.TempDir()
				path := filepath.Join(dir, "doc.json")
				put(t, dir, map[string]string{"doc.json": c.content, "doc.json.bak": "{not good either"})
				doc, err := d.open(path)
				if err != nil {
					t.Fatal(err)
				}
				untouched(t, dir, "load", doc.load, path, c.want)
				untouched(t, dir, "update", doc.update, path, c.want)
				if err := doc.load(); !errors.Is(err, wholly.ErrNoGoodVersion) {
					t.Errorf("%v", err)
				}
			})
		}
	}
}

func TestTooLargeIsRefusedUnread(t *testing.T) {
	for _, d := range documents {
		path := filepath.Join(t.TempDir(), "doc.json")
		put(t, filepath.Dir(path), map[string]string{"doc.json": ""})
		if err := os.Truncate(path, 200<<20); err != nil {
			t.Fatal(err)
		}
		doc, _ := d.open(path)
		before := allocated()
		for what, do := range map[string]func() error{"load": doc.load, "update": doc.update} {
			if err := do(); err == nil || !strings.Contains(err.Error(), "209715200 bytes are more than") || !strings.Contains(err.Error(), path) {
				t.Errorf("%s %s: %v", what, d.kind, err)
			}
		}
		if got := allocated() - before; got > 10<<20 {
			t.Errorf("%s: %d bytes were taken to refuse it", d.kind, got)
		}
		if info, _ := os.Stat(path); info.Size() != 200<<20 {
			t.Errorf("%s: it has %d bytes now", d.kind, info.Size())
		}
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// Where there is no file to read.
func TestBadPlaces(t *testing.T) {
	for _, d := range documents {
		t.Run(d.kind, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "doc.json")
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
			doc, _ := d.open(path)
			untouched(t, dir, "directory", doc.load, path, "is a directory")
			untouched(t, dir, "directory", doc.update, path, "is a directory")
			os.Remove(path)

			if makeFIFO(path) == nil {
				doc, _ = d.open(path)
				untouched(t, dir, "FIFO", doc.load, path, "not a regular file")
				untouched(t, dir, "FIFO", doc.update, path, "not a regular file")
				os.Remove(path)
			}
			if os.Symlink("doc.json", path) == nil {
				if _, err := d.open(path); !errors.Is(err, syscall.ELOOP) || !strings.Contains(err.Error(), path) {
					t.Errorf("symlink loop: %v", err)
				}
				os.Remove(path)
			}
			put(t, dir, map[string]string{"file": "x"})
			doc, err := d.open(filepath.Join(dir, "file", "doc.json"))
			if err == nil {
				err = doc.load()
			}
			if err == nil || !strings.Contains(err.Error(), "not a directory") {
				t.Errorf("below a file: %v", err)
			}
		})
	}
}

// A link is followed once and stays; its file is what is replaced.
func TestLinkStays(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string]string{"real.json": `{"version": 1, "patterns": {}}`})
	if err := os.Symlink("real.json", filepath.Join(dir, "link.json")); err != nil {
		t.Skip(err)
	}
	doc, err := Patterns(filepath.Join(dir, "link.json"))
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, "link.json"))
	os.Symlink("elsewhere.json", filepath.Join(dir, "link.json"))
	if _, err := doc.Update(ctx, func(f *pattern.File) error { f.Put("a.com", "x", pattern.Entry{}); return nil }); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(read(t, filepath.Join(dir, "real.json")), "a.com") {
		t.Error("the file that the link led to was not written")
	}
}

func TestPatternsPath(t *testing.T) {
	home, work := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Chdir(work)
	real := func(p string) string { p, _ = filepath.EvalSymlinks(p); return p }
	for _, c := range []struct{ explicit, env, want string }{
		{"", "", filepath.Join(real(work), "patterns", "patterns.json")},
		{"", "~/p.json", filepath.Join(real(home), "p.json")},
		{"x/y.json", "~/p.json", filepath.Join(real(work), "x", "y.json")},
		{"~/q.json", "", filepath.Join(real(home), "q.json")},
	} {
		t.Setenv(pattern.PathVariable, c.env)
		got, err := PatternsPath(c.explicit)
		if err != nil || got != c.want {
			t.Errorf("PatternsPath(%q) with %q in the environment = %q, %v, want %q", c.explicit, c.env, got, err, c.want)
		}
	}
	// Resolved once: a later chdir does not split the store in two.
	t.Setenv(pattern.PathVariable, "")
	doc, _ := Patterns("")
	t.Chdir(home)
	if doc.Path() != filepath.Join(real(work), "patterns", "patterns.json") {
		t.Error(doc.Path())
	}
}

// Whatever mode a file had, after a save it is its owner's alone, and so is its
// version.
func TestSavedFilesArePrivate(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string]string{"s.json": one("old")})
	doc, _ := State(filepath.Join(dir, "s.json"), storagestate.BrowserUse)
	fresh, _ := storagestate.Decode([]byte(one("new")))
	if _, err := doc.Update(ctx, func(s *storagestate.State) error { *s = *fresh; return nil }); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"s.json", "s.json.bak"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm()&0o077 != 0 && filepath.Separator == '/' {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}
