package storagestate

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// now is a moment at which old_promo of the samples is over and sid is not.
var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../testdata/samples", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const (
	watchdogSample   = "storage_state.json"
	playwrightSample = "storage_state_playwright.json"
	bareSample       = "cookies_legacy_bare_list.json"
)

var samples = []string{watchdogSample, playwrightSample, bareSample}

func decode(t testing.TB, text string) *State {
	t.Helper()
	s, err := Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

func encode(t testing.TB, s *State) string {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// flat is the state on one line.
func flat(s *State) string {
	one := *s
	var b bytes.Buffer
	one.root.Print(&b, oneLine)
	return b.String()
}

func TestSamplesSurviveByteForByte(t *testing.T) {
	for name, want := range map[string]Dialect{watchdogSample: BrowserUse, playwrightSample: Playwright, bareSample: BareList} {
		data := sample(t, name)
		s, err := Codec{}.Decode(bytes.Clone(data))
		if err != nil {
			t.Fatal(err)
		}
		if got := encode(t, s); got != string(data) {
			t.Errorf("%s came back as %s", name, got)
		}
		if s.Dialect() != want || len(s.Warnings()) != 0 {
			t.Errorf("%s: %s, %v", name, s.Dialect(), s.Warnings())
		}
	}
}

func TestBadInputSaysWhatAndWhere(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "line 1, column 1: empty, not a JSON value",
		"null":                           "line 1, column 1: a storage state is an object or a list of cookies, not null",
		" \n 5":                          "line 2, column 2: a storage state is an object or a list of cookies, not a number",
		`"x"`:                            "line 1, column 1: a storage state is an object or a list of cookies, not a string",
		"true":                           "line 1, column 1: a storage state is an object or a list of cookies, not a boolean",
		"{\"cookies\":\n {}}":            "line 2, column 2, at cookies: cookies must be a list, not an object",
		`{"origins": "x"}`:               "line 1, column 13, at origins: origins must be a list, not a string",
		`{"cookies": [NaN]}`:             "line 1, column 14, at cookies[0]: NaN is not JSON",
		"\xff\xfe{\x00}\x00":             "line 1, column 1: text in UTF-16, not in UTF-8",
		"{\x00}\x00":                     "line 1, column 1: zero bytes: text in UTF-16, or no text at all",
		`{trunc`:                         "line 1, column 2: a key in double quotes is wanted here, not 't'",
		"[{\"name\": \"\xe9\"}]":         "line 1, column 12: invalid UTF-8",
		strings.Repeat("[", 10000):       "line 1, column 1001, at " + strings.Repeat("[0]", 21) + "…: more than 1000 levels of nesting",
		strings.Repeat(`{"a":`, 10000):   "line 1, column 5001, at a" + strings.Repeat(".a", 20) + "…: more than 1000 levels of nesting",
		`{"cookies": []} {"origins":[]}`: "line 1, column 17: more text after the end of the value",
	} {
		s, err := Decode([]byte(text))
		if s != nil || err == nil || err.Error() != want {
			t.Errorf("%.40q: %v\nwant %s", text, err, want)
		}
		var syntax *SyntaxError
		var schema *SchemaError
		if wrongShape := strings.Contains(want, "must be") || strings.Contains(want, "a storage state is"); errors.As(err, &schema) != wrongShape || errors.As(err, &syntax) == wrongShape {
			t.Errorf("%.40q: %T", text, err)
		}
	}
}

func TestTooLargeIsRefused(t *testing.T) {
	_, err := Decode(make([]byte, 200<<20))
	var e *SyntaxError
	if !errors.As(err, &e) || !strings.Contains(err.Error(), "209715200 bytes are more than") {
		t.Error(err)
	}
}

func TestTruncatedAnywhereIsAnError(t *testing.T) {
	for _, name := range samples {
		data := sample(t, name)
		for n := range len(data) {
			var e *SyntaxError
			if _, err := Decode(bytes.Clone(data[:n])); !errors.As(err, &e) || e.Line == 0 {
				t.Fatalf("%s cut at %d: %v", name, n, err)
			}
		}
	}
}

func TestOddFilesAreReadWithAWarning(t *testing.T) {
	for text, want := range map[string]string{
		"\uFEFF{}":                       "line 1, column 4: a byte order mark in front was skipped",
		`{"cookies": [], "cookies": []}`: "line 1, column 17, at cookies: the key stands twice: the last one counts",
		`[5]`:                            "line 1, column 2, at [0]: a cookie is an object, not a number",
		`{"cookies": [{"name": "a"}]}`:   "line 1, column 14, at cookies[0]: the cookie has no domain",
		`{"cookies": [{"domain": "x"}]}`: "line 1, column 14, at cookies[0]: the cookie has no name",
		`{"cookies": [{"name": "a", "domain": "x", "path": 1}]}`:         "line 1, column 14, at cookies[0]: the path of the cookie is a number",
		`{"cookies": [{"name": "a", "domain": "x", "partitionKey": 1}]}`: "line 1, column 14, at cookies[0]: the partitionKey of the cookie makes no sense",
		`{"origins": [{}]}`:  "line 1, column 14, at origins[0]: the origin has no name",
		`{"origins": ["x"]}`: "line 1, column 14, at origins[0]: the origin has no name",
		`{"origins": [{"origin": "k", "localStorage": 1}]}`:                         "line 1, column 46, at origins[0].localStorage: localStorage of k: localStorage is no list",
		`{"origins": [{"origin": "k", "localStorage": [{"name": "a"}]}]}`:           "line 1, column 47, at origins[0].localStorage[0]: its value is no text",
		`[{"name": "a", "domain": "x"}, {"name": "a", "domain": "x", "path": "/"}]`: "line 1, column 32, at [1]: cookie a of x/: stands twice: the last one counts",
	} {
		s, err := Decode([]byte(text))
		if err != nil || len(s.Warnings()) != 1 || s.Warnings()[0].String() != want {
			t.Errorf("%s: %v\nwant %s", text, s.Warnings(), want)
		}
	}
}

func TestNullAndMissingListsAreEmpty(t *testing.T) {
	for _, text := range []string{`{}`, `{"cookies": null, "origins": null}`, `[]`} {
		s := decode(t, text)
		if len(s.Warnings()) > 0 || flat(s) != text {
			t.Errorf("%s: %v, %s", text, s.Warnings(), flat(s))
		}
		if !Same(s, New()) {
			t.Errorf("%s is not the empty state", text)
		}
	}
}

func TestDialectIsToldCookieByCookie(t *testing.T) {
	for text, want := range map[string]Dialect{
		`{}`:                                 Unknown,
		`{"cookies": [], "origins": []}`:     Unknown,
		`{"cookies": [` + c("a", "1") + `]}`: Playwright,
		`{"cookies": [{"name":"a","domain":"x","size":2}]}`:                            BrowserUse,
		`{"cookies": [{"name":"a","domain":"x","partitionKey":{"topLevelSite":"s"}}]}`: BrowserUse,
		`{"cookies": [{"name":"a","domain":"x","partitionKey":"s"}]}`:                  Playwright,
		`{"cookies": [{"name":"a","domain":"x","_crHasCrossSiteAncestor":true}]}`:      Playwright,
		`{"cookies": [{"name":"a","domain":"x","hostOnly":true}]}`:                     Playwright,
		`[{"name":"a","domain":"x","size":2}]`:                                         BareList,
		`{"origins": [{"origin":"k","sessionStorage":[]}]}`:                            BrowserUse,
		`{"origins": [{"origin":"k","localStorage":[],"sessionStorage":[]}]}`:          BrowserUse,
		`{"origins": [{"origin":"k","localStorage":[]}]}`:                              Playwright,
		`{"credentials": []}`: Playwright,
		`{"cookies": [{"name":"a","domain":"x","size":2}], "keeper": {}}`:                   BrowserUse,
		`{"cookies": [{"name":"a","domain":"x","size":2}], "keeper": {}, "credentials":[]}`: Playwright,
	} {
		if got := decode(t, text).Dialect(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	mixed := decode(t, `{"cookies": [5, {"name":"a","domain":"x","size":2}, {"name":"b","domain":"x","partitionKey":"s"}, {"name":"c","domain":"x"}, {"name":"d","domain":"x","storeId":"0"}]}`)
	m := mixed.Mix()
	if m.BrowserUse != 1 || m.Playwright != 1 || m.Plain != 1 || m.Extension != 1 || m.Invalid != 1 || mixed.Dialect() != BrowserUse {
		t.Errorf("%+v, %s", m, mixed.Dialect())
	}
}

func TestLayoutIsThatOfTheFileOrOfTheDialect(t *testing.T) {
	for text, want := range map[string]string{
		`{"cookies":[{"name":"a","domain":"x","size":2}]}`: "{\n    \"cookies\": [",
		`[]`:                          "[]",
		`{"cookies":[],"origins":[]}`: "{\n  \"cookies\": [],\n  \"origins\": []\n}",
		"{\n   \"cookies\": [],\n   \"origins\": []}":            "{\n   \"cookies\": [],",
		"\uFEFF\n{\r\n    \"cookies\": [],\r\n \"origins\": []}": "{\n    \"cookies\": [],",
		"{\n         \"cookies\": []}":                           "{\n  \"cookies\": []\n}",
		"{\n\t\"cookies\": []}":                                  "{\n  \"cookies\": []\n}",
	} {
		if got := encode(t, decode(t, text)); !strings.HasPrefix(got, want) {
			t.Errorf("%q is written as %q", text, got)
		}
	}
	for d, want := range map[Dialect]string{Unknown: "{\n  \"", BrowserUse: "{\n    \"", Playwright: "{\n  \"", BareList: "[]"} {
		if got := encode(t, Codec{Dialect: d}.New()); !strings.HasPrefix(got, want) {
			t.Errorf("a new %s: %q", d, got)
		}
	}
	s, err := Codec{Dialect: BrowserUse}.Decode([]byte(`{}`))
	if err != nil || s.Dialect() != BrowserUse {
		t.Errorf("a file without a hint: %v, %v", s.Dialect(), err)
	}
}

func TestLegacyNames(t *testing.T) {
	for main, stem := range map[string]string{
		"a.json": "a", "a": "a", "a.yaml": "a", "a.JSON": "a", "a.v2.json": "a.v2", "a.tar.gz": "a.tar",
		".json": ".json", ".state": ".state", "a.": "a.",
	} {
		tmp, bak := LegacyNames(main)
		if tmp != stem+".json.tmp" || bak != stem+".json.bak" {
			t.Errorf("%s: %s and %s", main, tmp, bak)
		}
	}
}

func TestIdentity(t *testing.T) {
	base := `"name":"a","domain":".x.com"`
	same := [][]string{
		{`{` + base + `}`, `{` + base + `,"path":"/"}`, `{` + base + `,"path":null,"partitionKey":null}`, `{` + base + `,"path":"","partitionKey":{}}`,
			`{"name":"a","domain":"x.com","hostOnly":false}`, `{"name":"\u0061","domain":".x.com","_crHasCrossSiteAncestor":true}`},
		{`{` + base + `,"partitionKey":"https://s"}`, `{` + base + `,"partitionKey":{"topLevelSite":"https://s"}}`,
			`{` + base + `,"partitionKey":"https://s","_crHasCrossSiteAncestor":true}`,
			`{` + base + `,"partitionKey":{"topLevelSite":"https://s","hasCrossSiteAncestor":true}}`},
		{`{` + base + `,"partitionKey":"https://s","_crHasCrossSiteAncestor":false}`,
			`{` + base + `,"partitionKey":{"topLevelSite":"https://s","hasCrossSiteAncestor":false}}`},
		{`{` + base + `,"partitionKey":"https://t"}`}, {`{` + base + `,"path":"/x"}`},
		{`{"name":"a","domain":"x.com"}`, `{"name":"a","domain":".x.com","hostOnly":true}`},
		{`{"name":"A","domain":".x.com"}`}, {`{` + base + `,"partitionKeyOpaque":true}`},
		{`{"name":"127","domain":"127.0.0.1","hostOnly":false}`, `{"name":"127","domain":"127.0.0.1"}`},
		{`{"name":"\ud83d","domain":"x"}`}, {`{"name":"\ufffd","domain":"x"}`},
	}
	seen := map[CookieKey]int{}
	for class, texts := range same {
		for _, text := range texts {
			key, why := keyOf(decode(t, "["+text+"]").cookies()[0])
			if before, known := seen[key]; why != "" || known && before != class {
				t.Errorf("%s: %+v %s", text, key, why)
			}
			seen[key] = class
		}
	}
	if len(seen) != len(same) {
		t.Errorf("%d identities, want %d: %v", len(seen), len(same), seen)
	}
}
