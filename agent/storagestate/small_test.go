package storagestate

import (
	"errors"
	"strings"
	"testing"
)

func TestDialectNames(t *testing.T) {
	for d := Unknown; d <= BareList; d++ {
		var back Dialect
		text, _ := d.MarshalText()
		if err := back.UnmarshalText(text); err != nil || back != d {
			t.Errorf("%s came back as %s: %v", text, back, err)
		}
	}
	var d Dialect
	if err := d.UnmarshalText([]byte("chrome")); err == nil || !strings.Contains(err.Error(), `"chrome"`) {
		t.Error(err)
	}
}

func TestComplete(t *testing.T) {
	for text, want := range map[string]bool{`[]`: true, `{"cookies": []}`: true, `{"origins": []}`: true, `{}`: false, `{"cookies": null}`: false} {
		if decode(t, text).Complete() != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestAnErrorOfTheWriterIsTold(t *testing.T) {
	if err := (Codec{}).Encode(full{}, New()); err == nil || err.Error() != "write storage state: no space" {
		t.Error(err)
	}
}

// A name can hold anything; a terminal is not to be spoken to.
func TestItemsArePrintable(t *testing.T) {
	i := Item{Kind: KindCookie, CookieKey: CookieKey{Name: "a\x1b[2J\x85", Domain: "x\xed\xa0\x80", Path: "/", Partition: "https://s"}}
	if got, want := i.String(), "cookie a\uFFFD[2J\uFFFD of x\uFFFD/ in https://s"; got != want {
		t.Errorf("%q", got)
	}
	if got, want := i.ID(), `["cookie", "x\ud800", "/", "a\u001b[2J`; !strings.HasPrefix(got, want) {
		t.Errorf("%q", got)
	}
}

func TestIDTellsItemsApart(t *testing.T) {
	a := Item{Kind: KindCookie, CookieKey: CookieKey{Name: "n", Domain: "x", Path: "/"}}
	b := a
	b.Partition = "https://s"
	c := b
	c.Ancestor = true
	d := Item{Kind: KindLocalStorage, Origin: "n", Key: "x"}
	e := Item{Kind: KindLocalStorage, Origin: `n", "x`, Key: ""}
	seen := map[string]bool{}
	for _, i := range []Item{a, b, c, d, e} {
		seen[i.ID()] = true
	}
	if len(seen) != 5 {
		t.Errorf("%v", seen)
	}
}

func TestPlaywrightWantsAListOfLocalStorage(t *testing.T) {
	s := decode(t, origins(`{"origin": "k", "localStorage": null}`))
	p, _ := Convert(s, Playwright)
	if want := origins(`{"origin": "k", "localStorage": [], "localStorageUnset": true}`); flat(p) != want || !Same(p, s) {
		t.Errorf("%s", flat(p))
	}
	b, _ := Convert(p, BrowserUse)
	if want := origins(`{"origin": "k"}`); flat(b) != want {
		t.Errorf("%s", flat(b))
	}
	const filled = `{"origin": "k", "localStorage": [{"name": "a", "value": "1"}]`
	if b, _ = Convert(decode(t, origins(filled+`, "localStorageUnset": true}`)), BrowserUse); flat(b) != origins(filled+"}") {
		t.Errorf("another program wrote into it: %s", flat(b))
	}
	// What was captured and is empty stays.
	const empty = `{"origin": "k", "localStorage": []}`
	if b, _ = Convert(decode(t, origins(empty)), BrowserUse); flat(b) != origins(empty) {
		t.Errorf("%s", flat(b))
	}
}

func TestABareListThatGrowsIsPlaywrights(t *testing.T) {
	got, report := Merge(decode(t, "["+c("a", "1")+"]"), decode(t, `{"note": 1}`), Options{Now: now})
	if got.Dialect() != Playwright || report.Dialect != Playwright || len(got.cookies()) != 1 {
		t.Errorf("%s: %s", got.Dialect(), flat(got))
	}
}

func TestMerge3OfBareLists(t *testing.T) {
	base, ours, theirs := "["+c("a", "1")+"]", "["+c("a", "2")+"]", "["+c("a", "1")+", "+c("b", "1")+"]"
	got, _ := Merge3(decode(t, base), decode(t, ours), decode(t, theirs), Options{Now: now})
	if want := "[" + c("a", "2") + ", " + c("b", "1") + "]"; flat(got) != want {
		t.Errorf("%s", flat(got))
	}
}

// In one dialect every field counts; between dialects, what the other cannot say
// is no change.
func TestMerge3SeesAFieldThatCame(t *testing.T) {
	plain, high := at("a", "x", `, "size": 7`), at("a", "x", `, "size": 7, "priority": "High"`)
	got, _ := Merge3(decode(t, state(plain)), decode(t, state(high)), decode(t, state(plain)), Options{Now: now})
	if flat(got) != state(high) {
		t.Errorf("a field that we added is lost: %s", flat(got))
	}
	low := at("a", "x", `, "path": "/", "expires": -1, "httpOnly": false, "secure": false, "sameSite": "Lax"`)
	got, report := Merge3(decode(t, state(high)), decode(t, state(low)), decode(t, state(high)), Options{Now: now})
	if flat(got) != state(high) || report.Unchanged != 1 {
		t.Errorf("what Playwright leaves out counts as a change: %s", flat(got))
	}
}

func TestRedactWhatMakesNoSense(t *testing.T) {
	for in, want := range map[string]string{
		`{"cookies": null, "origins": [{"origin": "k", "indexedDB": [{"name": ["s3cret"], "version": {"x": "s3cret"}, "stores": [{"name": {"x": "s3cret"}, "keyPath": ["s3cret"], "indexes": [{"name": ["s3cret"], "x": "s3cret"}], "records": "s3cret"}]}, "s3cret"], "localStorageUnset": {"x": "s3cret"}}], "credentials": "s3cret", "keeper": ["s3cret"]}`: `{"cookies": null, "origins": [{"origin": "k", "indexedDB": [{"name": ["REDACTED"], "version": {"x": "REDACTED"}, "stores": [{"name": {"x": "REDACTED"}, "keyPath": ["REDACTED"], "indexes": [{"name": ["REDACTED"], "x": "REDACTED"}], "records": "REDACTED"}]}, "REDACTED"], "localStorageUnset": {"x": "REDACTED"}}], "credentials": "REDACTED", "keeper": ["REDACTED"]}`,
		`{"origins": [{"origin": "k", "indexedDB": [{"stores": [{"keyPathArray": ["a", {"x": "s3cret"}, 5]}]}]}]}`: `{"origins": [{"origin": "k", "indexedDB": [{"stores": [{"keyPathArray": ["a"]}]}]}]}`,
		`[{"name": "a", "value": {"x": 5}, "partitionKey": ["s3cret"], "domain": ["s3cret"]}]`:                     `[{"name": "a", "value": {"x": 0}, "partitionKey": ["REDACTED"], "domain": ["REDACTED"]}]`,
	} {
		if got := flat(Redact(decode(t, in), RedactOptions{})); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}
