package keeper_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// state is a storage state as a test reads it.
type state struct {
	Cookies []map[string]any `json:"cookies"`
	Origins []struct {
		Origin         string  `json:"origin"`
		LocalStorage   []entry `json:"localStorage"`
		SessionStorage []entry `json:"sessionStorage"`
		IndexedDB      []struct {
			Name   string `json:"name"`
			Stores []struct {
				Name    string            `json:"name"`
				Records []json.RawMessage `json:"records"`
			} `json:"stores"`
		} `json:"indexedDB"`
	} `json:"origins"`
	text string
}

type entry struct{ Name, Value string }

func read(t testing.TB, s *storagestate.State) state {
	t.Helper()
	var b bytes.Buffer
	if err := storagestate.Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	return parse(t, b.Bytes())
}

func parse(t testing.TB, data []byte) state {
	t.Helper()
	s := state{text: string(data)}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s state) local(origin, name string) (string, bool) {
	for _, o := range s.Origins {
		for _, e := range o.LocalStorage {
			if o.Origin == origin && e.Name == name {
				return e.Value, true
			}
		}
	}
	return "", false
}

func (s state) session(origin, name string) (string, bool) {
	for _, o := range s.Origins {
		for _, e := range o.SessionStorage {
			if o.Origin == origin && e.Name == name {
				return e.Value, true
			}
		}
	}
	return "", false
}

func (s state) cookie(name string) map[string]any {
	for _, c := range s.Cookies {
		if c["name"] == name {
			return c
		}
	}
	return nil
}

func capture(t testing.TB, k *keeper.Keeper) (state, keeper.Report) {
	t.Helper()
	s, r, err := k.Capture(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return read(t, s), r
}

// What a context stores is read as it is, and nothing of it is asked from a
// server.
func TestCaptureReadsWithoutARequest(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	tb := u.open(site.URL + "/login")
	tb.js(`localStorage.setItem('token', 'é\ud800\u0000'); localStorage.setItem('', 'no name');
		localStorage.setItem('__proto__', 'p'); localStorage.setItem('getItem', 'g');
		sessionStorage.setItem('step', '2'); document.cookie = 'seen=1'`)
	u.open(site.other() + "/").js("localStorage.setItem('elsewhere', '1')")
	site.seen()
	k := attach(t, b, keeper.Options{Context: id})
	s, r := capture(t, k)
	if got := site.seen(); len(got) > 0 {
		t.Errorf("a capture made requests: %q", got)
	}
	if c := s.cookie("sid"); c == nil || c["httpOnly"] != true || c["sameSite"] != "Lax" || c["expires"].(float64) < 0 {
		t.Errorf("the cookie of the login is %v", c)
	}
	if c := s.cookie("seen"); c == nil || c["sameSite"] != nil || c["expires"].(float64) != -1 {
		t.Errorf("the cookie of the script is %v", c)
	}
	for name, want := range map[string]string{"": "no name", "__proto__": "p", "getItem": "g", "token": "é\ufffd\x00"} {
		if got, ok := s.local(site.URL, name); !ok || got != want {
			t.Errorf("localStorage[%q] is %q, %v", name, got, ok)
		}
	}
	if !strings.Contains(s.text, `"é\ud800\u0000"`) {
		t.Error("the lone surrogate is no escape any more")
	}
	if got, _ := s.session(site.URL, "step"); got != "2" {
		t.Errorf("sessionStorage is %q", got)
	}
	if got, _ := s.local(site.other(), "elsewhere"); got != "1" {
		t.Errorf("the other tab's localStorage is %q", got)
	}
	if !r.Whole() || r.Cookies != 2 || r.Origins != 2 || r.LocalStorage != 5 || r.SessionStorage != 1 {
		t.Errorf("the report is %+v", r)
	}
}

// An origin that no tab shows any more is found in the tab's history, and read
// in a target that no client sees as a tab. (M22)
func TestClosedOriginsAreReadInAHiddenTarget(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	tb := u.open(site.URL + "/")
	tb.js("localStorage.setItem('left', 'behind')")
	tb.visit(site.other() + "/")
	site.seen()
	pages := func() int {
		var all struct{ TargetInfos []struct{ Type string } }
		u.call("", "Target.getTargets", m{"filter": []m{{}}}, &all)
		n := 0
		for _, i := range all.TargetInfos {
			if i.Type == "page" {
				n++
			}
		}
		return n
	}
	before := pages()
	k := attach(t, b, keeper.Options{Context: id})
	s, _ := capture(t, k)
	if got, _ := s.local(site.URL, "left"); got != "behind" {
		t.Errorf("the closed origin has %q", got)
	}
	if got := site.seen(); len(got) > 0 {
		t.Errorf("a capture made requests: %q", got)
	}
	if after := pages(); after != before && !isShell() {
		t.Errorf("there were %d pages, now there are %d: the target is not hidden", before, after)
	}
}

// Contexts are as far apart as two people's browsers. (M1)
func TestContextsStayApart(t *testing.T) {
	b, u, one := shared(t)
	site := newSite(t)
	two := u.newContext()
	for _, id := range []string{one, two} {
		u.context = id
		tb := u.open(site.URL + "/cookie?c=who%3D" + id)
		tb.js("localStorage.setItem('who', " + quote(id) + "); sessionStorage.setItem('who', " + quote(id) + ")")
		tb.js("new Promise(y => { const r = indexedDB.open('db'); r.onupgradeneeded = () => r.result.createObjectStore('s').put(" + quote(id) + ", 'who'); r.onsuccess = () => { r.result.close(); y(1) } })")
	}
	for _, id := range []string{one, two} {
		other := map[string]string{one: two, two: one}[id]
		s, r := capture(t, attach(t, b, keeper.Options{Context: id}))
		if c := s.cookie("who"); len(s.Cookies) != 1 || c["value"] != id {
			t.Errorf("context %s has the cookies %v", id, s.Cookies)
		}
		local, _ := s.local(site.URL, "who")
		session, _ := s.session(site.URL, "who")
		if local != id || session != id || r.Records != 1 || strings.Contains(s.text, other) {
			t.Errorf("context %s has %q and %q and %s", id, local, session, s.text)
		}
	}
	s, _ := capture(t, attach(t, b, keeper.Options{}))
	if strings.Contains(s.text, one) || strings.Contains(s.text, two) {
		t.Errorf("the default context has %s", s.text)
	}
	if _, err := keeper.Attach(t.Context(), b.Endpoint(), keeper.Options{Context: "ABC"}); !errors.Is(err, keeper.ErrContext) {
		t.Errorf("attaching to no context: %v", err)
	}
}

// The storage of a frame in a foreign page is not that of its origin. (M17)
func TestPartitionsAreNotTheOriginsOwn(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	u.open(site.other() + "/").js("localStorage.setItem('mine', 'first party')")
	tb := u.open(site.URL + "/")
	tb.js(`new Promise(y => { const f = document.createElement('iframe'); f.src = ` + quote(site.other()+"/frame") + `;
		f.onload = y; document.body.append(f) })`)
	// The frame is a target of its own; its session is found by its address.
	k := attach(t, b, keeper.Options{Context: id})
	var all struct {
		TargetInfos []struct{ TargetID, Type, URL string }
	}
	u.call("", "Target.getTargets", m{"filter": []m{{}}}, &all)
	for _, i := range all.TargetInfos {
		if i.Type == "iframe" && strings.HasSuffix(i.URL, "/frame") {
			u.join(i.TargetID).js("localStorage.setItem('mine', 'third party'); localStorage.setItem('tracker', '1')")
		}
	}
	s, r := capture(t, k)
	if got, _ := s.local(site.other(), "mine"); got != "first party" {
		t.Errorf("the origin has %q", got)
	}
	if strings.Contains(s.text, "third party") || strings.Contains(s.text, "tracker") {
		t.Error("the partition's storage is in the state")
	}
	if len(r.Skipped) != 1 || r.Skipped[0].Origin != site.other() {
		t.Errorf("the partition is not reported: %+v", r.Skipped)
	}
}

// Limits by domain hold for cookies and for origins.
func TestOnlyWantedDomains(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	for _, url := range []string{site.URL, site.other()} {
		u.open(url + "/cookie?c=a%3Db").js("localStorage.setItem('a', 'b')")
	}
	s, _ := capture(t, attach(t, b, keeper.Options{Context: id, Domains: []string{"localhost"}}))
	if len(s.Cookies) != 1 || s.Cookies[0]["domain"] != "localhost" || len(s.Origins) != 1 || s.Origins[0].Origin != site.other() {
		t.Errorf("only localhost was wanted: %s", s.text)
	}
	s, _ = capture(t, attach(t, b, keeper.Options{Context: id, ExcludeDomains: []string{"localhost"}}))
	if len(s.Cookies) != 1 || s.Cookies[0]["domain"] != "127.0.0.1" || len(s.Origins) != 1 || s.Origins[0].Origin != site.URL {
		t.Errorf("localhost was not wanted: %s", s.text)
	}
}

// Five thousand entries in one origin.
func TestManyEntries(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	const n = 5000
	u.open(site.URL + "/").js(fmt.Sprintf("for (let i = 0; i < %d; i++) localStorage.setItem('key' + i, 'value ' + i)", n))
	k := attach(t, b, keeper.Options{Context: id})
	began := time.Now()
	s, r := capture(t, k)
	t.Logf("captured in %v", time.Since(began))
	if r.LocalStorage != n {
		t.Errorf("%d entries were captured", r.LocalStorage)
	}
	if got, _ := s.local(site.URL, "key4999"); got != "value 4999" {
		t.Errorf("the last entry is %q", got)
	}
	st, _, err := k.Capture(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, u2, id2 := shared(t)
	began = time.Now()
	rep, err := attach(t, b, keeper.Options{Context: id2}).Restore(t.Context(), st, keeper.Restoring{})
	t.Logf("restored in %v", time.Since(began))
	if err != nil || rep.LocalStorage != n || !rep.Whole() {
		t.Errorf("the restore: %+v, %v", rep, err)
	}
	if got := u2.open(site.URL + "/").js("localStorage.length + localStorage.getItem('key4999')"); got != "5000value 4999" {
		t.Errorf("the page has %s", got)
	}
}
