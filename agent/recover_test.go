package agent

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/pattern"
	"github.com/wholly-go/wholly/agent/storagestate"
)

var ctx = context.Background()

// put makes the files of a scene: name, content.
func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func one(value string) string {
	return `{"cookies": [{"name": "sid", "value": "` + value + `", "domain": ".x.com", "path": "/", "expires": -1}], "origins": []}`
}

// A directory as browser-use leaves it, under names with its suffix and
// without: what is read, what then stands under the name, and that no evidence
// is gone.
func TestWhatBrowserUseLeft(t *testing.T) {
	const torn = `{"cookies": [{"na`
	for _, row := range []struct {
		name          string
		main, tmp, bk string // "-" for none
		want          string // the cookie's value; "" for an empty state, "error"
		from          string // "tmp", "bak", "" for none, "main"
	}{
		{"normal", one("main"), "-", one("bak"), "main", "main"},
		{"a crash while writing the temp", one("main"), torn, one("bak"), "main", "main"},
		{"between the renames", "-", one("tmp"), one("bak"), "tmp", "tmp"},
		{"between the renames, the temp says nothing", "-", "{}", one("bak"), "bak", "bak"},
		{"lost race", "-", "-", one("bak"), "bak", "bak"},
		{"the temp was not flushed", "-", "", one("bak"), "bak", "bak"},
		{"power loss", "", one("tmp"), one("bak"), "bak", "bak"},
		{"interleaved writers", torn, "-", one("bak"), "bak", "bak"},
		{"after a save that dropped the corrupt file", torn, one("tmp"), torn, "tmp", "tmp"},
		{"after a save that dropped the empty file", "", one("tmp"), "-", "tmp", "tmp"},
		{"nothing good", torn, torn, "-", "error", ""},
		{"nothing good at all", torn, torn, torn, "error", ""},
		{"empty and a bad backup", "", "-", torn, "error", ""},
		{"a placeholder", "", "-", "-", "", ""},
		{"only a bad backup", "-", "-", torn, "error", ""},
		{"an early save", "-", one("tmp"), "-", "tmp", "tmp"},
		{"the first save never finished", "-", torn, "-", "", ""},
		{"the first run", "-", "-", "-", "", "main"},
	} {
		for _, name := range []string{"a.json", "a", "a.v2.json"} {
			t.Run(row.name+"/"+name, func(t *testing.T) {
				dir := t.TempDir()
				tmp, bak := storagestate.LegacyNames(name)
				files := map[string]string{}
				for n, content := range map[string]string{name: row.main, tmp: row.tmp, bak: row.bk} {
					if content != "-" {
						files[n] = content
					}
				}
				put(t, dir, files)
				doc, err := State(filepath.Join(dir, name), storagestate.BrowserUse)
				if err != nil {
					t.Fatal(err)
				}
				s, err := doc.Load()
				judgeLoad(t, row.want, row.from, s, err)
				for n, content := range files {
					if n == name && row.main != row.want && (row.from == "tmp" || row.from == "bak") {
						continue // replaced; looked for below
					}
					if got := read(t, filepath.Join(dir, n)); got != content {
						t.Errorf("%s was changed: %q", n, got)
					}
				}
				if row.from == "tmp" || row.from == "bak" {
					mended(t, dir, name, row.main, row.want)
				}
			})
		}
	}
}

func judgeLoad(t *testing.T, want, from string, s *storagestate.State, err error) {
	t.Helper()
	var kept *wholly.Recovered
	var rec *Recovery
	recovered := errors.As(err, &kept) || errors.As(err, &rec)
	if want == "error" {
		if !errors.Is(err, wholly.ErrNoGoodVersion) || recovered {
			t.Fatalf("no good version is left, but: %v", err)
		}
		return
	}
	if from == "main" && err != nil || from != "main" && !recovered {
		t.Fatalf("recovered from %q, told: %v", from, err)
	}
	if got := sid(s); got != want {
		t.Errorf("read %q, want %q", got, want)
	}
}

// sid is the value of the only cookie.
func sid(s *storagestate.State) string {
	var b strings.Builder
	storagestate.Encode(&b, s)
	_, rest, ok := strings.Cut(b.String(), `"value": "`)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// mended checks that the file holds what was recovered, privately, and that the
// damaged content stands aside.
func mended(t *testing.T, dir, name, damaged, want string) {
	t.Helper()
	path := filepath.Join(dir, name)
	s, err := storagestate.Decode([]byte(read(t, path)))
	if err != nil || sid(s) != want {
		t.Errorf("the file holds %q: %v", read(t, path), err)
	}
	aside, _ := filepath.Glob(path + ".bad-*")
	if damaged == "-" || damaged == "" && len(aside) == 0 {
		return
	}
	if len(aside) != 1 || read(t, aside[0]) != damaged {
		t.Errorf("set aside: %v", aside)
	}
}

// The update that follows a crash stands on what was recovered.
func TestUpdateRecovers(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"missing":     {"p.json.tmp": `{"version": 2, "patterns": {"old.com": {"x": {"actions": ["a"]}}}}`},
		"damaged":     {"p.json": `{"patt`, "p.json.tmp": `{"version": 2, "patterns": {"old.com": {"x": {"actions": ["a"]}}}}`},
		"placeholder": {"p.json": ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, files)
			doc, err := Patterns(filepath.Join(dir, "p.json"))
			if err != nil {
				t.Fatal(err)
			}
			f, err := doc.Update(ctx, func(f *pattern.File) error {
				f.Put("new.com", "y", pattern.Entry{Actions: []string{"b"}})
				return nil
			})
			var rec *Recovery
			if !errors.As(err, &rec) {
				t.Fatalf("%v, want a Recovery", err)
			}
			if want := len(files[""]) + len(f.Domains()); want != 2 && name != "placeholder" {
				t.Errorf("domains %v", f.Domains())
			}
			if text := read(t, doc.Path()); !strings.Contains(text, "new.com") {
				t.Errorf("%s", text)
			}
		})
	}
}

// Nothing good: an update refuses, and touches nothing.
func TestUpdateRefusesWhatItCannotRead(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"p.json": `{"patt`, "p.json.bak": "{", "p.json.tmp": "["}
	put(t, dir, files)
	doc, _ := Patterns(filepath.Join(dir, "p.json"))
	_, err := doc.Update(ctx, func(*pattern.File) error { return nil })
	var syntax *pattern.SyntaxError
	if !errors.Is(err, wholly.ErrNoGoodVersion) || !errors.As(err, &syntax) {
		t.Errorf("%v", err)
	}
	if !strings.Contains(err.Error(), "Invalid JSON in patterns file "+doc.Path()) {
		t.Errorf("%v", err)
	}
	for name, content := range files {
		if read(t, filepath.Join(dir, name)) != content {
			t.Errorf("%s was touched", name)
		}
	}
}

// The damaged content is set aside, and never made a version.
func TestDamageIsNoVersion(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string]string{"s.json": "{torn", "s.json.tmp": one("tmp")})
	doc, _ := State(filepath.Join(dir, "s.json"), storagestate.BrowserUse)
	if _, err := doc.Load(); err == nil {
		t.Fatal("no word about the recovery")
	}
	if _, err := os.Stat(doc.Path() + ".bak"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the damaged content became a version: %v", err)
	}
}

// Of several backups the newest good one counts, the one of browser-use last.
func TestNewestGoodBackup(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"two":    {"s.bak": "{", "s.bak.2": one("two"), "s.json.bak": one("legacy")},
		"legacy": {"s.bak": "{", "s.bak.2": "[[", "s.json.bak": one("legacy")},
	} {
		dir := t.TempDir()
		put(t, dir, files)
		doc, _ := State(filepath.Join(dir, "s"), storagestate.BrowserUse)
		s, err := doc.Load()
		var rec *Recovery
		if !errors.As(err, &rec) || sid(s) != want {
			t.Errorf("read %q, want %q: %v", sid(s), want, err)
		}
	}
}

// Where nothing can be written, here because another has the lock, what is good
// is served all the same, and nothing is touched.
func TestServedWithoutTheLock(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string]string{"s.json.bak": one("bak")})
	p := Private()
	p.Wait = -1
	doc, _ := StateWith(p, filepath.Join(dir, "s.json"), storagestate.BrowserUse)
	err := wholly.Update(ctx, doc.Path(), 0o600, func([]byte) ([]byte, error) {
		s, err := doc.Load()
		var rec *Recovery
		if !errors.As(err, &rec) || !errors.Is(rec.Repair, wholly.ErrBusy) || sid(s) != "bak" {
			t.Errorf("%v, %q", err, sid(s))
		}
		return nil, wholly.ErrUnchanged
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(doc.Path()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file was made: %v", err)
	}
}

// swept removes what dead writers left.
func swept(t *testing.T, dir string) {
	t.Helper()
	s, err := wholly.Sweep(dir)
	if err != nil || len(s.Left) > 0 {
		t.Errorf("sweep: %v, left %v", err, s.Left)
	}
}
