package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/storagestate"
)

var ctx = context.Background()

// secret is in every value that these tests keep, and nowhere else.
const secret = "s3cr3t"

// holds makes a state of what a browser may hold: "name=value" is a cookie of
// x.example, "origin name=value" an item of localStorage; a cookie with "~" at
// the end of its value is over.
func holds(t testing.TB, items ...string) *storagestate.State {
	t.Helper()
	p := storagestate.Parts{Cookies: []json.RawMessage{}}
	stored := map[string][]storagestate.Entry{"https://x.example": {}}
	for _, item := range items {
		origin, entry, storage := strings.Cut(item, " ")
		if !storage {
			entry = item
		}
		name, value, _ := strings.Cut(entry, "=")
		value, over := strings.CutSuffix(value, "~")
		if storage {
			stored["https://"+origin] = append(stored["https://"+origin], storagestate.Entry{Name: name, Value: secret + value})
			continue
		}
		expires := -1
		if over {
			expires = 1000
		}
		p.Cookies = append(p.Cookies, fmt.Appendf(nil, `{"name":%q,"value":%q,"domain":"x.example","path":"/","expires":%d,"httpOnly":true,"secure":true,"sameSite":"Lax"}`,
			name, secret+value, expires))
	}
	for _, origin := range slices.Sorted(maps.Keys(stored)) {
		p.Origins = append(p.Origins, storagestate.OriginParts{Origin: origin, LocalStorage: stored[origin]})
	}
	s, _, err := storagestate.Compose(p, storagestate.Playwright)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// items is the reverse of holds, sorted.
func items(s *storagestate.State) string {
	var out []string
	for key, raw := range s.Cookies() {
		var c struct{ Value string }
		json.Unmarshal(raw, &c)
		out = append(out, key.Name+"="+strings.TrimPrefix(c.Value, secret))
	}
	for o := range s.Origins() {
		for _, e := range o.LocalStorage {
			out = append(out, strings.TrimPrefix(o.Origin, "https://")+" "+e.Name+"="+strings.TrimPrefix(e.Value, secret))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func opened(t testing.TB, path string, o Options) *File {
	t.Helper()
	f, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func load(t testing.TB, f *File) *Held {
	t.Helper()
	held, err := f.Load()
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// onDisk is what a stranger reads in the file.
func onDisk(t testing.TB, path string, o Options) string {
	t.Helper()
	return items(load(t, opened(t, path, o)).State)
}

func put(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// names lists a directory: what a failed verb leaves there is seen.
func names(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

// fails checks an error: its cause, that nothing changed, and that it tells no
// value.
func fails(t testing.TB, err, want error) {
	t.Helper()
	var e *wholly.Error
	switch {
	case !errors.Is(err, want):
		t.Errorf("got %v, want %v", err, want)
	case !errors.As(err, &e) || e.State != wholly.Old:
		t.Errorf("%v: it does not say that nothing changed", err)
	case strings.Contains(err.Error(), secret):
		t.Errorf("a value is in the error %v", err)
	}
}

// keeper is one who keeps a file: its browser, and what it saved last.
type keeper struct {
	*File
	base *storagestate.State
}

// keeps opens a file for a keeper whose browser holds what is in it.
func keeps(t testing.TB, path string, o Options) *keeper {
	t.Helper()
	f := opened(t, path, o)
	return &keeper{f, load(t, f).State}
}

// saves saves what the keeper's browser holds.
func (k *keeper) saves(t testing.TB, items ...string) *Saved {
	t.Helper()
	saved, err := k.save(t, items...)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func (k *keeper) save(t testing.TB, items ...string) (*Saved, error) {
	t.Helper()
	ours := holds(t, items...)
	saved, err := k.Save(ctx, k.base, Capture{State: ours, BrowserID: "b", Seen: true})
	if err == nil {
		k.base = ours
	}
	return saved, err
}

func newPath(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "state.json")
}

// aged makes a file look as if it had been written long ago.
func aged(t testing.TB, path string, by time.Duration) {
	t.Helper()
	at := time.Now().Add(-by)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}
