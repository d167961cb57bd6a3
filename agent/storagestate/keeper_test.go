package storagestate

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestKeeperRecord(t *testing.T) {
	at := time.Date(2026, 11, 26, 12, 0, 0, 250e6, time.UTC)
	k := Keeper{
		Version: 1, SavedAt: at, Browser: "Chrome/156", BrowserID: "hash", Browsers: map[string][2]int64{"hash": {2, 7}}, Generation: 7, Dialect: BrowserUse, KeptAt: at.Add(-time.Minute),
		Writers: map[string]int64{"w": 7, "v": 3}, Changed: map[string]time.Time{`["cookie", "x", "/", "a"]`: at},
		Tabs: json.RawMessage(`[{"url": "https://x.example/"}]`), Partitions: json.RawMessage(`[]`),
	}
	s := decode(t, `{"cookies": [], "keeper": {"later": 1.50, "tabs": 1}, "more": 2}`)
	was := flat(s)
	with := s.WithKeeper(k)
	if got := with.Keeper(); !reflect.DeepEqual(got, k) {
		t.Errorf("%+v\n%+v", got, k)
	}
	if text := flat(with); !strings.Contains(text, `"later": 1.50`) || !strings.Contains(text, `"more": 2`) {
		t.Error("an unknown key is gone:", text)
	}
	if flat(s) != was || !reflect.DeepEqual(s.Keeper(), Keeper{Tabs: json.RawMessage("1")}) {
		t.Error("the state was changed")
	}
	again := decode(t, flat(with))
	if got := again.Keeper(); !reflect.DeepEqual(got, k) {
		t.Errorf("after a save: %+v", got)
	}
	if got := flat(with.WithKeeper(Keeper{Version: 1})); strings.Contains(got, "savedAt") || strings.Contains(got, "tabs") || !strings.Contains(got, "later") {
		t.Error("zero fields stay:", got)
	}
	if got := with.WithoutKeeper(); strings.Contains(flat(got), "keeper") || !strings.Contains(flat(with), "keeper") {
		t.Error(flat(got))
	}
	list := decode(t, `[]`)
	if list.WithKeeper(k) != list || list.WithoutKeeper() != list {
		t.Error("a list got a record")
	}
}

func TestKeeperThatMakesNoSense(t *testing.T) {
	for _, text := range []string{`null`, `[]`, `7`, `{"version": "1", "savedAt": true, "generation": 1.5, "changed": [1], "writers": "x", "browser": 1, "browsers": {"a": [1]}}`} {
		if got := decode(t, `{"cookies": [], "keeper": `+text+`}`).Keeper(); !reflect.DeepEqual(got, Keeper{}) {
			t.Errorf("%s: %+v", text, got)
		}
	}
	k := Keeper{Version: 1, Tabs: json.RawMessage(`{`)}
	if got := decode(t, `{"cookies": []}`).WithKeeper(k); got.Keeper().Tabs != nil {
		t.Error("what is no JSON went into the file")
	}
}

func TestTheRecordTellsTheDialect(t *testing.T) {
	database := `"origins": [{"origin": "https://o", "localStorage": [], "indexedDB": []}]`
	plain := `{"name": "a", "value": "1", "domain": "x"}`
	raw := `{"name": "a", "value": "1", "domain": "x", "size": 2}`
	unset := `{"name": "a", "value": "1", "domain": "x", "sameSite": "Lax", "sameSiteUnset": true}`
	for _, v := range []struct {
		cookie, record string
		want           Dialect
	}{
		{plain, `{}`, Playwright}, {plain, `{"dialect": "browser-use"}`, BrowserUse}, {plain, `{"dialect": "playwright"}`, Playwright},
		{unset, `{"dialect": "browser-use"}`, Playwright}, {raw, `{"dialect": "playwright"}`, Playwright}, // as without a record
		{raw, `{"dialect": "browser-use"}`, BrowserUse}, {plain, `{"dialect": "bare-list"}`, Playwright}, {plain, `{"dialect": 7}`, Playwright},
	} {
		if s := decode(t, `{"cookies": [`+v.cookie+`], `+database+`, "keeper": `+v.record+`}`); s.Dialect() != v.want {
			t.Errorf("%+v: %s", v, s.Dialect())
		}
	}
}

func TestSameIgnoresBookkeeping(t *testing.T) {
	s := decode(t, `{"cookies": []}`)
	k := Keeper{Version: 1, Tabs: json.RawMessage("[]")}
	a := s.WithKeeper(k)
	k.SavedAt, k.KeptAt, k.Generation, k.BrowserID = now, now, 9, "b"
	k.Writers, k.Changed = map[string]int64{"w": 1}, map[string]time.Time{"x": now}
	if !Same(a, s.WithKeeper(k)) {
		t.Error("bookkeeping counts")
	}
	for _, change := range []func(k *Keeper){
		func(k *Keeper) { k.Partitions = json.RawMessage("[1]") }, func(k *Keeper) { k.Tabs = json.RawMessage("[1]") }, func(k *Keeper) { k.Version = 2 },
	} {
		other := k
		change(&other)
		if Same(a, s.WithKeeper(other)) {
			t.Errorf("%+v does not count", other)
		}
	}
}

func TestText(t *testing.T) {
	for literal, want := range map[string]string{
		`"a"`: "a", `"\u00e9"`: "é", `"é"`: "é", `"\ud83d\ude00"`: "😀", `"\/\n"`: "/\n", `"\ud800"`: "\xed\xa0\x80", `""`: "",
	} {
		got, err := Text(json.RawMessage(literal))
		if err != nil || got != want {
			t.Errorf("%s: %q %v", literal, got, err)
		}
		back, err := Text(Literal(got))
		if err != nil || back != got {
			t.Errorf("%s: %s comes back as %q %v", literal, Literal(got), back, err)
		}
	}
	if got := string(Literal("\xed\xa0\x80é")); got != `"\ud800é"` {
		t.Error(got)
	}
	for _, bad := range []string{``, `1`, `null`, `"secret`, `{"secret": 1}`} {
		if _, err := Text(json.RawMessage(bad)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestComposeTakesWhatTheBrowserTells(t *testing.T) {
	p := Parts{
		Cookies: []json.RawMessage{
			json.RawMessage(`{"name":"a","value":"1","domain":".x.example","path":"/","expires":1796000000.5,"size":2,"httpOnly":true,"secure":true,"session":false,"sameSite":"None","priority":"Medium","sameParty":false,"sourceScheme":"Secure","sourcePort":443,"partitionKey":{"topLevelSite":"https://t.example","hasCrossSiteAncestor":false}}`),
			json.RawMessage(`{"name":"b","value":"\u00e9","domain":"x.example","path":"/","expires":-1,"size":3,"httpOnly":false,"secure":false,"session":true,"priority":"Medium","sourceScheme":"NonSecure","sourcePort":80}`),
			json.RawMessage(`{"name":"o","value":"1","domain":"x.example","path":"/","expires":-1,"secure":true,"partitionKeyOpaque":true}`),
			json.RawMessage(`{"value":"nameless"}`),
		},
		Origins: []OriginParts{
			{Origin: "https://z.example", LocalStorage: []Entry{{"k", "v\xed\xa0\x80"}}, SessionStorage: []Entry{}, IndexedDB: json.RawMessage(`[{"name":"d","version":1,"stores":[]}]`)},
			{Origin: "https://a.example", SessionStorage: []Entry{{"", ""}}},
		},
	}
	s, report, err := Compose(p, Unknown)
	if err != nil || report.Count(Skipped) != 2 {
		t.Fatal(err, lines(report))
	}
	want := `{"cookies": [{"name": "a", "value": "1", "domain": ".x.example", "path": "/", "expires": 1796000000.5, "httpOnly": true, "secure": true, "sameSite": "None", "_crHasCrossSiteAncestor": false, "partitionKey": "https://t.example"}, ` +
		`{"name": "b", "value": "\u00e9", "domain": "x.example", "path": "/", "expires": -1, "httpOnly": false, "secure": false, "sameSite": "Lax", "sameSiteUnset": true}], ` +
		`"origins": [{"origin": "https://a.example", "localStorage": [], "sessionStorage": [{"name": "", "value": ""}], "localStorageUnset": true}, ` +
		`{"origin": "https://z.example", "localStorage": [{"name": "k", "value": "v\ud800"}], "sessionStorage": [], "indexedDB": [{"name": "d", "version": 1, "stores": []}]}]}`
	if got := flat(s); !Same(s, decode(t, want)) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	none, _, err := Compose(Parts{}, BrowserUse)
	if err != nil || none.lists("cookies") || none.Dialect() != BrowserUse {
		t.Error("cookies that were not captured are an empty list", flat(none), err)
	}
	for _, bad := range []Parts{
		{Cookies: []json.RawMessage{json.RawMessage(`{"secret`)}},
		{Origins: []OriginParts{{Origin: "https://a.example", IndexedDB: json.RawMessage(`{"secret": 1}`)}}},
		{Origins: []OriginParts{{Origin: "https://a.example", IndexedDB: json.RawMessage(`["secret"`)}}},
	} {
		if _, _, err := Compose(bad, Playwright); err == nil || strings.Contains(err.Error(), "secret") {
			t.Error(err)
		}
	}
}

// takenApart is s by its parts: what it holds, without what only the file has.
func takenApart(t testing.TB, s *State) (Parts, *State) {
	t.Helper()
	p := Parts{Cookies: []json.RawMessage{}}
	for _, c := range s.Cookies() {
		p.Cookies = append(p.Cookies, c)
	}
	for o := range s.Origins() {
		p.Origins = append(p.Origins, o)
	}
	out, _, err := Compose(p, s.Dialect())
	if err != nil {
		t.Fatal(err)
	}
	return p, out
}

func FuzzParts(f *testing.F) {
	seeds(f, func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(bytes.Clone(data))
		if err != nil {
			return
		}
		_, made := takenApart(t, s)
		if _, again := takenApart(t, made); !Same(made, again) {
			t.Errorf("%s\nis taken apart as\n%s\nand then as\n%s", data, flat(made), flat(again))
		}
		ids := map[string]bool{}
		for i := range s.Items() {
			ids[i.ID()] = true
		}
		for i := range made.Items() {
			if !ids[i.ID()] {
				t.Errorf("%s is new", i)
			}
		}
		if all := s.Filter(func(Item) bool { return true }); !Same(all, s) {
			t.Errorf("Filter of all made %s of %s", flat(all), data)
		}
		for i := range s.Filter(func(Item) bool { return false }).Items() {
			t.Errorf("%s was to go", i)
		}
		s.Keeper()
		s.Live(now)
		if again, err := Decode([]byte(flat(s.WithKeeper(Keeper{Version: 1, SavedAt: now, Generation: 3})))); err != nil || s.root.Kind() != again.root.Kind() {
			t.Error("with a record it cannot be read:", err)
		}
	})
}

func TestFilter(t *testing.T) {
	s := decode(t, `{"cookies": [{"name": "a", "value": "1", "domain": "x"}, {"name": "b", "value": "1", "domain": "x"}, {"value": "nameless"}],
		"origins": [{"origin": "https://o", "localStorage": [{"name": "k", "value": "1"}, {"name": "l", "value": "1"}], "indexedDB": [{"name": "d"}], "more": 1}],
		"credentials": [{"id": "p"}], "more": 1}`)
	was := flat(s)
	got := s.Filter(func(i Item) bool { return i.Name == "b" || i.Key == "l" })
	want := decode(t, `{"cookies": [{"name": "b", "value": "1", "domain": "x"}, {"value": "nameless"}], "origins": [{"origin": "https://o", "localStorage": [{"name": "l", "value": "1"}], "indexedDB": [], "more": 1}], "credentials": [], "more": 1}`)
	if !Same(got, want) || flat(s) != was {
		t.Error(flat(got))
	}
	n := 0
	for range s.Items() {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Error("it did not stop")
	}
}

func TestLiveAndRecognized(t *testing.T) {
	for _, v := range []struct {
		text string
		live int
		ours bool
	}{
		{`{}`, 0, true}, {`[]`, 0, true}, {`{"keeper": {}}`, 0, true}, {`{"cookies": null}`, 0, true},
		{`{"patterns": {}}`, 0, false}, {`{"cookies": [], "patterns": {}}`, 0, true},
		{state(c("a", "1")), 1, true},
		{`{"cookies": [{"name": "a", "domain": "x", "expires": 1000}, {"name": "b", "domain": "x", "expires": -1}, {"value": "nameless"}]}`, 1, true},
		{`{"cookies": [], "origins": [{"origin": "o", "localStorage": [], "sessionStorage": [{"name": "k", "value": ""}], "indexedDB": [{"name": "d"}]}], "credentials": [{"id": "p"}]}`, 3, true},
	} {
		s := decode(t, v.text)
		if s.Live(now) != v.live || s.Recognized() != v.ours {
			t.Errorf("%s: %d %v", v.text, s.Live(now), s.Recognized())
		}
	}
}
