package storagestate

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

func seeds(f *testing.F, add func(data []byte)) {
	f.Helper()
	for _, name := range samples {
		add(sample(f, name))
	}
	for _, text := range []string{
		`{}`, `[]`, `{"cookies":null,"origins":null,"x":1}`, secretive, "\uFEFF[7]", note + c("z", "1") + `]}`,
		`[{"name":"a","domain":"x","hostOnly":false,"expirationDate":1e10,"sameSite":"no_restriction","secure":true}]`,
		`{"cookies":[{"name":"\ud83d","value":"\udc00","domain":"x","partitionKey":"s","_crHasCrossSiteAncestor":false},{"name":"a","domain":"x","partitionKeyOpaque":true}]}`,
		`{"origins":[{"origin":"k","localStorage":[],"localStorageUnset":true},{"origin":"k"},{"origin":"l","sessionStorage":5}]}`,
	} {
		add([]byte(text))
	}
}

// FuzzDecode: what was read is written again without a loss, and nothing that
// looks at it falls over.
func FuzzDecode(f *testing.F) {
	seeds(f, func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(bytes.Clone(data))
		if err != nil {
			return
		}
		raw, warnings, err := lossless.Parse(bytes.Clone(data), lossless.Options{})
		if err != nil {
			t.Fatal(err)
		}
		// Of a key that stands twice one is left, once somebody looked.
		twice := strings.Contains(fmt.Sprint(warnings), "twice")
		if got, want := flat(s), string(raw.Bytes(oneLine)); got != want && !twice {
			t.Fatalf("written as %s, was %s", got, want)
		}
		again := decode(t, encode(t, s))
		if flat(again) != flat(s) || !Same(s, again) || again.Dialect() != s.Dialect() {
			t.Fatalf("came back as %s", flat(again))
		}
		Check(s, now)
		Summarize(s, now)
		for _, cookie := range first2(CDPCookies(s, now)) {
			if _, _, err := lossless.Parse(cookie.Param, lossless.Options{}); err != nil {
				t.Fatalf("%s: %v", cookie.Param, err)
			}
		}
		if got := decode(t, encode(t, Redact(s, RedactOptions{}))); len(got.cookies()) != len(s.cookies()) {
			t.Fatal("redacting lost a cookie")
		}
	})
}

func first2[A, B any](a A, _ B) A { return a }

// FuzzMerge holds merging to its laws.
func FuzzMerge(f *testing.F) {
	seeds(f, func(data []byte) {
		f.Add(data, sample(f, watchdogSample))
		f.Add(sample(f, playwrightSample), data)
	})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		x, errX := Decode(a)
		y, errY := Decode(b)
		if errX != nil || errY != nil {
			return
		}
		early := Options{Now: time.Unix(0, 1000)}
		before := flat(x) + flat(y)
		u, _ := Merge(x, y, early)
		r, _ := Merge(x, y, Options{Now: now, Mode: Replace, AllOrigins: true})
		m, _ := Merge3(x, y, x, early)
		for _, got := range []*State{u, r, m} {
			decode(t, encode(t, got))
			if lost := badText(x); !strings.HasPrefix(badText(got), lost) && got.root.Kind() == x.root.Kind() {
				t.Fatalf("bad items %s became %s", lost, badText(got))
			}
		}
		for key := range alive(x, early.Now) {
			if !alive(u, early.Now)[key] && key.Partition != Opaque && !alive2(y, key, early.Now) {
				t.Fatalf("%v was lost in %s", key, flat(u))
			}
		}
		if again, _ := Merge(u, y, early); !Same(again, u) {
			t.Fatalf("merged twice: %s\n%s", flat(u), flat(again))
		}
		if self, report := Merge(x, x, early); report.Count(Dropped) == 0 && x.lists("cookies") && !Same(self, x) {
			t.Fatalf("merged with itself: %s", flat(self))
		}
		if flat(x)+flat(y) != before {
			t.Fatal("what was merged has changed")
		}
	})
}

// badText is every cookie and origin without an identity.
func badText(s *State) string {
	var b strings.Builder
	for _, n := range s.cookies() {
		if _, why := keyOf(n); why != "" {
			b.Write(n.Bytes(oneLine))
		}
	}
	return b.String()
}

func alive(s *State, now time.Time) map[CookieKey]bool {
	keys := map[CookieKey]bool{}
	for _, n := range s.cookies() {
		if key, why := keyOf(n); why == "" {
			keys[key] = !expired(n, now)
		}
	}
	for key, yes := range keys {
		if !yes {
			delete(keys, key)
		}
	}
	return keys
}

// alive2 reports whether s says that the cookie is over.
func alive2(s *State, key CookieKey, now time.Time) bool {
	over := false
	for _, n := range s.cookies() {
		if k, why := keyOf(n); why == "" && k == key {
			over = expired(n, now)
		}
	}
	return over
}

// FuzzConvert: a conversion twice is one, and the way back through the other
// dialect loses nothing that the report does not tell.
func FuzzConvert(f *testing.F) {
	seeds(f, func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(data)
		if err != nil {
			return
		}
		for _, to := range []Dialect{BrowserUse, Playwright, BareList} {
			out, report := Convert(s, to)
			decode(t, encode(t, out))
			if again, _ := Convert(out, to); flat(again) != flat(out) {
				t.Fatalf("%s twice: %s\n%s", to, flat(out), flat(again))
			}
			lossless := report.Count(Skipped) == 0 && to != BareList
			for _, c := range report.Changes {
				lossless = lossless && (c.Action != Lossy || c.Item.Kind == KindSessionStorage)
			}
			if lossless && !Same(out, s) {
				t.Fatalf("%s: %s\n%s", to, flat(s), flat(out))
			}
		}
		there, _ := Convert(s, BrowserUse)
		over, report := Convert(there, Playwright)
		back, _ := Convert(over, BrowserUse)
		if report.Count(Skipped) == 0 && report.Count(Lossy) == 0 && !Same(back, there) {
			t.Fatalf("%s\ncame back as %s", flat(there), flat(back))
		}
	})
}
