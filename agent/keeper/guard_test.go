package keeper_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
)

// write makes a file for a test.
func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// same fails if the file is not what it was.
func same(t testing.TB, path, text string) {
	t.Helper()
	if data, err := os.ReadFile(path); err != nil || string(data) != text {
		t.Errorf("the file is not as it was: %s, %v", data, err)
	}
}

const elsewhere = `{"note": "not ours", "cookies": [{"name": "sid", "value": "precious", "domain": "shop.test", "path": "/", "expires": -1,
	"httpOnly": true, "secure": false, "sameSite": "Lax"}],
	"origins": [{"origin": "https://shop.test", "localStorage": [{"name": "k", "value": "v"}], "opfs": [{"path": "a", "type": "directory"}]}],
	"credentials": [{"id": "c"}]}`

// A browser that is logged in elsewhere does not write over the file, unless it
// is told to. (M5)
func TestAStrangeBrowserWritesOverNothing(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	u.open(site.URL + "/cookie?c=mine%3D1")
	path := filepath.Join(t.TempDir(), "state.json")
	write(t, path, elsewhere)
	how := keeper.Keeping{Endpoint: b.Endpoint(), Options: keeper.Options{Context: id}}
	if _, err := keeper.Open(t.Context(), path, how); !errors.Is(err, keeper.ErrStrange) {
		t.Errorf("opened with %v", err)
	}
	same(t, path, elsewhere)

	adopted := filepath.Join(t.TempDir(), "adopted.json")
	write(t, adopted, elsewhere)
	how.Adopt = true
	s := open(t, adopted, how)
	await(t, s, keeper.SavedNow, time.Time{})
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
	st := onDisk(t, adopted)
	if st.cookie("mine") == nil || st.cookie("sid") != nil || !strings.Contains(st.text, "not ours") {
		t.Errorf("adopted: %s", st.text)
	}

	how.Adopt, how.When = false, keeper.Always
	s = open(t, path, how)
	await(t, s, keeper.SavedNow, time.Time{})
	s.Close()
	if st := onDisk(t, path); st.cookie("mine") == nil || st.cookie("sid") == nil {
		t.Errorf("restored into a browser in use: %s", st.text)
	}
}

// What is not open is unknown, not empty: closed origins stay in the file, and so
// does what no browser shows. (M3, M4)
func TestWhatIsNotSeenStays(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	write(t, path, elsewhere)
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint(), Options: keeper.Options{Context: id}})
	u.open(site.URL + "/").js("localStorage.setItem('new', '1')")
	eventually(t, "the change is on the disk", func() bool {
		v, _ := onDisk(t, path).local(site.URL, "new")
		return v == "1"
	})
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
	st := onDisk(t, path)
	if v, _ := st.local("https://shop.test", "k"); v != "v" || st.cookie("sid") == nil {
		t.Errorf("a closed origin, or its cookie, is gone: %s", st.text)
	}
	for _, key := range []string{`"note"`, `"opfs"`, `"credentials"`} {
		if !strings.Contains(st.text, key) {
			t.Errorf("%s is gone", key)
		}
	}
}

// A browser that has nothing, and is not to be restored to, takes nothing from
// the file. (M3)
func TestAnEmptyBrowserTakesNothing(t *testing.T) {
	b, u, id := shared(t)
	path := filepath.Join(t.TempDir(), "state.json")
	write(t, path, elsewhere)
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint(), When: keeper.Never, Options: keeper.Options{Context: id}})
	u.open(newSite(t).URL + "/").js("1")
	if err := s.Save(t.Context()); err != nil {
		t.Error(err)
	}
	s.Close()
	if st := onDisk(t, path); st.cookie("sid") == nil {
		t.Errorf("the login is gone: %s", st.text)
	}
}

// A logout is a deletion: it leaves the file, and neither a merge nor the next
// restore brings it back. (M7)
func TestALogoutSurvives(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	b, u, id := shared(t)
	how := keeper.Keeping{Endpoint: b.Endpoint(), Options: keeper.Options{Context: id}}
	s := open(t, path, how)
	tb := u.open(site.URL + "/login")
	tb.js("localStorage.setItem('token', 'secret'); localStorage.setItem('theme', 'dark'); document.cookie = 'kept=1; max-age=1000'")
	eventually(t, "the login is on the disk", func() bool {
		v, _ := onDisk(t, path).local(site.URL, "theme")
		return onDisk(t, path).cookie("sid") != nil && onDisk(t, path).cookie("kept") != nil && v == "dark"
	})
	tb.visit(site.URL + "/logout")
	tb.js("localStorage.removeItem('token')")
	out := func() bool {
		st := onDisk(t, path)
		_, token := st.local(site.URL, "token")
		return st.cookie("sid") == nil && !token
	}
	eventually(t, "the logout is on the disk", out)
	s.Close()

	_, u, id = shared(t) // another context stands for another browser
	how.Options.Context = id
	how.When = keeper.Always
	s = open(t, path, how)
	tb = u.open(site.URL + "/")
	if tb.loggedIn() {
		t.Error("logged in again")
	}
	tb.until("localStorage.theme == 'dark'")
	if got := tb.js("localStorage.getItem('token') + document.cookie"); got != "nullkept=1" {
		t.Errorf("the page has %s", got)
	}
	s.Close()
	if !out() {
		t.Error("the logout was undone in the file")
	}
}

// The last cookie may go too: that was seen.
func TestTheLastLogoutIsSaved(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	b, u, id := shared(t)
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint(), Options: keeper.Options{Context: id}})
	tb := u.open(site.URL + "/login")
	eventually(t, "the login is on the disk", func() bool { return onDisk(t, path).cookie("sid") != nil })
	tb.visit(site.URL + "/logout")
	eventually(t, "the logout is on the disk", func() bool { return onDisk(t, path).cookie("sid") == nil })
	if _, err := s.Close(); err != nil {
		t.Error(err)
	}
}

// So may one that went while no keeper was there: it is the same browser.
func TestALogoutWhileAwayIsSaved(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	b, u, id := shared(t)
	how := keeper.Keeping{Endpoint: b.Endpoint(), Options: keeper.Options{Context: id}}
	s := open(t, path, how)
	tb := u.open(site.URL + "/login")
	eventually(t, "the login is on the disk", func() bool { return onDisk(t, path).cookie("sid") != nil })
	s.Close()
	tb.visit(site.URL + "/logout")
	s = open(t, path, how)
	eventually(t, "the logout is on the disk", func() bool { return onDisk(t, path).cookie("sid") == nil })
	if _, err := s.Close(); err != nil {
		t.Error(err)
	}
}

// Nothing changed, nothing written.
func TestAnIdleSessionWritesNothing(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	b, u, id := shared(t)
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint(), Options: keeper.Options{Context: id, CookiePoll: 50 * time.Millisecond}})
	tb := u.open(site.URL + "/login")
	tb.js("localStorage.setItem('a', '1')")
	eventually(t, "saved", func() bool {
		v, _ := onDisk(t, path).local(site.URL, "a")
		return v == "1" && onDisk(t, path).cookie("sid") != nil
	})
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second) // databases are looked at meanwhile, in vain
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	tb.js("localStorage.setItem('a', '1'); sessionStorage.removeItem('none')")
	tb.visit(site.URL + "/")
	for range 3 {
		if err := s.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Second)
	after, err := os.Stat(path)
	if err != nil || !os.SameFile(before, after) || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the file was written again: %v, %v, %v", before.ModTime(), after.ModTime(), err)
		s.Close()
		for e := range s.Events(t.Context()) {
			t.Logf("%v %s %+v", e.At, e.Kind, e.Saved)
		}
	}
}

// No event, report, error or file name tells a value. (M24)
func TestNothingTellsAValue(t *testing.T) {
	const secret = "s3cr3tvalue"
	site := newSite(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	b, u, id := shared(t)
	write(t, path, `{"cookies": [{"name": "bad", "value": "`+secret+`;x", "domain": "x.test", "path": "/"}],
		"origins": [{"origin": "https://x.test", "localStorage": [{"name": "big", "value": "`+secret+strings.Repeat("x", 6<<20)+`"}],
		"indexedDB": [{"name": "d", "version": 1, "stores": [{"name": "s", "autoIncrement": false, "indexes": [], "records": [{"value": "`+secret+`"}]}]}]}]}`)
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint(), Options: keeper.Options{Context: id}})
	tb := u.open(site.URL + "/cookie?c=a%3D" + secret + "&token=" + secret)
	tb.js(library + `localStorage.setItem('v', '` + secret + `'); sessionStorage.setItem('v', '` + secret + `');
		make('d', 1, db => { db.createObjectStore('s') }, tx => { tx.objectStore('s').put({ v: '` + secret + `', b: new Blob(['` + secret + `']) }, 1) })`)
	eventually(t, "all is on the disk", func() bool {
		return strings.Count(onDisk(t, path).text, secret) >= 6
	})
	r, err := s.Close()
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Refused) < 2 || len(r.Lossy) == 0 || len(r.Skipped) == 0 {
		t.Errorf("the report is %+v", r)
	}
	var told []any
	for e := range s.Events(t.Context()) {
		told = append(told, e)
	}
	text, err := json.Marshal(m{"report": r, "events": told})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), secret) {
		t.Errorf("a value is told: %s", text)
	}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", e.Name(), info.Mode())
		}
	}
}
