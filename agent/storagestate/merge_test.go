package storagestate

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// state is a document around cookies.
func state(cookies ...string) string {
	return `{"cookies": [` + strings.Join(cookies, ", ") + `], "origins": []}`
}

func origins(list ...string) string {
	return `{"cookies": [], "origins": [` + strings.Join(list, ", ") + `]}`
}

func at(name, domain, rest string) string {
	return `{"name": "` + name + `", "value": "s3cret", "domain": "` + domain + `"` + rest + `}`
}

type mergeCase struct {
	what, old, new string
	options        Options
	want, report   string
}

func TestMergeReports(t *testing.T) {
	sid := at("sid", "x", `, "expires": 4102444800.0`)
	over := at("over", "x", `, "expires": 1600000000`)
	for _, v := range []mergeCase{
		{"a logout", state(sid, at("theme", "x", ``)), state(at("theme", "x", ``)), Options{Mode: Replace},
			state(at("theme", "x", ``)), "dropped cookie sid of x/: not in the new state"},
		{"a union", state(sid), state(at("theme", "x", ``)), Options{},
			state(sid, at("theme", "x", ``)), "added cookie theme of x/"},
		{"expired on either side", state(over, sid), state(at("sid", "x", `, "expires": 1`), at("new", "x", `, "expires": 1`)), Options{},
			state(), "dropped cookie over of x/: expired\ndropped cookie sid of x/: expired\ndropped cookie new of x/: expired"},
		{"expired and not in the new state", state(over), state(), Options{Mode: Replace}, state(), "dropped cookie over of x/: expired"},
		{"a rule that was taken away", state(at("r", "x", `, "size": 7, "sameSite": "Strict"`)), state(at("r", "x", `, "size": 7`)), Options{}, state(at("r", "x", `, "size": 7`)), "updated cookie r of x/"},
		{"same number in other words", state(sid), state(at("sid", "x", `, "expires": 4102444800`)), Options{}, state(sid), ""},
		{"bad items", `{"cookies": [7, ` + sid + `, {"name": "n"}], "origins": [{"localStorage": []}]}`, `{"cookies": [8, 7, {"domain": "d"}], "origins": [9]}`, Options{Mode: Replace},
			`{"cookies": [7, {"name": "n"}], "origins": [{"localStorage": []}]}`,
			"invalid cookie number 1: a cookie is an object, not a number\ninvalid cookie number 3: the cookie has no domain\n" +
				"skipped cookie number 1: a cookie is an object, not a number\nskipped cookie number 3: the cookie has no name\n" +
				"dropped cookie sid of x/: not in the new state\n" +
				"invalid origin number 1: the origin has no name\nskipped origin number 1: the origin has no name"},
		{"duplicates", state(sid, at("sid", "x", `, "path": "/"`)), state(), Options{}, state(at("sid", "x", `, "path": "/"`)),
			"dropped cookie sid of x/: stands twice, the last one counts"},
		{"partitions are apart", state(at("p", "x", `, "size": 1, "partitionKey": {"topLevelSite": "https://a", "hasCrossSiteAncestor": true}`)),
			state(at("p", "x", `, "secure": true, "httpOnly": false, "path": "/", "expires": -1, "sameSite": "None", "_crHasCrossSiteAncestor": true, "partitionKey": "https://b"`)), Options{},
			state(at("p", "x", `, "size": 1, "partitionKey": {"topLevelSite": "https://a", "hasCrossSiteAncestor": true}`),
				at("p", "x", `, "secure": true, "session": true, "httpOnly": false, "path": "/", "expires": -1, "size": 7, "sameSite": "None", "partitionKey": {"topLevelSite": "https://b", "hasCrossSiteAncestor": true}`)),
			"added cookie p of x/ in https://b"},
		{"one partition in two spellings", state(at("p", "x", `, "priority": "High", "size": 7, "session": true, "partitionKey": {"topLevelSite": "https://a", "hasCrossSiteAncestor": true}`)),
			state(at("p", "x", `, "partitionKey": "https://a"`)), Options{Mode: Replace},
			state(at("p", "x", `, "priority": "High", "size": 7, "session": true, "partitionKey": {"topLevelSite": "https://a", "hasCrossSiteAncestor": true}`)), ""},
		{"an opaque partition has no place at Playwright's", state(at("q", "x", `, "partitionKey": "https://a"`)), state(at("o", "x", `, "size": 1, "partitionKeyOpaque": true`)), Options{},
			state(at("q", "x", `, "partitionKey": "https://a"`)), "skipped cookie o of x/ in (opaque): its partition is opaque: elsewhere it would become an ordinary cookie"},
	} {
		v.check(t)
	}
}

func (v mergeCase) check(t *testing.T) {
	t.Helper()
	v.options.Now = now
	old, new := decode(t, v.old), decode(t, v.new)
	was, is := flat(old), flat(new)
	got, report := Merge(old, new, v.options)
	if flat(got) != v.want {
		t.Errorf("%s:\n got %s\nwant %s", v.what, flat(got), v.want)
	}
	if lines(report) != v.report {
		t.Errorf("%s: reported\n%s\nwant\n%s", v.what, lines(report), v.report)
	}
	if flat(old) != was || flat(new) != is {
		t.Errorf("%s: what was merged has changed", v.what)
	}
	if _, err := Decode([]byte(encode(t, got))); err != nil {
		t.Errorf("%s: %v", v.what, err)
	}
}

func TestMergeOrigins(t *testing.T) {
	const full = `{"origin": "k", "localStorage": [{"name": "a", "value": "1"}, {"name": "b", "value": "1"}], "sessionStorage": [{"name": "s", "value": "1"}], "indexedDB": [{"name": "db", "version": 1}], "x": 1}`
	for _, v := range []mergeCase{
		{"a kind that was not captured stays", origins(full), origins(`{"origin": "k", "localStorage": null}`), Options{Mode: Replace}, origins(full), ""},
		{"an empty kind is empty", origins(full), origins(`{"origin": "k", "localStorage": []}`), Options{Mode: Replace},
			origins(`{"origin": "k", "localStorage": [], "sessionStorage": [{"name": "s", "value": "1"}], "indexedDB": [{"name": "db", "version": 1}], "x": 1}`),
			"dropped localStorage a of k: not in the new state\ndropped localStorage b of k: not in the new state"},
		{"a union removes nothing", origins(full), origins(`{"origin": "k", "localStorage": [{"name": "c", "value": "1"}, {"name": "a", "value": "2"}], "sessionStorage": []}`), Options{},
			origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "2"}, {"name": "b", "value": "1"}, {"name": "c", "value": "1"}], "sessionStorage": [{"name": "s", "value": "1"}], "indexedDB": [{"name": "db", "version": 1}], "x": 1}`),
			"updated localStorage a of k\nadded localStorage c of k"},
		{"an origin that is not listed stays", origins(full), origins(), Options{Mode: Replace}, origins(full), ""},
		{"a covered origin loses its web storage", origins(full), origins(), Options{Mode: Replace, Origins: []string{"k"}},
			origins(`{"origin": "k", "localStorage": [], "sessionStorage": [], "indexedDB": [{"name": "db", "version": 1}], "x": 1}`),
			"dropped localStorage a of k: not in the new state\ndropped localStorage b of k: not in the new state\ndropped sessionStorage s of k: not in the new state"},
		{"a covered origin without anything else goes", origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "1"}]}`, `{"origin": "l"}`), origins(), Options{Mode: Replace, AllOrigins: true}, origins(),
			"dropped localStorage a of k: not in the new state\ndropped origin of k: not in the new state\ndropped origin of l: not in the new state"},
		{"a covered kind that is not listed", origins(full), origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "1"}]}`), Options{Mode: Replace, Origins: []string{"k"}},
			origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "1"}], "sessionStorage": [], "indexedDB": [{"name": "db", "version": 1}], "x": 1}`),
			"dropped localStorage b of k: not in the new state\ndropped sessionStorage s of k: not in the new state"},
		{"databases by name", origins(full), origins(`{"origin": "k", "indexedDB": [{"name": "db", "version": 2}, {"name": "other"}], "x": 2, "y": 3}`), Options{},
			origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "1"}, {"name": "b", "value": "1"}], "sessionStorage": [{"name": "s", "value": "1"}], "indexedDB": [{"name": "db", "version": 2}, {"name": "other"}], "x": 2, "y": 3}`),
			"updated indexedDB db of k\nadded indexedDB other of k\nupdated key x of k\nadded key y of k"},
		{"the same unknown keys", `{"cookies": [], "origins": [{"origin": "k", "x": 1}], "y": [2]}`, `{"origins": [{"origin": "k", "x": 1.0}], "y": [2.0]}`, Options{Mode: Replace},
			`{"cookies": [], "origins": [{"origin": "k", "x": 1}], "y": [2]}`, ""},
		{"a mark goes when its reason goes", origins(`{"origin": "k", "localStorage": [], "localStorageUnset": true}`), origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "1"}]}`), Options{},
			origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "1"}]}`), "added localStorage a of k"},
		{"new origins are sorted", origins(`{"origin": "m"}`), origins(`{"origin": "z"}`, `{"origin": "b"}`), Options{}, origins(`{"origin": "m"}`, `{"origin": "b"}`, `{"origin": "z"}`),
			"added origin of z\nadded origin of b"},
		{"bad entries", origins(`{"origin": "k", "localStorage": [{"name": "bad"}, {"name": "a", "value": "1"}]}`), origins(`{"origin": "k", "localStorage": [5, {"name": "c", "value": "1"}], "sessionStorage": 3}`), Options{Mode: Replace},
			origins(`{"origin": "k", "localStorage": [{"name": "bad"}, {"name": "c", "value": "1"}]}`),
			"invalid k localStorage number 1: its value is no text\nskipped k localStorage number 1: it has no name\ndropped localStorage a of k: not in the new state\nadded localStorage c of k\nskipped sessionStorage of k: it is no list"},
		{"Playwright wants localStorage", `{"cookies": [], "origins": [], "credentials": []}`, origins(`{"origin": "k", "sessionStorage": [{"name": "s", "value": "1"}]}`), Options{},
			`{"cookies": [], "origins": [{"origin": "k", "localStorage": [], "sessionStorage": [{"name": "s", "value": "1"}], "localStorageUnset": true}], "credentials": []}`,
			"added origin of k\nadded sessionStorage s of k"},
		{"which says nothing when it comes back", origins(full), origins(`{"origin": "k", "localStorage": [], "localStorageUnset": true}`), Options{Mode: Replace}, origins(full), ""},
		{"passkeys by id", `{"cookies": [], "origins": [], "credentials": [{"id": "a"}, {"id": "b"}]}`, `{"cookies": [], "origins": [], "credentials": [{"id": "b", "signCount": 1}]}`, Options{},
			`{"cookies": [], "origins": [], "credentials": [{"id": "a"}, {"id": "b", "signCount": 1}]}`, "updated credentials b"},
		{"passkeys that were not captured", `{"cookies": [], "origins": [], "credentials": [{"id": "a"}]}`, state(), Options{Mode: Replace}, `{"cookies": [], "origins": [], "credentials": [{"id": "a"}]}`, ""},
	} {
		v.check(t)
	}
}

// The file's dialect decides, not that of what comes in.
func TestMergeKeepsTheDialectAndTheLayout(t *testing.T) {
	for old, other := range map[string]string{watchdogSample: playwrightSample, playwrightSample: watchdogSample} {
		s := mustRead(t, old)
		got, report := Merge(s, mustRead(t, other), Options{Now: now})
		read := decode(t, encode(t, got))
		if got.Dialect() != s.Dialect() || read.Dialect() != s.Dialect() || report.Dialect != s.Dialect() || read.indent != s.indent {
			t.Errorf("%s became %s", old, read.Dialect())
		}
		for _, f := range Check(got, now) {
			t.Errorf("%s: %s", old, f)
		}
	}
	s := mustRead(t, watchdogSample)
	got, report := Merge(s, mustRead(t, playwrightSample), Options{Now: now})
	if before, after, _ := strings.Cut(flat(got), `"dev"`); before == "" || strings.Contains(after, `"sameSite"`) {
		t.Errorf("a cookie without a rule has one now: %s", after)
	}
	// "dev" too, of which Playwright says Lax because it says nothing.
	if report.Unchanged != 11 || report.Count(Updated) != 0 || !strings.Contains(flat(got), `"priority": "High"`) {
		t.Errorf("%d unchanged\n%s", report.Unchanged, lines(report))
	}
}

func TestMergeWithItselfChangesNothing(t *testing.T) {
	for _, name := range samples {
		s := mustRead(t, name)
		for _, o := range []Options{{}, {Mode: Replace}, {Mode: Replace, AllOrigins: true}} {
			o.Now = time.Unix(1, 0)
			got, report := Merge(s, mustRead(t, name), o)
			if len(report.Changes) > 0 || encode(t, got) != string(sample(t, name)) {
				t.Errorf("%s, %+v: %s\n%s", name, o, lines(report), encode(t, got))
			}
		}
	}
}

// Reports, findings, summaries and errors hold no value (P10).
func TestNoValueIsTold(t *testing.T) {
	secret := state(at("sid", "x", `, "expires": "s3cret", "sameSite": "s3cret", "mine": "s3cret"`), `{"name": 5, "value": "s3cret"}`, at("p", "x", `, "partitionKey": {"topLevelSite": 5, "x": "s3cret"}`))
	secret = strings.Replace(secret, `"origins": []`, `"origins": [{"origin": "k", "localStorage": [{"name": "a", "value": "s3cret"}, {"value": "s3cret"}], "sessionStorage": "s3cret", "x": "s3cret"}], "credentials": [{"id": "a", "privateKey": "s3cret"}]`, 1)
	s := decode(t, secret)
	_, a := Merge(s, decode(t, strings.ReplaceAll(secret, "s3cret", "s3cret2")), Options{})
	_, b := Merge3(s, New(), decode(t, strings.ReplaceAll(secret, "s3cret", "s3cret2")), Options{})
	_, c := Convert(s, Playwright)
	_, refused := CDPCookies(s, now)
	told := fmt.Sprintf("%+v %+v %+v %+v %+v %+v", a, b, c, refused, Check(s, now), Summarize(s, now))
	told += lines(a) + lines(b) + lines(c)
	for _, f := range Check(s, now) {
		told += f.String()
	}
	if strings.Contains(told, "s3cret") {
		t.Error(told)
	}
	if !strings.Contains(secret, "s3cret") || len(a.Changes) == 0 || len(refused) == 0 {
		t.Error("nothing was told at all")
	}
}
