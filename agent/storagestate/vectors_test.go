package storagestate

import (
	"testing"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

var oneLine = lossless.OneLine

// c is a cookie of the vectors: domain .x.com, path /.
func c(name, value string) string {
	return `{"name": "` + name + `", "value": "` + value + `", "domain": ".x.com", "path": "/"}`
}

const note = `{"note": 1, "origins": [{"origin": "k"}], "cookies": [`

// The vectors were run with browser-use's own code, but for what its defects
// lose.
func TestMergeVectors(t *testing.T) {
	old := note + c("z", "1") + ", " + c("a", "old") + `]}`
	for _, v := range []struct {
		what, old, new string
		mode           Mode
		want           string
	}{
		{"no file", ``, `{"cookies": [` + c("a", "é") + `], "origins": []}`, Union, `{"cookies": [` + c("a", "é") + `], "origins": []}`},
		{"update", old, `{"cookies": [` + c("a", "é") + `], "origins": []}`, Union, note + c("z", "1") + ", " + c("a", "é") + `]}`},
		{"nothing new", old, `{"cookies": [], "origins": []}`, Union, old},
		{"logout", old, `{"cookies": [], "origins": []}`, Replace, note + `]}`},
		{"not captured", old, `{"origins": []}`, Replace, old},
		{"bare list", `[]`, `{"cookies": [], "origins": []}`, Union, `[]`},
		{"bare list with origins", `[` + c("a", "1") + `]`, `{"origins": [{"origin": "k", "localStorage": []}]}`, Union,
			`{"cookies": [{"name": "a", "value": "1", "domain": ".x.com", "path": "/", "expires": -1, "httpOnly": false, "secure": false, "sameSite": "Lax", "sameSiteUnset": true}], "origins": [{"origin": "k", "localStorage": []}]}`},
		{"bare list with a key", `[]`, `{"note": 1}`, Union, `{"cookies": [], "origins": [], "note": 1}`},
		{"keys are appended", `{"x": 1}`, `{"cookies": [` + c("a", "1") + `]}`, Union, `{"x": 1, "cookies": [` + c("a", "1") + `], "origins": []}`},
		{"null lists", `{"cookies": null, "origins": null}`, `{"cookies": [` + c("a", "1") + `]}`, Union, `{"cookies": [` + c("a", "1") + `], "origins": []}`},
		{"duplicates", `[` + c("a", "1") + `, ` + c("b", "1") + `, ` + c("a", "2") + `]`, `[` + c("c", "1") + `, ` + c("c", "2") + `]`, Union,
			`[` + c("a", "2") + `, ` + c("b", "1") + `, ` + c("c", "2") + `]`},
	} {
		var s *State
		if v.old != "" {
			s = decode(t, v.old)
		}
		got, _ := Merge(s, decode(t, v.new), Options{Mode: v.mode, Now: now})
		if flat(got) != v.want {
			t.Errorf("%s:\n got %s\nwant %s", v.what, flat(got), v.want)
		}
	}
}

// One cookie with four fields and no origins has 173 bytes as browser-use lays
// it out.
func TestBrowserUseLayoutHasTheMeasuredSize(t *testing.T) {
	s, _ := Merge(Codec{Dialect: BrowserUse}.New(), decode(t, `{"cookies": [`+c("a", "é")+`]}`), Options{Now: now})
	if got := encode(t, s); len(got) != 173 {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

func TestExpiresVectors(t *testing.T) {
	for expires, want := range map[string]bool{
		"0": false, "-1": false, "-1.0": false, "null": false, `"-1"`: false, `"4102444800"`: false, "true": false, "-5": false,
		"1e10": true, "4102444800.5": true, "1e400": true,
	} {
		s := decode(t, `[{"name": "a", "value": "", "domain": "x", "expires": `+expires+`}]`)
		cookies, refused := CDPCookies(s, now)
		if len(cookies) != 1 || len(refused) != 0 {
			t.Fatalf("%s: %v", expires, refused)
		}
		p, _, err := lossless.Parse(cookies[0].Param, lossless.Options{})
		if err != nil || (p.Get("expires") != nil) != want {
			t.Errorf("%s: %s", expires, cookies[0].Param)
		}
	}
}
