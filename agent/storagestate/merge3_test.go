package storagestate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// one is a state of one cookie a, or none for an empty value.
func one(value string) string {
	if value == "" {
		return state()
	}
	return state(c("a", value))
}

func TestMerge3Table(t *testing.T) {
	for _, v := range []struct{ base, ours, theirs, want, report string }{
		{"1", "1", "1", "1", ""},
		{"1", "1", "2", "2", ""},
		{"", "", "2", "2", ""},
		{"1", "1", "", "", "dropped cookie a of .x.com/: deleted"},
		{"1", "2", "1", "2", "updated cookie a of .x.com/"},
		{"", "2", "", "2", "added cookie a of .x.com/"},
		{"1", "", "1", "", "dropped cookie a of .x.com/: deleted"},
		{"1", "2", "3", "3", ""},
		{"1", "2", "2", "2", ""},
		{"", "2", "3", "3", ""},
		{"1", "", "2", "2", ""},
		{"1", "2", "", "2", "added cookie a of .x.com/"},
		{"1", "", "", "", ""},
	} {
		base := decode(t, one(v.base))
		ours, theirs := decode(t, one(v.ours)), decode(t, one(v.theirs))
		was := flat(base) + flat(ours) + flat(theirs)
		got, report := Merge3(base, ours, theirs, Options{Now: now})
		if flat(got) != one(v.want) || lines(report) != v.report {
			t.Errorf("%+v:\n%s\n%s", v, flat(got), lines(report))
		}
		if flat(base)+flat(ours)+flat(theirs) != was {
			t.Errorf("%+v: a side has changed", v)
		}
		storage := func(value string) *State {
			if value == "" {
				return decode(t, origins(`{"origin": "k", "localStorage": []}`))
			}
			return decode(t, origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "`+value+`"}]}`))
		}
		got, _ = Merge3(storage(v.base), storage(v.ours), storage(v.theirs), Options{Now: now})
		if !Same(got, storage(v.want)) {
			t.Errorf("in localStorage %+v: %s", v, flat(got))
		}
	}
}

// Both changed it: the later one wins, then the cookie that lives longer.
func TestMerge3WhoIsLater(t *testing.T) {
	id := Item{Kind: KindCookie, CookieKey: CookieKey{Name: "a", Domain: "x", Path: "/"}}.ID()
	if id != `["cookie", "x", "/", "a"]` {
		t.Fatal(id)
	}
	side := func(value, expires, changed string) *State {
		keeper := ""
		if changed != "" {
			keeper = fmt.Sprintf(`, "keeper": {"changed": {%q: %s}}`, id, changed)
		}
		return decode(t, `{"cookies": [{"name": "a", "value": "`+value+`", "domain": "x", "expires": `+expires+`}]`+keeper+`}`)
	}
	minute := func(m int) time.Time { return now.Add(time.Duration(m) * time.Minute) }
	for _, v := range []struct {
		what         string
		ours, theirs *State
		o            Options
		want         string
	}{
		{"nothing known", side("o", "-1", ""), side("t", "-1", ""), Options{}, "t"},
		{"ours lives longer", side("o", "4102444801", ""), side("t", "4102444800", ""), Options{}, "o"},
		{"ours lives, theirs is of the session", side("o", "4102444801", ""), side("t", "-1", ""), Options{}, "o"},
		{"theirs lives longer", side("o", "4102444800", ""), side("t", "4102444801", ""), Options{}, "t"},
		{"ours is later", side("o", "-1", "5.5"), side("t", "4102444801", "5"), Options{}, "o"},
		{"theirs is later", side("o", "4102444801", "5"), side("t", "-1", "6"), Options{}, "t"},
		{"in words", side("o", "-1", `"2026-01-02T00:00:00Z"`), side("t", "-1", `"2026-01-01T00:00:00.5+01:00"`), Options{}, "o"},
		{"a tie", side("o", "4102444801", "5"), side("t", "-1", "5"), Options{}, "o"},
		{"by the files", side("o", "-1", ""), side("t", "-1", ""), Options{OursAt: minute(2), TheirsAt: minute(1)}, "o"},
		{"by one file and one record", side("o", "-1", `"2026-01-02T00:00:00Z"`), side("t", "-1", ""), Options{TheirsAt: minute(1)}, "o"},
		{"the record goes before the file", side("o", "-1", "1"), side("t", "-1", ""), Options{OursAt: minute(2), TheirsAt: minute(1)}, "t"},
		{"one is not known", side("o", "-1", "9"), side("t", "-1", ""), Options{}, "t"},
	} {
		v.o.Now = now
		got, _ := Merge3(side("b", "-1", ""), v.ours, v.theirs, v.o)
		if value, _ := got.cookies()[0].Get("value").Str(); value != v.want {
			t.Errorf("%s: %s", v.what, value)
		}
	}
}

func TestMerge3OriginsAndKeys(t *testing.T) {
	const k = `{"origin": "k", "localStorage": [{"name": "a", "value": "1"}], "indexedDB": [{"name": "db"}], "opfs": []}`
	const edited = `{"origin": "k", "localStorage": [{"name": "a", "value": "2"}], "indexedDB": [{"name": "db"}], "opfs": []}`
	doc := func(keys string) string { return `{"cookies": [], "origins": [], ` + keys + `}` }
	for _, v := range []struct{ what, base, ours, theirs, want string }{
		{"deleted here", origins(k), origins(), origins(k), origins()},
		{"deleted there", origins(k), origins(k), origins(), origins()},
		{"deleted here, changed there", origins(k), origins(), origins(edited), origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "2"}], "indexedDB": []}`)},
		{"changed here, deleted there", origins(k), origins(edited), origins(), origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "2"}], "indexedDB": []}`)},
		{"not captured here", origins(k), origins(`{"origin": "k", "localStorage": []}`), origins(k), origins(`{"origin": "k", "localStorage": [], "indexedDB": [{"name": "db"}], "opfs": []}`)},
		{"not captured there", origins(k), origins(edited), origins(`{"origin": "k"}`), origins(`{"origin": "k", "localStorage": [{"name": "a", "value": "2"}], "indexedDB": [{"name": "db"}]}`)},
		{"new on both sides", origins(), origins(`{"origin": "z", "localStorage": []}`, `{"origin": "b", "localStorage": []}`), origins(`{"origin": "y", "localStorage": []}`),
			origins(`{"origin": "y", "localStorage": []}`, `{"origin": "b", "localStorage": []}`, `{"origin": "z", "localStorage": []}`)},
		{"deleted here, a key changed there", origins(k), origins(), origins(`{"origin": "k", "opfs": [1]}`), origins(`{"origin": "k", "opfs": [1], "localStorage": [], "indexedDB": []}`)},
		{"a mark goes when its reason goes", origins(), origins(`{"origin": "k", "localStorage": []}`), origins(`{"origin": "k", "localStorage": [], "localStorageUnset": true}`), origins(`{"origin": "k", "localStorage": []}`)},
		{"no list of cookies", state(c("a", "1")), `{"origins": []}`, state(c("a", "1")), state(c("a", "1"))},
		{"a key changed here", doc(`"x": 1, "y": 1`), doc(`"x": 2`), doc(`"x": 1, "y": 1`), doc(`"x": 2, "y": 1`)},
		{"a key changed there", doc(`"x": 1`), doc(`"x": 1`), doc(`"x": 3`), doc(`"x": 3`)},
		{"a key changed by both", doc(`"x": 1`), doc(`"x": 2`), doc(`"x": 3`), doc(`"x": 3`)},
		{"a new key", doc(`"x": 1`), doc(`"x": 1, "y": 2`), doc(`"x": 1`), doc(`"x": 1, "y": 2`)},
		{"passkeys", doc(`"credentials": [{"id": "a"}, {"id": "b"}]`), doc(`"credentials": [{"id": "a"}, {"id": "c"}]`), doc(`"credentials": [{"id": "a", "n": 1}, {"id": "b"}]`),
			doc(`"credentials": [{"id": "a", "n": 1}, {"id": "c"}]`)},
		{"keepers", doc(`"keeper": {"generation": 1, "changed": {"a": 1}}`), doc(`"keeper": {"generation": 2, "changed": {"a": 5, "b": 2, "c": 3}}`), doc(`"keeper": {"generation": 3, "changed": {"a": 4, "b": 6}}`),
			doc(`"keeper": {"generation": 3, "changed": {"a": 5, "b": 6, "c": 3}}`)},
		{"our keeper alone", doc(`"keeper": {"generation": 1}`), doc(`"keeper": {"generation": 2}`), doc(`"keeper": {"generation": 1}`), doc(`"keeper": {"generation": 2}`)},
	} {
		got, _ := Merge3(decode(t, v.base), decode(t, v.ours), decode(t, v.theirs), Options{Now: now})
		if flat(got) != v.want {
			t.Errorf("%s:\n got %s\nwant %s", v.what, flat(got), v.want)
		}
	}
}

func TestMergeOfNothing(t *testing.T) {
	s := mustRead(t, watchdogSample)
	early := Options{Now: time.Unix(1, 0)}
	for _, got := range []*State{first(Merge(nil, s, early)), first(Merge(s, nil, early)), first(Merge3(nil, s, nil, early)), first(Merge3(nil, nil, s, early)), first(Merge3(s, s, s, early))} {
		if !Same(got, s) || got.Dialect() != BrowserUse {
			t.Errorf("%s", flat(got))
		}
	}
	if got := first(Merge3(nil, nil, nil, early)); !Same(got, New()) {
		t.Errorf("%s", flat(got))
	}
}

func first(s *State, _ Report) *State { return s }

// model is a state as a set of items, for the property below.
type model map[string]string

func (m model) state(t *testing.T, playwright bool) *State {
	var cookies []string
	storage := map[string][]string{}
	for _, key := range slices.Sorted(func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}) {
		kind, name, _ := strings.Cut(key, " ")
		switch kind {
		case "cookie":
			cookies = append(cookies, at(name, "x", `, "v": "`+m[key]+`"`))
		default:
			storage[kind] = append(storage[kind], `{"name": "`+name+`", "value": "`+m[key]+`"}`)
		}
	}
	o := fmt.Sprintf(`{"origin": "k", "localStorage": [%s], "sessionStorage": [%s]}`, strings.Join(storage["localStorage"], ", "), strings.Join(storage["sessionStorage"], ", "))
	s := decode(t, `{"cookies": [`+strings.Join(cookies, ", ")+`], "origins": [`+o+`]}`)
	if playwright {
		s, _ = Convert(s, Playwright)
	}
	return s
}

// Changes of different items by two writers both survive, and nothing else is
// changed, whatever dialect each of them writes.
func TestMerge3KeepsTheChangesOfBoth(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	for round := range 300 {
		base, ours, theirs, want := model{}, model{}, model{}, model{}
		for i := range 30 {
			key := fmt.Sprintf("%s n%d", []string{"cookie", "localStorage", "sessionStorage"}[r.IntN(3)], i)
			old := fmt.Sprint(r.IntN(2))
			sides := []model{base, ours, theirs, want}
			if r.IntN(3) > 0 {
				for _, m := range sides {
					m[key] = old
				}
			}
			changed := [][]model{{ours, want}, {theirs, want}, nil}[r.IntN(3)]
			for _, m := range changed { // by one of the two, or by none
				switch i % 3 {
				case 0:
					delete(m, key)
				case 1:
					m[key] = "new"
				}
			}
		}
		got, _ := Merge3(base.state(t, round&1 > 0), ours.state(t, round&2 > 0), theirs.state(t, round&4 > 0), Options{Now: now})
		if !Same(got, want.state(t, false)) {
			t.Fatalf("seed %d, round %d:\nbase   %v\nours   %v\ntheirs %v\nwant   %v\ngot    %s", seed, round, base, ours, theirs, want, flat(got))
		}
	}
}
