package keeper_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/agent/storagestate"
)

func decode(t testing.TB, format string, args ...any) *storagestate.State {
	t.Helper()
	s, err := storagestate.Decode(fmt.Appendf(nil, format, args...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// jar is what a context has of cookies, as the browser lists them.
func (u user) jar() []string {
	u.t.Helper()
	var answer struct{ Cookies []json.RawMessage }
	u.call("", "Storage.getCookies", m{"browserContextId": u.context}, &answer)
	var all []string
	for _, c := range answer.Cookies {
		all = append(all, string(c))
	}
	slices.Sort(all)
	return all
}

// One name may stand for many cookies; each comes back as it was, the one that
// never said sameSite too. (M18, M23)
func TestCookiesComeBack(t *testing.T) {
	b, u, from := shared(t)
	site := newSite(t)
	set := url.Values{"c": {
		"n=host", "n=domain; Domain=localhost", "n=path; Path=/cookie", "n=part; Secure; Partitioned; SameSite=None; Path=/",
		"unset=1", "lax=1; SameSite=Lax", "strict=1; SameSite=Strict", "none=1; SameSite=None; Secure",
		"__Host-h=1; Secure; Path=/", "__Secure-s=1; Secure", "long=1; Max-Age=30000000", "http=1; HttpOnly",
		`quoted="a,b c"`, "=nameless",
	}}
	u.open(site.other() + "/cookie?" + set.Encode())
	top := u.open(site.URL + "/")
	top.js(`new Promise(y => { const f = document.createElement('iframe'); f.src = ` + quote(site.other()+"/cookie?"+url.Values{"c": {
		"n=third; Secure; Partitioned; SameSite=None; Path=/"}}.Encode()) + `; f.onload = y; document.body.append(f) })`)
	want := u.jar()
	if len(want) < 14 {
		t.Fatalf("the browser took %d cookies only: %s", len(want), want)
	}
	for _, dialect := range []storagestate.Dialect{storagestate.Playwright, storagestate.BrowserUse} {
		s, _, err := attach(t, b, keeper.Options{Context: from}).Capture(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s, _ = storagestate.Convert(s, dialect)
		s = decode(t, "%s", read(t, s).text)
		_, u2, to := shared(t)
		r, err := attach(t, b, keeper.Options{Context: to}).Restore(t.Context(), s, keeper.Restoring{})
		if err != nil || len(r.Refused) > 0 || r.Cookies != len(want) {
			t.Errorf("%v: %+v, %v", dialect, r, err)
		}
		got, wanted := u2.jar(), want
		if dialect == storagestate.Playwright { // has no place for where a cookie came from
			got, wanted = plain(got), plain(want)
		}
		if !slices.Equal(got, wanted) {
			t.Errorf("%v: the cookies are\n%s\nwant\n%s", dialect, strings.Join(got, "\n"), strings.Join(wanted, "\n"))
		}
	}
}

// plain is cookies without what only the browser's own listing tells.
func plain(list []string) []string {
	var out []string
	for _, text := range list {
		var c m
		json.Unmarshal([]byte(text), &c)
		delete(c, "sourcePort")
		delete(c, "sourceScheme")
		delete(c, "priority")
		data, _ := json.Marshal(c)
		out = append(out, string(data))
	}
	slices.Sort(out)
	return out
}

// A cookie that the browser refuses costs no other, and is told by name; what is
// over is dropped. (M19)
func TestRefusedCookiesAreReported(t *testing.T) {
	b, u, id := shared(t)
	var list []string
	for i := range 40 {
		list = append(list, fmt.Sprintf(`{"name": "good%d", "value": "v", "domain": "x%d.test", "path": "/"}`, i, i))
	}
	list = append(list,
		`{"name": "bad", "value": "a;b", "domain": "x.test", "path": "/"}`,
		`{"name": "over", "value": "v", "domain": "x.test", "path": "/", "expires": 1000}`,
		`{"name": "none", "value": "v", "domain": "x.test", "path": "/", "sameSite": "None"}`,
		`{"name": "ünï", "value": "v", "domain": ".bücher.test", "path": "/"}`,
		`{"name": "suffix", "value": "v", "domain": ".localhost", "path": "/"}`)
	s := decode(t, `{"cookies": [%s]}`, strings.Join(list, ","))
	r, err := attach(t, b, keeper.Options{Context: id}).Restore(t.Context(), s, keeper.Restoring{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range r.Refused {
		if x.Kind != storagestate.KindCookie || x.Domain != "x.test" || x.Reason == "" {
			t.Errorf("reported %+v", x)
		}
		names = append(names, x.Name)
	}
	slices.Sort(names)
	if want := []string{"bad", "none", "over"}; !slices.Equal(names, want) {
		t.Errorf("reported as refused: %q, want %q", names, want)
	}
	if n := len(u.jar()); r.Cookies != 42 || n != 42 {
		t.Errorf("%d cookies are reported, and %d there", r.Cookies, n)
	}
}

// Above its limit for one site the browser drops cookies without a word: that is
// noticed. (M19)
func TestWhatTheBrowserDropsInSilenceIsReported(t *testing.T) {
	b, u, id := shared(t)
	var list []string
	for i := range 300 {
		list = append(list, fmt.Sprintf(`{"name": "c%d", "value": "v", "domain": "x.test", "path": "/"}`, i))
	}
	s := decode(t, `{"cookies": [%s]}`, strings.Join(list, ","))
	r, err := attach(t, b, keeper.Options{Context: id}).Restore(t.Context(), s, keeper.Restoring{})
	if err != nil {
		t.Fatal(err)
	}
	n := len(u.jar())
	if n == 300 || r.Cookies != n || len(r.Refused) != 300-n {
		t.Errorf("%d are there; reported %d as set, %d as refused", n, r.Cookies, len(r.Refused))
	}
}

// Merge leaves what is there, Replace deletes what the file does not have, and
// nothing besides.
func TestModes(t *testing.T) {
	site := newSite(t)
	for _, mode := range []keeper.Mode{keeper.Merge, keeper.Replace} {
		b, u, id := shared(t)
		tb := u.open(site.other() + "/cookie?" + url.Values{"c": {"old=1", "both=old", "part=1; Secure; Partitioned; SameSite=None; Path=/"}}.Encode())
		tb.js("localStorage.setItem('old', '1'); localStorage.setItem('both', 'old'); sessionStorage.setItem('s', '1')")
		s := decode(t, `{"cookies": [{"name": "both", "value": "new", "domain": "localhost", "path": "/"}],
			"origins": [{"origin": %q, "localStorage": [{"name": "both", "value": "new"}]}]}`, site.other())
		r, err := attach(t, b, keeper.Options{Context: id}).Restore(t.Context(), s, keeper.Restoring{Mode: mode})
		if err != nil || !r.Whole() {
			t.Errorf("%+v, %v", r, err)
		}
		tb.until("localStorage.both == 'new'") // its process hears of it later
		got := tb.js("Object.keys(localStorage).sort() + ' ' + localStorage.both + ' ' + sessionStorage.s + ' ' + document.cookie.split('; ').sort()")
		want := "both,old new 1 both=new,old=1,part=1"
		deleted := 0
		if mode == keeper.Replace {
			want, deleted = "both new 1 both=new", 3
		}
		if got != want || r.Deleted != deleted {
			t.Errorf("mode %d: the page has %s, want %s; %d deleted", mode, got, want, r.Deleted)
		}
	}
}

// A page is restored once: what it then does with its storage stays done, after
// navigations and reloads.
func TestALogoutInThePageStaysOne(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	s := decode(t, `{"cookies": [], "origins": [{"origin": %q, "localStorage": [{"name": "token", "value": "abc"}],
		"sessionStorage": [{"name": "step", "value": "2"}]}]}`, site.URL)
	k := attach(t, b, keeper.Options{Context: id})
	r, err := k.Restore(t.Context(), s, keeper.Restoring{Open: []string{site.URL + "/inside"}})
	if err != nil || !r.Whole() || len(r.Opened) != 1 || r.SessionStorage != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	tb := u.find(site.URL + "/inside")
	if got := tb.js("localStorage.token + sessionStorage.step + history.length"); got != "abc21" {
		t.Errorf("the page has %s", got)
	}
	tb.js("localStorage.clear(); sessionStorage.clear()")
	for _, where := range []string{"/next", "/inside"} {
		tb.visit(site.URL + where)
		if got := tb.js("localStorage.length + sessionStorage.length"); got != "0" {
			t.Errorf("after a logout and a navigation %s entries are back", got)
		}
	}
}

// find joins the tab that shows url.
func (u user) find(url string) (found tab) {
	u.t.Helper()
	eventually(u.t, "a tab shows "+url, func() bool {
		var all struct {
			TargetInfos []struct{ TargetID, Type, URL string }
		}
		u.call("", "Target.getTargets", nil, &all)
		for _, i := range all.TargetInfos {
			if i.Type == "page" && i.URL == url {
				found = u.join(i.TargetID)
				return true
			}
		}
		return false
	})
	found.until("document.readyState == 'complete'")
	return found
}

// The restored sessionStorage is there before the first script of the page.
func TestOpenedPagesFindTheirSession(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	s := decode(t, `{"origins": [{"origin": %q, "sessionStorage": [{"name": "step", "value": "2\ud800"}]}]}`, site.URL)
	u.context = id
	k := attach(t, b, keeper.Options{Context: id})
	dead := "http://127.0.0.1:1/"
	r, err := k.Restore(t.Context(), s, keeper.Restoring{Open: []string{site.URL + "/early", dead}})
	if err != nil {
		t.Fatal(err)
	}
	tb := u.find(site.URL + "/early")
	if got := tb.js("window.early + ' ' + (sessionStorage.step === '2\\ud800')"); got != "2\ufffd true" {
		t.Errorf("the first script of the page saw %q", got)
	}
	if len(r.Opened) != 2 || r.Opened[0].Reason != "" || !strings.Contains(r.Opened[1].Reason, "ERR_") || r.Whole() { // M15
		t.Errorf("reported %+v", r.Opened)
	}
	if _, err := k.Restore(t.Context(), s, keeper.Restoring{Open: []string{"file:///etc/passwd"}}); err == nil {
		t.Error("a file was opened")
	}
}

// Text that is no Unicode, and keys that are words of the language, come back as
// they were. (M16)
func TestTextComesBack(t *testing.T) {
	b, u, from := shared(t)
	site := newSite(t)
	fill := `const texts = ['\ud800', '\udc00x', 'a\ud83d', '\u0000\u001f\u007f\u2028', 'é😀', '"\\/<b>', '__proto__', 'setItem', 'length', ''];
		for (const a of texts) { localStorage.setItem(a, texts.join('|') + a); }`
	tellAll := `JSON.stringify(Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i)).sort().map(k => [k, localStorage.getItem(k)]))`
	tb := u.open(site.URL + "/")
	tb.js(fill)
	want := tb.js(tellAll)
	_, u2, to := shared(t)
	s, r := carry(t, b, from, to, keeper.Restoring{})
	page := u2.open(site.URL + "/")
	if got := page.js(tellAll); got != want {
		t.Errorf("the page has\n%s\nwant\n%s", got, want)
	}
	if !r.Whole() || r.LocalStorage != 10 {
		t.Errorf("%+v", r)
	}
	// Captured again, from events this time, nothing stands twice.
	k := attach(t, b, keeper.Options{Context: to})
	page.js("for (const k of Object.keys(localStorage)) localStorage.setItem(k, 'x'); " + fill)
	again, _ := capture(t, k)
	if len(again.Origins) != 1 || len(again.Origins[0].LocalStorage) != 10 || len(s.Origins[0].LocalStorage) != 10 {
		t.Errorf("captured again: %s", again.text)
	}
}

// For a host without a port the browser tries https first: what is restored to
// one scheme must not be in the other. (M21)
func TestSchemesAreNotMistaken(t *testing.T) {
	b, _, id := shared(t)
	s := decode(t, `{"origins": [{"origin": "http://shop.test", "localStorage": [{"name": "scheme", "value": "http"}]},
		{"origin": "https://bank.test", "localStorage": [{"name": "scheme", "value": "https"}]}]}`)
	k := attach(t, b, keeper.Options{Context: id, Origins: []string{"https://shop.test", "http://shop.test", "http://bank.test", "https://bank.test"}})
	r, err := k.Restore(t.Context(), s, keeper.Restoring{})
	if err != nil || !r.Whole() || r.LocalStorage != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	got, rep := capture(t, k)
	for origin, want := range map[string]string{"http://shop.test": "http", "https://bank.test": "https", "https://shop.test": "", "http://bank.test": ""} {
		if v, _ := got.local(origin, "scheme"); v != want {
			t.Errorf("%s has %q, want %q", origin, v, want)
		}
	}
	if len(rep.Skipped) > 0 {
		t.Errorf("skipped: %+v", rep.Skipped)
	}
}

// What does not fit is reported per key, and the rest is stored.
func TestQuota(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	big := strings.Repeat("x", 4<<20)
	s := decode(t, `{"origins": [{"origin": %q, "localStorage": [{"name": "a", "value": %q}, {"name": "b", "value": %q}, {"name": "c", "value": "small"}]}]}`, site.URL, big, big)
	r, err := attach(t, b, keeper.Options{Context: id}).Restore(t.Context(), s, keeper.Restoring{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Refused) != 1 || r.Refused[0].Key != "b" || r.Refused[0].Reason != "QuotaExceededError" {
		t.Errorf("reported %+v", r.Refused)
	}
	if got := u.open(site.URL + "/").js("localStorage.a.length + localStorage.c"); got != "4194304small" {
		t.Errorf("the page has %s", got)
	}
}
