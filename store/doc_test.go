package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/store"
)

var ctx = context.Background()

var errMine = errors.New("mine")

func open(t *testing.T) (doc *store.Doc[settings], path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "settings.json")
	return store.Open(path, store.JSON[settings]()), path
}

func put(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// picture is all that a write could change: names, contents, modes, identities
// and times. Locks come and go.
func picture(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %v", e.Name(), info.Mode())
		if path := filepath.Join(dir, e.Name()); info.Mode().IsRegular() {
			stamp, err := wholly.Policy{}.Stamp(path) // inode, size, times of change
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, " %+v\n%s", stamp, get(t, path))
		}
	}
	return b.String()
}

// named is settings of that name.
func named(name string) func(*settings) error {
	return func(s *settings) error { s.Name = name; return nil }
}

func want(t *testing.T, what string, v settings, err error, name string, cause error) {
	t.Helper()
	if v.Name != name || !errors.Is(err, cause) {
		t.Errorf("%s: %+v, %v; want %q, %v", what, v, err, name, cause)
	}
}

func TestLoad(t *testing.T) {
	doc, path := open(t)
	v, err := doc.Load()
	want(t, "missing", v, err, "", nil)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load made the file: %v", err)
	}
	for _, name := range []string{"a", "b", "c"} { // of one length, at once one after the other
		put(t, path, fmt.Sprintf(`{"name":%q}`, name))
		v, err = doc.Load()
		want(t, "changed by another", v, err, name, nil)
	}
	os.Remove(path)
	v, err = doc.Load()
	want(t, "removed", v, err, "", nil)
	if doc.Path() != path {
		t.Error(doc.Path())
	}
}

func TestCallersMayChangeWhatTheyGet(t *testing.T) {
	doc, path := open(t)
	put(t, path, `{"name":"a","pages":["one"],"extra":{"k":"v"}}`)
	time.Sleep(60 * time.Millisecond) // so that the next stamp is trusted
	spoil := func(v settings) { v.Pages[0], v.Extra["k"] = "spoilt", "spoilt" }
	for range 3 {
		v, err := doc.Load()
		if err != nil || v.Pages[0] != "one" || v.Extra["k"] != "v" {
			t.Fatalf("%+v, %v", v, err)
		}
		spoil(v)
	}
	v, err := doc.Update(ctx, named("b"))
	if err != nil {
		t.Fatal(err)
	}
	spoil(v)
	if v, err := doc.Load(); err != nil || v.Pages[0] != "one" {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestUpdate(t *testing.T) {
	doc, path := open(t)
	v, err := doc.Update(ctx, named("a"))
	want(t, "of nothing", v, err, "a", nil)
	v, err = store.Open(path, store.JSON[settings]()).Update(ctx, func(s *settings) error { s.Visits = 7; return nil })
	want(t, "by another", v, err, "a", nil)
	v, err = doc.Update(ctx, func(s *settings) error { s.Name += "b"; return nil })
	want(t, "of the other's", v, err, "ab", nil)
	if v.Visits != 7 || get(t, path) != "{\n  \"name\": \"ab\",\n  \"visits\": 7\n}\n" {
		t.Errorf("%+v, %s", v, get(t, path))
	}
	v, err = doc.Load()
	want(t, "afterwards", v, err, "ab", nil)
}

// TestUpdateRunsAgain has a writer that takes no lock come between, more than
// once: fn sees what that one wrote, and not what itself made the time before.
func TestUpdateRunsAgain(t *testing.T) { // P8
	for _, first := range []string{"", `{"name":"a"}`} {
		doc, path := open(t)
		if first != "" {
			put(t, path, first)
		}
		runs := 0
		v, err := doc.Update(ctx, func(s *settings) error {
			s.Pages = append(s.Pages, "fn saw "+s.Name)
			if runs++; runs < 4 {
				return os.WriteFile(path, fmt.Appendf(nil, `{"name":"stranger %d"}`, runs), 0o600)
			}
			return nil
		})
		want(t, "run again", v, err, "stranger 3", nil)
		if runs != 4 || len(v.Pages) != 1 || v.Pages[0] != "fn saw stranger 3" {
			t.Errorf("after %d runs: %+v", runs, v)
		}
		again, err := doc.Load()
		want(t, "afterwards", again, err, "stranger 3", nil)
	}
}

// TestUpdateThatNeedNotRunAgain: the second run finds that what it wants is
// there, or that nothing is; what the first made was not written.
func TestUpdateThatNeedNotRunAgain(t *testing.T) {
	for _, name := range []string{"stranger", ""} {
		doc, path := open(t)
		put(t, path, `{"name":"a"}`)
		runs := 0
		v, err := doc.Update(ctx, func(s *settings) error {
			if runs++; runs > 1 {
				return wholly.ErrUnchanged
			}
			s.Name = "first"
			if name == "" {
				return os.Remove(path)
			}
			return os.WriteFile(path, fmt.Appendf(nil, `{"name":%q}`, name), 0o600)
		})
		want(t, "found by the second run", v, err, name, nil)
		if runs != 2 {
			t.Errorf("%d runs", runs)
		}
		v, err = doc.Load()
		want(t, "afterwards", v, err, name, nil)
	}
}

// TestUpdateThatChangesNothingWritesNothing looks at inodes and times too.
func TestUpdateThatChangesNothingWritesNothing(t *testing.T) {
	for name, fn := range map[string]func(*settings) error{
		"nothing done":     func(*settings) error { return nil },
		"done and undone":  func(s *settings) error { s.Name += "x"; s.Name = s.Name[:1]; return nil },
		"said to be":       func(s *settings) error { s.Name = "spoilt"; return wholly.ErrUnchanged },
		"said, and nested": func(s *settings) error { return fmt.Errorf("so: %w", wholly.ErrUnchanged) },
	} {
		for layout, text := range map[string]string{
			"ours":      "{\n  \"name\": \"a\",\n  \"visits\": 0\n}\n",
			"another's": `{"visits":0, "unknown":[1,2], "name":"a"}`,
		} {
			doc, path := open(t)
			put(t, path, text)
			before := picture(t, filepath.Dir(path))
			v, err := doc.Update(ctx, fn)
			want(t, name, v, err, "a", nil)
			if after := picture(t, filepath.Dir(path)); after != before {
				t.Errorf("%s, layout %s:\n%s\nbecame\n%s", name, layout, before, after)
			}
			if err := doc.Save(ctx, v); layout == "ours" && (err != nil || picture(t, filepath.Dir(path)) != before) {
				t.Errorf("Save of the same wrote, %v", err)
			}
		}
	}
	doc, path := open(t)
	v, err := doc.Update(ctx, func(*settings) error { return nil })
	want(t, "of nothing", v, err, "", nil)
	if picture(t, filepath.Dir(path)) != "" {
		t.Error("a file was made of nothing")
	}
}

// lying decodes what it likes and encodes what it cannot decode.
type lying struct{ store.Codec[settings] }

func (l lying) Encode(w io.Writer, s settings) error {
	if s.Name == "garbage" {
		_, err := io.WriteString(w, "{garbage")
		return err
	}
	if s.Name == "refused" {
		return errMine
	}
	return l.Codec.Encode(w, s)
}

func TestErrorsChangeNothing(t *testing.T) {
	done, cancel := context.WithCancel(ctx)
	cancel()
	for name, tc := range map[string]struct {
		ctx   context.Context
		fn    func(*settings) error
		cause error
	}{
		"of fn":       {ctx, func(s *settings) error { s.Name, s.Pages[0] = "spoilt", "spoilt"; return errMine }, errMine},
		"of encoding": {ctx, named("refused"), errMine},
		"of decoding": {ctx, named("garbage"), wholly.ErrInvalid},
		"of ctx":      {done, named("b"), context.Canceled},
	} {
		path := filepath.Join(t.TempDir(), "f")
		doc := store.Open(path, lying{store.JSON[settings]()})
		put(t, path, `{"name":"a","pages":["one"]}`)
		mineNow, err := doc.Load()
		if err != nil {
			t.Fatal(err)
		}
		before := picture(t, filepath.Dir(path))
		v, err := doc.Update(tc.ctx, tc.fn)
		want(t, name, v, err, "a", tc.cause)
		var e *wholly.Error
		if !errors.As(err, &e) || e.State != wholly.Old || e.Path != path {
			t.Errorf("%s: %v", name, err)
		}
		if v.Pages[0] != "one" || mineNow.Pages[0] != "one" {
			t.Errorf("%s: the value was spoilt", name)
		}
		err = doc.Save(tc.ctx, settings{Name: map[string]string{"of encoding": "refused", "of decoding": "garbage"}[name]})
		if tc.cause != errMine || name == "of encoding" {
			if !errors.Is(err, tc.cause) {
				t.Errorf("save, %s: %v", name, err)
			}
		} else if err != nil {
			t.Errorf("save after an error of fn: %v", err)
			continue
		}
		if name != "of fn" && picture(t, filepath.Dir(path)) != before {
			t.Errorf("%s: something has changed", name)
		}
		if err := doc.Save(tc.ctx, mineNow); name == "of ctx" && !errors.Is(err, tc.cause) {
			t.Errorf("save of the same, %s: %v", name, err)
		}
		v, err = doc.Load()
		if name != "of fn" {
			want(t, "load after error "+name, v, err, "a", nil)
		}
	}
}

func TestUpdateThatCannotBeginKeepsTheValue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	doc := store.OpenWith(wholly.Policy{Wait: -1}, path, store.JSON[settings]())
	if _, err := doc.Update(ctx, named("a")); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(path, store.JSON[settings]()).Update(ctx, func(s *settings) error {
		v, err := doc.Update(ctx, named("b"))
		want(t, "while another has the lock", v, err, "a", wholly.ErrBusy)
		return errMine
	})
	if !errors.Is(err, errMine) {
		t.Error(err)
	}
}

// damaged is a file that does not decode, with an earlier version that does.
func damaged(t *testing.T, versions ...string) (doc *store.Doc[settings], path string) {
	t.Helper()
	doc, path = open(t)
	for i, v := range append([]string{`{"name": torn`}, versions...) {
		put(t, path+[]string{"", ".bak", ".bak.2"}[i], v)
	}
	return doc, path
}

func TestRecovery(t *testing.T) { // P7
	rec := func(what string, err error) {
		t.Helper()
		var r *wholly.Recovered
		if !errors.As(err, &r) || r.Repair != nil || r.SetAside == "" || !errors.Is(r.Damage, wholly.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, versions := range [][]string{{`{"name":"good"}`}, {`{"name": 3}`, `{"name":"good"}`}} {
		doc, path := damaged(t, versions...)
		v, err := doc.Load()
		rec("load", err)
		want(t, "load", v, err, "good", wholly.ErrInvalid)
		if v, err = doc.Load(); err != nil || v.Name != "good" {
			t.Errorf("it is told once: %+v, %v", v, err)
		}
		if err := doc.Save(ctx, settings{Name: "next"}); err != nil || !strings.Contains(get(t, path), "next") {
			t.Errorf("save over a mended file: %v", err)
		}
		doc, path = damaged(t, versions...)
		v, err = doc.Update(ctx, func(s *settings) error { s.Name += "er"; return nil })
		rec("update", err)
		want(t, "update", v, err, "gooder", wholly.ErrInvalid)
		if v, err = doc.Load(); err != nil || v.Name != "gooder" {
			t.Errorf("after an update: %+v, %v", v, err)
		}
		if bad, _ := filepath.Glob(path + ".bad-*"); len(bad) != 1 || get(t, bad[0]) != `{"name": torn` {
			t.Errorf("set aside: %v", bad)
		}
		doc, _ = damaged(t, versions...)
		v, err = doc.Update(ctx, func(*settings) error { return nil })
		rec("an update of nothing", err)
		want(t, "an update of nothing", v, err, "good", wholly.ErrInvalid)
	}
}

func TestNoGoodVersion(t *testing.T) {
	for _, loaded := range []bool{false, true} {
		doc, path := open(t)
		if loaded {
			if _, err := doc.Update(ctx, named("loaded")); err != nil {
				t.Fatal(err)
			}
		}
		put(t, path, "[torn")
		put(t, path+".bak", `{"name": 3}`)
		before := picture(t, filepath.Dir(path))
		last := map[bool]string{true: "loaded"}[loaded]
		v, err := doc.Load()
		want(t, "load", v, err, "", wholly.ErrNoGoodVersion)
		v, err = doc.Update(ctx, named("b"))
		want(t, "update", v, err, last, wholly.ErrNoGoodVersion)
		v, err = doc.Restore(ctx, 1)
		want(t, "restore", v, err, last, wholly.ErrInvalid)
		if err := doc.Save(ctx, settings{Name: "over it"}); !errors.Is(err, wholly.ErrChanged) {
			t.Errorf("save: %v", err)
		}
		if after := picture(t, filepath.Dir(path)); after != before {
			t.Errorf("something was touched:\n%s\nbecame\n%s", before, after)
		}
	}
}

func TestSave(t *testing.T) { // P8
	doc, path := open(t)
	save := func(what, name string, cause error, file string) {
		t.Helper()
		err := doc.Save(ctx, settings{Name: name})
		if !errors.Is(err, cause) {
			t.Errorf("%s: %v, want %v", what, err, cause)
		}
		if got := get(t, path); !strings.Contains(got, fmt.Sprintf("%q", file)) {
			t.Errorf("%s: the file holds %s, want %s", what, got, file)
		}
	}
	other := store.Open(path, store.JSON[settings]())
	must := func(v settings, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	save("where nothing was", "a", nil, "a")
	save("over its own", "b", nil, "b")
	must(other.Update(ctx, named("o")))
	save("over another's", "c", wholly.ErrChanged, "o")
	save("the same as last, over another's", "b", wholly.ErrChanged, "o")
	must(doc.Load())
	save("after a Load", "d", nil, "d")
	must(doc.Update(ctx, named("e")))
	save("after an Update", "f", nil, "f")
	must(doc.Restore(ctx, 1))
	save("after a Restore", "g", nil, "g")
	doc = store.Open(path, store.JSON[settings]())
	save("without a Load, over a file", "h", wholly.ErrChanged, "g")
	for range doc.Watch(ctx) {
		break
	}
	save("what was watched is not loaded", "i", wholly.ErrChanged, "g")
	must(doc.Load())
	os.Remove(path)
	if err := doc.Save(ctx, settings{Name: "j"}); !errors.Is(err, wholly.ErrChanged) {
		t.Errorf("after the file was removed: %v", err)
	}
	must(doc.Load())
	save("after that was seen", "k", nil, "k")
	must(doc.Load())
	put(t, path, `{"name":"changed"}`)
	must(other.Load())
	save("over a change without the lock", "l", wholly.ErrChanged, "changed")
}

func TestVersionsAndRestore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	doc := store.OpenWith(wholly.Policy{Keep: 3}, path, store.JSON[settings]())
	for _, name := range []string{"a", "b", "c"} {
		if _, err := doc.Update(ctx, named(name)); err != nil {
			t.Fatal(err)
		}
	}
	put(t, path+".bak", `{"name": 3}`)
	var all []string
	for v, err := range doc.Versions() {
		all = append(all, fmt.Sprint(v.Number, v.Damage != nil, err))
	}
	if got := strings.Join(all, ", "); got != "0 false <nil>, 1 true <nil>, 2 false <nil>" {
		t.Error(got)
	}
	v, err := doc.Restore(ctx, 1)
	want(t, "a damaged one", v, err, "c", wholly.ErrInvalid)
	v, err = doc.Restore(ctx, 9)
	want(t, "none", v, err, "c", wholly.ErrNoVersion)
	v, err = doc.Restore(ctx, 2)
	want(t, "a good one", v, err, "a", nil)
	v, err = doc.Load()
	want(t, "afterwards", v, err, "a", nil)
	v, err = doc.Restore(ctx, 1)
	want(t, "and back", v, err, "c", nil)
	v, err = store.Open(path, store.JSON[settings]()).Restore(ctx, 1)
	want(t, "by a Doc that has read nothing", v, err, "a", nil)
}

func TestThePolicysOwnCheckRunsToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	p := wholly.Policy{Keep: 1, Check: func(r io.Reader) error {
		data, err := io.ReadAll(r)
		if err == nil && bytes.Contains(data, []byte("secret")) {
			err = errMine
		}
		return err
	}}
	doc := store.OpenWith(p, path, store.JSON[settings]())
	v, err := doc.Update(ctx, named("a"))
	want(t, "good", v, err, "a", nil)
	v, err = doc.Update(ctx, named("secret"))
	want(t, "bad", v, err, "a", errMine)
	if err := doc.Save(ctx, settings{Name: "secret"}); !errors.Is(err, errMine) {
		t.Error(err)
	}
	v, err = doc.Update(ctx, named("b"))
	want(t, "good", v, err, "b", nil)
	put(t, path, `{"name":"secret"}`)
	v, err = doc.Load()
	want(t, "on reading", v, err, "a", errMine)
}

// A file that others can read is made private by a save that changes nothing,
// and keeps its content to the byte.
func TestWideFileIsNarrowedUnchanged(t *testing.T) { // P10
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing about others there")
	}
	const content = `{"name":  "a"}`
	for what, save := range map[string]func(*store.Doc[settings]) error{
		"Update that leaves it": func(d *store.Doc[settings]) error {
			_, err := d.Update(ctx, func(*settings) error { return nil })
			return err
		},
		"Update that says unchanged": func(d *store.Doc[settings]) error {
			_, err := d.Update(ctx, func(*settings) error { return wholly.ErrUnchanged })
			return err
		},
		"Save": func(d *store.Doc[settings]) error {
			v, err := d.Load()
			return errors.Join(err, d.Save(ctx, v))
		},
	} {
		path := filepath.Join(t.TempDir(), "f")
		put(t, path, content)
		os.Chmod(path, 0o644)
		doc := store.Open(path, store.JSON[settings]())
		if err := save(doc); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		info, err := os.Stat(path)
		data, _ := os.ReadFile(path)
		if err != nil || info.Mode().Perm() != 0o600 || what != "Save" && string(data) != content {
			t.Errorf("%s: mode %v, content %q, %v", what, info.Mode(), data, err)
		}
		if err := save(doc); err != nil {
			t.Errorf("%s, again: %v", what, err)
		}
		if again, err := os.Stat(path); err != nil || !os.SameFile(info, again) {
			t.Errorf("%s wrote a file that is private", what)
		}
	}
}

func TestPrivateByDefault(t *testing.T) { // P10
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing about others there")
	}
	top := t.TempDir()
	dir := filepath.Join(top, "a", "b")
	doc := store.Open(filepath.Join(dir, "f"), store.JSON[settings]())
	for i := range 3 {
		if _, err := doc.Update(ctx, named(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		os.Chmod(doc.Path(), 0o644)
	}
	if _, err := doc.Update(ctx, named("last")); err != nil {
		t.Fatal(err)
	}
	n := 0
	filepath.WalkDir(filepath.Join(top, "a"), func(path string, e fs.DirEntry, walkErr error) error {
		info, err := e.Info()
		if n++; walkErr != nil || err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
		return nil
	})
	if n != 4 {
		t.Errorf("%d names, want two directories, the file and one version", n)
	}
}
