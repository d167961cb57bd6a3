package keeper_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
)

// open begins a session for a test.
func open(t testing.TB, path string, how keeper.Keeping) *keeper.Session {
	t.Helper()
	s, err := keeper.Open(t.Context(), path, how)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// onDisk reads the state file as it is now.
func onDisk(t testing.TB, path string) state {
	t.Helper()
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return state{}
	}
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, data)
}

// await waits for an event of a kind that is not older than since.
func await(t testing.TB, s *keeper.Session, kind keeper.EventKind, since time.Time) keeper.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for e := range s.Events(ctx) {
		if e.Kind == kind && !e.At.Before(since) {
			return e
		}
	}
	t.Fatalf("no event %s", kind)
	return keeper.Event{}
}

// Somebody logs in once and does nothing more; the browser dies. The file has
// the login, and a fresh browser gets it back, on the server's word.
func TestALoginSurvivesTheDeathOfTheBrowser(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	b := launch(t)
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint()})
	tb := use(t, b).open(site.URL + "/login")
	tb.js("localStorage.setItem('token', 'abc')")
	eventually(t, "the login is on the disk", func() bool {
		st := onDisk(t, path)
		v, _ := st.local(site.URL, "token")
		return st.cookie("sid") != nil && v == "abc"
	})
	b.Kill()
	<-s.Done()
	if _, err := s.Close(); err != nil {
		t.Error(err)
	}

	b = launch(t)
	s = open(t, path, keeper.Keeping{Endpoint: b.Endpoint()})
	tb = use(t, b).open(site.URL + "/")
	if !tb.loggedIn() {
		t.Error("the server does not know the restored login")
	}
	if got := tb.js("localStorage.getItem('token')"); got != "abc" {
		t.Errorf("the token is %q", got)
	}
	e := await(t, s, keeper.Restored, time.Time{})
	if e.Report.Cookies != 1 || !e.Report.Whole() {
		t.Errorf("the restore reports %+v", e.Report)
	}
}
