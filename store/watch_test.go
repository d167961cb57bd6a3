package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/store"
)

// TestWatch changes the file after each report, in every way there is, and
// insists on exactly one report of each.
func TestWatch(t *testing.T) {
	doc, path := open(t)
	other := store.Open(path, store.JSON[settings]())
	update := func(d *store.Doc[settings], name string) func() error {
		return func() error { _, err := d.Update(ctx, named(name)); return err }
	}
	// A stranger writes in one piece: how a torn write fares is tested elsewhere.
	write := func(text string) func() error {
		return func() error {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(f, "%-64s", text)
			return errors.Join(err, f.Close())
		}
	}
	rename := func(text string) func() error {
		return func() error {
			return errors.Join(os.WriteFile(path+".new", []byte(text), 0o600), os.Rename(path+".new", path))
		}
	}
	directory := error(syscall.EISDIR)
	if runtime.GOOS == "windows" {
		directory = nil // other words
	}
	steps := []struct {
		what  string
		do    func() error
		name  string
		cause error
	}{
		{"missing", func() error { return nil }, "", nil},
		{"made", update(other, "a"), "a", nil},
		{"replaced", update(other, "b"), "b", nil},
		{"replaced by ourselves", update(doc, "c"), "c", nil},
		{"saved by ourselves", func() error { return errors.Join(errorOf(doc.Load()), doc.Save(ctx, settings{Name: "d"})) }, "d", nil},
		{"renamed over by a stranger", rename(`{"name":"e"}`), "e", nil},
		{"written in place", write(`{"name":"f"}`), "f", nil},
		{"written in place, of the same length", write(`{"name":"g"}`), "g", nil},
		{"the same written again, then another", func() error {
			return errors.Join(write(`{"name":"g"}`)(), pause(), rename(get(t, path))(), pause(), update(other, "h")())
		}, "h", nil},
		{"deleted", func() error { return os.Remove(path) }, "", nil},
		{"made again", rename(`{"name":"i"}`), "i", nil},
		{"replaced after that", update(other, "j"), "j", nil},
		{"damaged", write(`{"name": torn`), "i", wholly.ErrInvalid},
		{"changed after that", func() error { return errors.Join(pause(), update(other, "k")()) }, "k", nil},
		{"damaged beyond help", func() error { return errors.Join(os.WriteFile(path+".bak", []byte("[1]"), 0o600), write("[torn")()) }, "", wholly.ErrNoGoodVersion},
		{"touched, then damaged otherwise", func() error {
			return errors.Join(pause(), write("[torn")(), pause(), write("[TORN")())
		}, "", wholly.ErrNoGoodVersion},
		{"mended", func() error { return errors.Join(pause(), rename(`{"name":"k"}`)()) }, "k", nil},
		{"replaced by a directory", func() error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) }, "", directory},
		{"removed", func() error { return errors.Join(pause(), os.Remove(path)) }, "", nil},
		{"made once more", rename(`{"name":"l"}`), "l", nil},
	}
	// The steps are made by another goroutine, so that the watch goes on.
	next := make(chan int, len(steps))
	var group sync.WaitGroup
	defer func() { close(next); group.Wait() }()
	group.Go(func() {
		for n := range next {
			if err := steps[n].do(); err != nil {
				t.Errorf("%s: %v", steps[n].what, err)
			}
		}
	})
	ends, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	n := 0
	for v, err := range doc.Watch(ends) {
		want(t, steps[n].what, v, err, steps[n].name, steps[n].cause)
		if n++; n == len(steps) || t.Failed() {
			break
		}
		next <- n
	}
	if n != len(steps) {
		t.Errorf("after %q there was no news, or another", steps[n-1].what)
	}
}

func TestWatchGivesTheNewestToWhoIsSlow(t *testing.T) {
	doc, path := open(t)
	other := store.Open(path, store.JSON[settings]())
	var seen []string
	for v, err := range doc.Watch(ctx) {
		if seen = append(seen, v.Name); err != nil || len(seen) == 3 {
			break
		}
		for _, name := range []string{"a", "b", "c" + v.Name} {
			if _, err := other.Update(ctx, named(name)); err != nil {
				t.Fatal(err)
			}
			pause()
		}
	}
	if got := strings.Join(seen, " "); got != " c cc" {
		t.Error(got)
	}
}

func errorOf(_ settings, err error) error { return err }

// pause is long enough for a Watch to look.
func pause() error { time.Sleep(3 * store.Poll); return nil }

func TestWatchOfAnotherProcess(t *testing.T) {
	const updates = 200
	path := filepath.Join(t.TempDir(), "counts.json")
	doc := countsIn(path)
	w, err := startWriter(path, "w", updates)
	if err != nil {
		t.Fatal(err)
	}
	defer w.end()
	ends, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	last, news := -1, 0
	for v, err := range doc.Watch(ends) {
		if err != nil || v["w"] <= last {
			t.Fatalf("after %d: %v, %v", last, v, err)
		}
		last = v["w"]
		if news++; last == updates {
			break
		}
	}
	if last != updates {
		t.Errorf("the last that was seen is %d", last)
	}
	t.Logf("%d updates of another process in %d reports", updates, news)
}

// TestWatchTriesAgain: a file that cannot be read at one moment, for want of a
// descriptor say, is read at the next, though nothing about it has changed.
func TestWatchTriesAgain(t *testing.T) {
	d := crash.New()
	d.Put(file, text("a"), 0o600)
	doc, failures := docOn(d), 2
	d.Fault = func(op crash.Op) error {
		if op.Kind == "open" && failures > 0 {
			failures--
			return syscall.EMFILE
		}
		return nil
	}
	ends, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var news []string
	for v, err := range doc.Watch(ends) {
		if news = append(news, fmt.Sprint(v.Name, errors.Is(err, syscall.EMFILE))); err == nil {
			break
		}
	}
	if got := strings.Join(news, " "); got != "true afalse" {
		t.Error(got)
	}
}

// TestWatchRestsBesideDamage: what is damaged beyond help, and stays as it is,
// is not read again and again.
func TestWatchRestsBesideDamage(t *testing.T) {
	d := crash.New()
	d.Put(file, []byte("[torn"), 0o600)
	doc := docOn(d)
	var opened atomic.Int64
	d.Fault = func(op crash.Op) error {
		if op.Kind == "open" {
			opened.Add(1)
		}
		return nil
	}
	ends, cancel := context.WithTimeout(ctx, 5*store.Poll)
	defer cancel()
	first := int64(0)
	for _, err := range doc.Watch(ends) {
		if first = opened.Load(); !errors.Is(err, wholly.ErrNoGoodVersion) {
			t.Error(err)
		}
	}
	if n := opened.Load(); n != first {
		t.Errorf("opened %d times for the report, %d times after it", first, n-first)
	}
}

// TestWatchEndsAtOnce does not wait for the next look.
func TestWatchEndsAtOnce(t *testing.T) {
	doc, _ := open(t)
	begun := time.Now()
	for range 30 {
		ends, cancel := context.WithCancel(ctx)
		for range doc.Watch(ends) {
			cancel()
		}
		cancel()
	}
	if took := time.Since(begun); took > 20*store.Poll {
		t.Errorf("30 watches took %v to end", took)
	}
}

func TestWatchEnds(t *testing.T) {
	doc, path := open(t)
	before := runtime.NumGoroutine()
	ends, cancel := context.WithCancel(ctx)
	defer cancel()
	n := 0
	for range doc.Watch(ends) {
		n++
		cancel()
	}
	for range doc.Watch(ends) {
		n++
	}
	if n != 1 {
		t.Errorf("%d reports, want one", n)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines are left", after-before)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("watching made a file")
	}
}

// TestBadFiles loads, updates and saves what is no document, and no file at all.
func TestBadFiles(t *testing.T) {
	for name, tc := range map[string]struct {
		text string // of the file, or
		make func(path string) error
		says string
	}{
		"empty":        {text: "", says: "empty"},
		"white space":  {text: " \n", says: "line 2, column 1"},
		"wrong root":   {text: "[1]", says: "line 1, column 1"},
		"cut":          {text: `{"name":"a`, says: "line 1, column 11"},
		"BOM":          {text: "\ufeff{}", says: "line 1, column 1"},
		"UTF-16":       {text: "\xff\xfe{\x00}\x00", says: "UTF-8"},
		"deep":         {text: strings.Repeat("[", 10_000), says: "line 1, column 10001"},
		"directory":    {make: func(path string) error { return os.Mkdir(path, 0o700) }, says: "is a directory"},
		"link to self": {make: func(path string) error { return os.Symlink(filepath.Base(path), path) }, says: "symbolic links"},
	} {
		if runtime.GOOS == "windows" && tc.make != nil {
			continue // other words, and links need a privilege
		}
		doc, path := open(t)
		if tc.make != nil {
			if err := tc.make(path); err != nil {
				t.Fatal(err)
			}
		} else {
			put(t, path, tc.text)
		}
		before := picture(t, filepath.Dir(path))
		check := func(verb string, err error, says string) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), says) {
				t.Errorf("%s of %s: %v, want %q", verb, name, err, says)
			}
		}
		v, err := doc.Load()
		check("load", err, tc.says)
		if v.Name != "" {
			t.Errorf("load of %s: %+v", name, v)
		}
		_, err = doc.Update(ctx, named("b"))
		check("update", err, tc.says)
		check("save", doc.Save(ctx, settings{Name: "b"}), "")
		if after := picture(t, filepath.Dir(path)); after != before {
			t.Errorf("%s was touched:\n%s\nbecame\n%s", name, before, after)
		}
	}
}

func ExampleDoc_Save() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "settings.json")
	editor, other := store.Open(path, store.JSON[settings]()), store.Open(path, store.JSON[settings]())
	s, _ := editor.Load()
	other.Update(context.Background(), named("theirs"))

	s.Name = "ours"
	err = editor.Save(context.Background(), s)
	fmt.Println(errors.Is(err, wholly.ErrChanged))

	s, _ = editor.Load() // see what there is, and decide again
	fmt.Println(s.Name)
	s.Name += " and ours"
	fmt.Println(editor.Save(context.Background(), s))
	// Output:
	// true
	// theirs
	// <nil>
}
