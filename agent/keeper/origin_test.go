package keeper

import (
	"testing"
	"time"
)

func TestOriginOf(t *testing.T) {
	for address, want := range map[string]string{
		"http://a.test/x?y#z":      "http://a.test",
		"https://A.Test:443/":      "https://a.test",
		"http://a.test:80":         "http://a.test",
		"https://a.test:80/":       "https://a.test:80",
		"http://127.0.0.1:8080/":   "http://127.0.0.1:8080",
		"http://[::1]:8080/":       "http://[::1]:8080",
		"http://user:pw@a.test/":   "http://a.test",
		"file:///etc/passwd":       "",
		"about:blank":              "",
		"data:text/html,x":         "",
		"blob:http://a.test/1":     "",
		"chrome://newtab/":         "",
		"chrome-extension://abc/":  "",
		"devtools://devtools/x":    "",
		"http://":                  "",
		"":                         "",
		"http://a.test:80:80/%zz":  "",
		"https://xn--bcher.test/ü": "https://xn--bcher.test",
	} {
		if got := originOf(address); got != want {
			t.Errorf("originOf(%q) = %q, want %q", address, got, want)
		}
	}
}

// A ^ in a storage key is a partition, and never the origin's own. (M17)
func TestFirstParty(t *testing.T) {
	for key, want := range map[string]string{
		"http://a.test/":                         "http://a.test",
		"https://a.test:8443/":                   "https://a.test:8443",
		"http://a.test/^0http://b.test":          "",
		"http://a.test/^31":                      "",
		"http://a.test/^1123^2456":               "",
		"chrome://newtab/":                       "",
		"file:///":                               "",
		"http://a.test/path/":                    "",
		"":                                       "",
		"http://a.test/^0https://a.test^31extra": "",
	} {
		if got := firstParty(key); got != want {
			t.Errorf("firstParty(%q) = %q, want %q", key, got, want)
		}
	}
}

func TestWants(t *testing.T) {
	o := Options{Domains: []string{"a.test", ".b.test"}, ExcludeDomains: []string{"x.a.test"}}
	for host, want := range map[string]bool{
		"a.test": true, ".a.test": true, "y.a.test": true, "A.TEST": true, "b.test": true, "c.b.test": true,
		"x.a.test": false, "z.x.a.test": false, "c.test": false, "aa.test": false, "": false,
	} {
		if got := o.wants(host); got != want {
			t.Errorf("wants(%q) = %v", host, got)
		}
	}
}

// The next reading of an origin is not sooner than four times the last took, and
// one that fails is tried later each time. (M8)
func TestReadingsArePausedByWhatTheyCost(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		collection
		want time.Duration
	}{
		"first":        {collection{wanted: now}, collectQuiet},
		"cheap":        {collection{wanted: now, took: 10 * time.Millisecond, finished: now}, collectQuiet},
		"dear":         {collection{wanted: now, took: 3 * time.Second, finished: now}, 12 * time.Second},
		"long ago":     {collection{wanted: now, took: 3 * time.Second, finished: now.Add(-time.Minute)}, collectQuiet},
		"failed once":  {collection{wanted: now, finished: now, failures: 1}, 10 * time.Second},
		"failed often": {collection{wanted: now, finished: now, failures: 50}, 320 * time.Second},
	} {
		if got := c.due().Sub(now); got != c.want {
			t.Errorf("%s: due after %v, want %v", name, got, c.want)
		}
	}
}

// One text has one form, however it was escaped. (M16)
func TestTextHasOneForm(t *testing.T) {
	for in, want := range map[string]string{
		`"\u00e9"`: `"é"`, `"é"`: `"é"`, `"\ud83d\ude00"`: `"😀"`, `"\ud83d"`: `"\ud83d"`, `"\uDC00x"`: `"\udc00x"`,
		`"\/"`: `"/"`, `"\u0041\u000a"`: `"A\n"`, `"\u2028"`: "\"\u2028\"", `""`: `""`,
	} {
		s, ok := text([]byte(in))
		if got := string(literal(s)); !ok || got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
	if _, ok := text([]byte(`7`)); ok {
		t.Error("a number was taken for text")
	}
	a, _ := normalCookie([]byte(`{"name":"\u00e9","value":"x","partitionKey":{"topLevelSite":"http:\/\/a.test"}}`))
	b, _ := normalCookie([]byte(`{"name":"é","value":"x","partitionKey":{"topLevelSite":"http://a.test"}}`))
	if a == "" || a != b {
		t.Errorf("%s and %s are one cookie", a, b)
	}
}

// What says nothing new is no change, and begins no save: the same event may come
// twice.
func TestOnlyChangesCount(t *testing.T) {
	m := newModel()
	a := m.localArea("http://a.test/")
	for i, step := range []struct {
		change bool
		do     func() bool
	}{
		{true, func() bool { return m.replace(a, map[string]string{"k": "v"}) }},
		{false, func() bool { return m.replace(a, map[string]string{"k": "v"}) }},
		{false, func() bool { return m.set(a, "k", "v") }},
		{true, func() bool { return m.set(a, "k", "w") }},
		{false, func() bool { return m.remove(a, "none") }},
		{true, func() bool { return m.remove(a, "k") }},
		{false, func() bool { return m.replace(a, map[string]string{}) }},
		{true, func() bool { return m.setCookies([]string{"a", "b"}) }},
		{false, func() bool { return m.setCookies([]string{"b", "a"}) }},
		{true, func() bool { return m.setCookies(nil) }},
		{false, func() bool { return m.setCookies(nil) }},
	} {
		before := m.rev
		if got := step.do(); got != step.change || (m.rev != before) != step.change {
			t.Errorf("step %d: change %v, revision %d → %d", i, got, before, m.rev)
		}
	}
}
