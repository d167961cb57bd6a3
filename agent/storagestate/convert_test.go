package storagestate

import (
	"strings"
	"testing"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

func mustRead(t testing.TB, name string) *State {
	t.Helper()
	s, err := Decode(sample(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConversionAndBackIsByteForByte(t *testing.T) {
	text := string(sample(t, watchdogSample))
	s := decode(t, text)
	there, report := Convert(s, Playwright)
	back, _ := Convert(decode(t, encode(t, there)), BrowserUse)
	if got := encode(t, back); got != text {
		t.Errorf("came back as %s", got)
	}
	if there.Dialect() != Playwright || decode(t, encode(t, there)).Dialect() != Playwright {
		t.Error("what was converted is not taken for Playwright's")
	}
	if encode(t, s) != text {
		t.Error("the state that was converted has changed")
	}
	if len(report.Changes) != 2 || report.Count(Lossy) != 2 {
		t.Errorf("%v", report.Changes) // the two sessionStorages
	}
	text = string(sample(t, playwrightSample))
	there, _ = Convert(decode(t, text), BrowserUse)
	back, _ = Convert(there, Playwright)
	if got := encode(t, back); got != text {
		t.Errorf("came back as %s", got)
	}
}

// seenByPlaywright is what Playwright restores from a file.
func seenByPlaywright(t *testing.T, s *State) string {
	out := lossless.NewObject()
	list := lossless.NewArray()
	for _, c := range s.cookies() {
		p := lossless.NewObject()
		for _, key := range []string{"name", "value", "domain", "path", "expires", "httpOnly", "secure", "sameSite", "_crHasCrossSiteAncestor", "partitionKey"} {
			if v := c.Get(key); v != nil {
				p.Set(key, v)
			}
		}
		list.SetItems(append(list.Items(), p))
	}
	out.Set("cookies", list)
	list = lossless.NewArray()
	for _, o := range s.origins() {
		if o.Get("localStorage").Kind() != lossless.Array {
			t.Errorf("%s: Playwright refuses an origin without localStorage", originOf(o))
		}
		if o.Get("localStorage").Len() == 0 {
			continue
		}
		p := lossless.NewObject()
		p.Set("origin", o.Get("origin"))
		p.Set("localStorage", o.Get("localStorage"))
		list.SetItems(append(list.Items(), p))
	}
	out.Set("origins", list)
	return string(out.Bytes(lossless.Indent2))
}

func TestConvertedSampleIsPlaywrightsSample(t *testing.T) {
	there, _ := Convert(mustRead(t, watchdogSample), Playwright)
	got, want := seenByPlaywright(t, there), seenByPlaywright(t, mustRead(t, playwrightSample))
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if strings.Contains(encode(t, there), `"size"`) {
		t.Error("size and session tell nothing, and make a reader take the cookie for browser-use's")
	}
}

func TestConvertCookies(t *testing.T) {
	const ext = `"name":"a","value":"v","domain":"x.com"`
	const lax = `"httpOnly": false, "secure": false, "sameSite": "Lax"`
	for _, v := range []struct {
		in   string
		to   Dialect
		want string
		loss string
	}{
		{`{` + ext + `,"hostOnly":true,"session":true,"storeId":"0","id":1,"path":"/p","secure":true,"httpOnly":true,"sameSite":"no_restriction"}`, Playwright,
			`{"name": "a", "value": "v", "domain": "x.com", "path": "/p", "expires": -1, "secure": true, "httpOnly": true, "sameSite": "None"}`, ""},
		{`{` + ext + `,"hostOnly":false,"expirationDate":1e10,"path":"/","sameSite":"lax"}`, Playwright,
			`{"name": "a", "value": "v", "domain": ".x.com", "expires": 1e10, "httpOnly": false, "secure": false, "path": "/", "sameSite": "Lax"}`, ""},
		{`{` + ext + `,"storeId":"0","sameSite":"no_restriction"}`, BrowserUse,
			`{"name": "a", "value": "v", "domain": "x.com", "path": "/", "expires": -1, "size": 2, "httpOnly": false, "secure": false, "session": true}`, ""},
		{`{` + ext + `,"storeId":"0","sameSite":"unspecified"}`, Playwright,
			`{"name": "a", "value": "v", "domain": "x.com", "path": "/", "expires": -1, ` + lax + `, "sameSiteUnset": true}`, ""},
		{`{` + ext + `,"sameSite":"STRICT","expires":0}`, BrowserUse,
			`{"name": "a", "value": "v", "domain": "x.com", "path": "/", "sameSite": "Strict", "expires": -1, "size": 2, "httpOnly": false, "secure": false, "session": true}`, ""},
		{`{` + ext + `,"sameSite":"Sometimes","expires":"soon"}`, Playwright,
			`{"name": "a", "value": "v", "domain": "x.com", "path": "/", "sameSite": "Lax", "expires": -1, "httpOnly": false, "secure": false, "sameSiteUnset": true}`,
			"its expires was no time: a session cookie; its sameSite was no known word: left out"},
		{`{` + ext + `,"path":"/","expires":1e13,` + lax + `}`, Playwright,
			`{"name": "a", "value": "v", "domain": "x.com", "path": "/", "expires": 253402300799, ` + lax + `}`, "its expires was beyond the year 9999"},
		{`{` + ext + `,"path":"/","expires":-1.0,` + lax + `}`, Playwright,
			`{"name": "a", "value": "v", "domain": "x.com", "path": "/", "expires": -1.0, ` + lax + `}`, ""},
		{`{` + ext + `,"path":"/","expires":-1,` + lax + `,"partitionKey":"https://s"}`, BrowserUse,
			`{"name": "a", "value": "v", "domain": "x.com", "path": "/", "expires": -1, "size": 2, "httpOnly": false, "secure": false, "session": true, "sameSite": "Lax", "partitionKey": {"topLevelSite": "https://s", "hasCrossSiteAncestor": true}}`, ""},
		{`{` + ext + `,"path":"/","expires":-1,` + lax + `,"partitionKey":{"topLevelSite":"https://s","hasCrossSiteAncestor":false}}`, BareList,
			`{"name": "a", "value": "v", "domain": "x.com", "path": "/", "expires": -1, ` + lax + `, "_crHasCrossSiteAncestor": false, "partitionKey": "https://s"}`, ""},
		{`{` + ext + `,"path":"/","expires":-1,` + lax + `,"mine":"\ud83d","priority":"High","sourcePort":443}`, Playwright,
			`{"name": "a", "value": "v", "domain": "x.com", "path": "/", "expires": -1, ` + lax + `, "mine": "\ud83d", "priority": "High", "sourcePort": 443}`, ""},
	} {
		out, report := Convert(decode(t, `{"cookies":[`+v.in+`]}`), v.to)
		if got := string(out.cookies()[0].Bytes(oneLine)); got != v.want {
			t.Errorf("%s to %s:\n got %s\nwant %s", v.in, v.to, got, v.want)
		}
		loss := ""
		if len(report.Changes) > 0 {
			loss = report.Changes[0].Reason
		}
		if loss != v.loss {
			t.Errorf("%s: reported %q, want %q", v.in, loss, v.loss)
		}
		again, _ := Convert(out, v.to)
		if flat(again) != flat(out) {
			t.Errorf("converted twice: %s", flat(again))
		}
	}
}

func TestWhatCannotComeAlongIsReported(t *testing.T) {
	s := decode(t, `{"cookies": [7, {"name": "o", "value": "", "domain": "x", "partitionKeyOpaque": true, "size": 1}],
		"origins": [{"origin": "k", "localStorage": []}, 8], "credentials": [], "mine": 1}`)
	out, report := Convert(s, BareList)
	want := []string{
		"invalid cookie number 1: a cookie is an object, not a number",
		"skipped cookie o of x/ in (opaque): its partition is opaque: elsewhere it would become an ordinary cookie",
		"skipped origin of k: a bare list has no place for it",
		"skipped origin number 2: a bare list has no place for it",
		"skipped key credentials: a bare list has no place for it",
		"skipped key mine: a bare list has no place for it",
	}
	if got := lines(report); got != strings.Join(want, "\n") || flat(out) != "[7]" {
		t.Errorf("%s\n%s", flat(out), got)
	}
	out, _ = Convert(s, BrowserUse)
	if !strings.Contains(flat(out), `"partitionKeyOpaque": true`) {
		t.Errorf("the opaque cookie is lost: %s", flat(out))
	}
}

func lines(r Report) string {
	var all []string
	for _, c := range r.Changes {
		all = append(all, c.String())
	}
	return strings.Join(all, "\n")
}

func TestSame(t *testing.T) {
	s := mustRead(t, watchdogSample)
	p, _ := Convert(s, Playwright)
	if !Same(s, p) || !Same(p, s) || !Same(s, mustRead(t, watchdogSample)) {
		t.Error("the same state in two dialects is not the same")
	}
	if Same(s, mustRead(t, playwrightSample)) {
		t.Error("the samples differ in IndexedDB")
	}
	text := string(sample(t, watchdogSample))
	for _, edit := range [][2]string{
		{`8f2c1d74e0b94d9a`, `8f2c1d74e0b94d9b`}, {`.482913`, `.482914`}, {`"Strict"`, `"Lax"`}, {`"priority": "High"`, `"priority": "Low"`},
		{`"secure": true`, `"secure": false`}, {`dark`, `light`}, {`"wizardStep"`, `"wizard"`}, {`"https://example.net"`, `"https://example.com"`},
		{`"cookies"`, `"note": 1, "cookies"`}, {`"origin": "http:`, `"x": null, "origin": "http:`}, {`"name": "sid",`, ``},
	} {
		if changed := strings.Replace(text, edit[0], edit[1], 1); changed == text || Same(s, decode(t, changed)) {
			t.Errorf("%s changed to %s is not seen", edit[0], edit[1])
		}
	}
	for _, equal := range [][2]string{
		{`{"origins": [{"origin": "a", "localStorage": [{"name": "x", "value": ""}, {"name": "y", "value": "é"}]}, {"origin": "b"}]}`,
			`{"cookies": [], "origins": [{"origin": "b"}, {"localStorage": [{"value": "\u00e9", "name": "y"}, {"name": "x", "value": ""}], "origin": "a"}]}`},
		{`{"keeper": {"savedAt": 1, "generation": 2, "x": 3}}`, `{"keeper": {"x": 3.0}}`},
		{`[5, 6]`, `[6, 5]`},
	} {
		if !Same(decode(t, equal[0]), decode(t, equal[1])) || !Same(decode(t, equal[1]), decode(t, equal[0])) {
			t.Errorf("%s and %s hold the same", equal[0], equal[1])
		}
	}
	for _, other := range [][2]string{
		{`[5, 6]`, `[5]`}, {`{"keeper": {"x": 3}}`, `{"keeper": {"x": 4}}`}, {`{}`, `{"credentials": [{"id": "a"}]}`},
		{`{"origins": [{"origin": "a"}]}`, `{"origins": [{"origin": "a", "localStorage": []}]}`},
		{`[{"name": "\ud83d", "domain": "x"}]`, `[{"name": "\ufffd", "domain": "x"}]`},
	} {
		if Same(decode(t, other[0]), decode(t, other[1])) || Same(decode(t, other[1]), decode(t, other[0])) {
			t.Errorf("%s and %s do not hold the same", other[0], other[1])
		}
	}
}
