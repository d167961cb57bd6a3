package keeper_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
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

// Two browsers, each with its keeper, and one file: it has what both know, and a
// deletion of one is no addition of the other. (M6)
func TestTwoKeepersOnOneFile(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	var sessions [2]*keeper.Session
	var tabs [2]tab
	for i := range 2 {
		b, u, id := shared(t) // a context is as good as a browser
		sessions[i] = open(t, path, keeper.Keeping{Endpoint: b.Endpoint(), When: keeper.Always, Options: keeper.Options{Context: id}})
		tabs[i] = u.open(site.URL + "/cookie?c=" + []string{"one", "two"}[i] + "%3D1")
	}
	for n := range 20 {
		for i, name := range []string{"one", "two"} {
			tabs[i].js(fmt.Sprintf("localStorage.setItem('%s%d', '%d')", name, n, n))
		}
	}
	whole := func() bool {
		st := onDisk(t, path)
		for n := range 20 {
			for _, name := range []string{"one", "two"} {
				if v, _ := st.local(site.URL, fmt.Sprint(name, n)); v != fmt.Sprint(n) {
					return false
				}
			}
		}
		return st.cookie("one") != nil && st.cookie("two") != nil
	}
	eventually(t, "the file has what both have", whole)
	tabs[0].js("localStorage.removeItem('one7'); document.cookie = 'one=; max-age=0'")
	eventually(t, "the file has lost what one has deleted", func() bool {
		st := onDisk(t, path)
		_, there := st.local(site.URL, "one7")
		return !there && st.cookie("one") == nil
	})
	tabs[1].js("localStorage.setItem('later', '1')")
	eventually(t, "the other's next change is there", func() bool { v, _ := onDisk(t, path).local(site.URL, "later"); return v == "1" })
	for _, s := range sessions {
		if _, err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	st := onDisk(t, path)
	if _, there := st.local(site.URL, "one7"); there || st.cookie("one") != nil || st.cookie("two") == nil {
		t.Errorf("in the end the file has %s", st.text)
	}
}

// The browser ends and another one starts in its place: it gets what was held,
// and is kept from then on.
func TestABrowserIsRestartedUnderTheKeeper(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	profile := t.TempDir()
	b := launch(t, profile)
	s := open(t, path, keeper.Keeping{Profile: profile, Wait: true})
	tb := use(t, b).open(site.URL + "/login")
	tb.js("localStorage.setItem('token', 'abc')")
	eventually(t, "the login is on the disk", func() bool {
		v, _ := onDisk(t, path).local(site.URL, "token")
		return onDisk(t, path).cookie("sid") != nil && v == "abc"
	})
	for round := range rounds() {
		began := time.Now()
		b.Kill()
		await(t, s, keeper.Waiting, began)
		if err := os.RemoveAll(profile); err != nil {
			t.Fatal(err)
		}
		b = launch(t, profile)
		await(t, s, keeper.Restored, began)
		tb = use(t, b).open(site.URL + "/")
		if !tb.loggedIn() || tb.js("localStorage.token") != "abc" {
			t.Errorf("round %d: the new browser is not logged in", round)
		}
		tb.js(fmt.Sprintf("localStorage.setItem('round', '%d')", round))
		eventually(t, "the change is on the disk", func() bool {
			v, _ := onDisk(t, path).local(site.URL, "round")
			return v == fmt.Sprint(round)
		})
	}
	if _, err := s.Close(); err != nil {
		t.Error(err)
	}
	if onDisk(t, path).cookie("sid") == nil {
		t.Error("the login is gone from the file")
	}
}

// A context that is disposed of ends its session; the file has the last that was
// known of it.
func TestAContextVanishes(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	b, u, id := shared(t)
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint(), Wait: true, Options: keeper.Options{Context: id}})
	u.open(site.URL + "/login").js("localStorage.setItem('a', '1')")
	eventually(t, "the login is on the disk", func() bool {
		v, _ := onDisk(t, path).local(site.URL, "a")
		return onDisk(t, path).cookie("sid") != nil && v == "1"
	})
	u.call("", "Target.disposeBrowserContext", m{"browserContextId": id}, nil)
	<-s.Done()
	if _, err := s.Close(); err != nil {
		t.Error(err)
	}
	if e := await(t, s, keeper.Gone, time.Time{}); e.Reason != keeper.ErrContext.Error() {
		t.Errorf("told: %+v", e)
	}
	if onDisk(t, path).cookie("sid") == nil {
		t.Error("the login is gone from the file")
	}
}

// A save that fails is told, changes nothing, and is made up for.
func TestASaveThatFailsIsMadeUpFor(t *testing.T) {
	site := newSite(t)
	dir := filepath.Join(t.TempDir(), "d")
	path := filepath.Join(dir, "state.json")
	b, u, id := shared(t)
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint(), Options: keeper.Options{Context: id}})
	await(t, s, keeper.SavedNow, time.Time{})
	if err := os.Chmod(dir, 0o777); err != nil { // which the vault refuses
		t.Fatal(err)
	}
	since := time.Now()
	u.open(site.URL + "/login")
	await(t, s, keeper.NotSaved, since)
	if onDisk(t, path).cookie("sid") != nil {
		t.Error("it was saved")
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the login is on the disk", func() bool { return onDisk(t, path).cookie("sid") != nil })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	u.open(site.URL + "/cookie?c=more%3D1")
	if _, err := s.Close(); err == nil {
		t.Error("the last save failed, and Close does not say so")
	}
}

// A page with everything is kept, IndexedDB too, as it changes.
func TestDatabasesAreKeptAsTheyChange(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	b, u, id := shared(t)
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint(), Options: keeper.Options{Context: id}})
	tb := u.open(site.URL + "/")
	put := func(v string) {
		tb.js(library + `make('d', 1, db => { db.createObjectStore('s') }, tx => { tx.objectStore('s').put('` + v + `', 'k') })`)
	}
	for _, v := range []string{"first value", "second value"} {
		began := time.Now()
		put(v)
		eventually(t, v+" is on the disk", func() bool { return strings.Contains(onDisk(t, path).text, v) })
		t.Logf("%s after %v", v, time.Since(began))
	}
	tb.js(`new Promise((y, n) => { const r = indexedDB.deleteDatabase('d'); r.onsuccess = y; r.onerror = r.onblocked = n })`)
	eventually(t, "the database is gone from the file", func() bool { return !strings.Contains(onDisk(t, path).text, "second value") })
	// What changes just before the end is read before the last save.
	put("last value")
	tb.js("new Promise(y => setTimeout(y, 50))")
	if _, err := s.Close(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(onDisk(t, path).text, "last value") {
		t.Error("the last change is not in the file")
	}
}

// Whenever a session ends, the databases that are there are in its file: those
// that are being read just then too.
func TestTheEndWaitsForWhatIsBeingRead(t *testing.T) {
	site := newSite(t)
	b, u, id := shared(t)
	u.open(site.URL + "/").js(library + `make('d', 1, db => { db.createObjectStore('s') }, tx => {
		for (let i = 0; i < 3000; i++) tx.objectStore('s').put('x'.repeat(100), i) })`)
	for after := 90; after <= 210; after += 15 {
		path := filepath.Join(t.TempDir(), "state.json")
		s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint(), Options: keeper.Options{Context: id}})
		time.Sleep(time.Duration(after) * time.Millisecond)
		r, err := s.Close()
		if err != nil || r.Databases != 1 || !strings.Contains(onDisk(t, path).text, "xxx") {
			t.Errorf("ended after %d ms: %v, %d databases reported, %d bytes", after, err, r.Databases, len(onDisk(t, path).text))
		}
	}
}

// Bad beginnings are errors that say so, and touch nothing.
func TestBadBeginnings(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.json")
	write(t, good, elsewhere)
	notBrowser := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "{}") }))
	defer notBrowser.Close()
	lies := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"webSocketDebuggerUrl": "ws://127.0.0.1/devtools/browser/secret-id"}`)
	}))
	defer lies.Close()
	for endpoint, want := range map[string]error{
		"127.0.0.1:1":      keeper.ErrNoBrowser,
		notBrowser.URL:     keeper.ErrNoBrowser,
		lies.URL:           keeper.ErrNoBrowser,
		"192.0.2.1:9222":   keeper.ErrRemote,
		"example.com:9222": keeper.ErrRemote,
		"ws://127.0.0.1:1/devtools/browser/secret-id": keeper.ErrNoBrowser,
		"ftp://127.0.0.1": nil, "": nil, "ws://127.0.0.1:1/devtools/page/ABC": nil,
	} {
		_, err := keeper.Open(t.Context(), good, keeper.Keeping{Endpoint: endpoint})
		if err == nil || want != nil && !errors.Is(err, want) || strings.Contains(err.Error(), "secret-id") {
			t.Errorf("%q: %v, want %v", endpoint, err, want)
		}
		same(t, good, elsewhere)
	}
	corrupt := filepath.Join(dir, "corrupt.json")
	write(t, corrupt, `{"cookies": [`)
	other := filepath.Join(dir, "other.json")
	write(t, other, `{"name": "a package"}`)
	for _, path := range []string{corrupt, other, dir} {
		if _, err := keeper.Open(t.Context(), path, keeper.Keeping{Endpoint: "127.0.0.1:1"}); err == nil || errors.Is(err, keeper.ErrNoBrowser) {
			t.Errorf("%s: %v: the file should have been refused before a browser was looked for", path, err)
		}
	}
	same(t, corrupt, `{"cookies": [`)
	if _, err := keeper.Open(t.Context(), good, keeper.Keeping{Launch: &keeper.Launching{Path: "/bin/false"}}); err == nil || !strings.Contains(err.Error(), "it ended before it listened") {
		t.Errorf("a program that is no browser: %v", err)
	}
	if _, err := keeper.Open(t.Context(), good, keeper.Keeping{Profile: dir}); !errors.Is(err, keeper.ErrNoBrowser) {
		t.Errorf("a profile without a browser: %v", err)
	}
}

// The session launches its browser, and ends it.
func TestLaunchedBrowserEndsWithTheSession(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	path := filepath.Join(t.TempDir(), "state.json")
	s, err := keeper.Open(t.Context(), path, keeper.Keeping{Launch: &keeper.Launching{Args: testArgs}})
	if errors.Is(err, keeper.ErrNotInstalled) {
		need(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	ended := s.Keeper().Done()
	if _, err := s.Close(); err != nil {
		t.Error(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the keeper is still attached")
	}
	if left, err := os.ReadDir(tmp); len(left) > 0 || err != nil {
		t.Errorf("something was left behind: %v, %v", left, err)
	}
}
