package storagestate

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	const browserUse = `"size": 1`
	for text, want := range map[string]string{
		state(at("a", "x", ``)):                                                                "",
		state(at("a", "x", `, "expires": 1600000000`)):                                         "warning line 1, column 73, at cookies[0].expires: cookie a of x/: expired",
		state(at("a", "x", `, "sameSite": "None"`)):                                            "error line 1, column 37, at cookies[0].value: cookie a of x/: the browser will not store it: sameSite None without secure",
		state(at("a", "x", `, "sameSite": "Sometimes"`)):                                       "warning line 1, column 74, at cookies[0].sameSite: cookie a of x/: sameSite is no known word: read as not set",
		state(at("a", "x", `, "sameSite": "lax"`)):                                             "error line 1, column 74, at cookies[0].sameSite: cookie a of x/: sameSite is not spelt Strict, Lax or None",
		state(at("a", "x", `, "sameSite": "lax", `+browserUse)):                                "warning line 1, column 74, at cookies[0].sameSite: cookie a of x/: sameSite is not spelt Strict, Lax or None",
		state(at("a", "x", `, "expires": null`)):                                               "error line 1, column 73, at cookies[0].expires: cookie a of x/: expires is null: the browser refuses all cookies",
		state(at("a", "x", `, "expires": 0`), at("b", "x", `, "expires": -1`)):                 "",
		state(at("a", "x", `, "expires": -5`)):                                                 "error line 1, column 73, at cookies[0].expires: cookie a of x/: expires is negative, but not -1: a session cookie",
		state(at("a", "x", `, "expires": 1e13`)):                                               "error line 1, column 73, at cookies[0].expires: cookie a of x/: expires is beyond the year 9999",
		state(at("a", "x", `, "secure": true, "partitionKey": "https://s", `+browserUse)):      "error line 1, column 94, at cookies[0].partitionKey: cookie a of x/ in https://s: partitionKey is a string, as Playwright writes it: browser-use restores no cookie at all",
		state(at("a", "x", `, "secure": true, "partitionKey": {"topLevelSite": "https://s"}`)): "error line 1, column 94, at cookies[0].partitionKey: cookie a of x/ in https://s: partitionKey lacks hasCrossSiteAncestor: browser-use restores no cookie at all",
		`{"credentials": [], "keeper": {}, ` + state(at("a", "x", `, "secure": true, "partitionKey": {"topLevelSite": "https://s"}`))[1:]: "error line 1, column 127, at cookies[0].partitionKey: cookie a of x/ in https://s: partitionKey is an object, as browser-use writes it: Playwright refuses the file",
		`{"credentials": [], "keeper": {}, "origins": [{"origin": "https://k"}]}`:                                                         "error line 1, column 47, at origins[0]: origin of https://k: it has no list localStorage: Playwright refuses the file",
		origins(`{"origin": "https://k/path", "localStorage": []}`):                                                                       "warning line 1, column 40, at origins[0].origin: origin of https://k/path: it is no origin (scheme://host:port): nothing will be restored to it",
		origins(`{"origin": "https://k:1", "localStorage": []}`):                                                                          "",
		"\uFEFF" + state(`7`):                     "warning line 1, column 4: a byte order mark in front was skipped\nerror line 1, column 17, at cookies[0]: a cookie is an object, not a number",
		state(at("a", "x", ``), at("a", "x", ``)): "warning line 1, column 63, at cookies[1]: cookie a of x/: stands twice: the last one counts",
	} {
		var got []string
		for _, f := range Check(decode(t, text), now) {
			got = append(got, f.Severity.String()+" "+f.String())
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%s:\n got %s\nwant %s", text, strings.Join(got, "\n"), want)
		}
	}
	if len(Check(mustRead(t, playwrightSample), now)) != 1 {
		t.Errorf("%v", Check(mustRead(t, playwrightSample), now))
	}
	text, err := json.Marshal(Check(decode(t, state(at("a", "x", `, "expires": 1`))), now))
	if want := `[{"severity":"warning","line":1,"column":73,"path":"cookies[0].expires","item":{"kind":"cookie","name":"a","domain":"x","path":"/"},"msg":"expired"}]`; err != nil || string(text) != want {
		t.Errorf("%s %v", text, err)
	}
}

// Many bad items are found without counting the lines for each.
func TestManyFindings(t *testing.T) {
	const many = 100_000
	s := decode(t, "[0"+strings.Repeat(",\n0", many-1)+"]")
	if got := len(s.Warnings()); got != maxWarnings {
		t.Errorf("%d warnings", got)
	}
	begin := time.Now()
	all := Check(s, now)
	if len(all) != many || all[many-1].Line != many {
		t.Fatalf("%d findings, the last in line %d", len(all), all[len(all)-1].Line)
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}
