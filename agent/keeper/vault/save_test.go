package vault

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/storagestate"
)

func TestTheFirstSaveMakesAPrivateFile(t *testing.T) {
	path := filepath.Join(filepath.Dir(newPath(t)), "new", "state.json")
	k := keeps(t, path, Options{})
	saved := k.saves(t, "sid=1", "a.example token=2")
	if !saved.Written || !saved.Created || saved.Generation != 1 || saved.Kept || saved.Size == 0 {
		t.Errorf("%+v", saved)
	}
	if len(saved.Changes) == 0 || strings.Contains(saved.Changes[0].String(), secret) {
		t.Error(saved.Changes)
	}
	held := load(t, opened(t, path, Options{}))
	if items(held.State) != "a.example token=2, sid=1" || held.Keeper.Generation != 1 || held.Keeper.BrowserID != "b" || held.Keeper.Version != 1 {
		t.Errorf("%s %+v", items(held.State), held.Keeper)
	}
	if time.Since(held.Keeper.SavedAt).Abs() > time.Minute || held.State.Dialect() != storagestate.Playwright {
		t.Error(held.Keeper.SavedAt, held.State.Dialect())
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Error(name, info.Mode(), err)
		}
	}
}

func TestNothingIsWrittenWhenNothingIsNew(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{})
	k.saves(t, "sid=1", "a.example token=2")
	was, text := names(t, k.dir()), get(t, path)
	saved := k.saves(t, "a.example token=2", "sid=1")
	if saved.Written || saved.Generation != 1 || items(saved.State) != "a.example token=2, sid=1" {
		t.Errorf("%+v", saved)
	}
	if get(t, path) != text || names(t, k.dir()) != was {
		t.Error("something was written")
	}
	other := keeps(t, path, Options{})
	if saved := other.saves(t, "sid=1", "a.example token=2"); saved.Written {
		t.Error("another keeper of the same wrote")
	}
	// Which browser it is matters to the next keeper, and is told.
	saved, err := k.Save(ctx, k.base, Capture{State: k.base, BrowserID: "another"})
	if err != nil || !saved.Written || load(t, k.File).Keeper.BrowserID != "another" {
		t.Error(saved, err)
	}
}

func TestOthersLoseTheFileWithoutAChange(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a mode says nothing here")
	}
	path := newPath(t)
	k := keeps(t, path, Options{})
	k.saves(t, "sid=1")
	k.saves(t, "sid=2")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if load(t, k.File).Private {
		t.Error("Load does not tell that others can read the file")
	}
	k.saves(t, "sid=2")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
}

// The table of two keepers: what one changed and what the other.
func TestTwoKeepersMerge(t *testing.T) {
	for _, v := range []struct{ base, ours, theirs, want string }{
		{"a=1", "a=1", "a=2", "a=2"},
		{"a=1", "a=1", "a=1,b=1", "a=1, b=1"},
		{"a=1,b=1", "a=1,b=1", "a=1", "a=1"},
		{"a=1", "a=2", "a=1", "a=2"},
		{"a=1", "a=1,b=1", "a=1", "a=1, b=1"},
		{"a=1,b=1", "a=1", "a=1,b=1", "a=1"},
		{"a=1", "a=2", "a=3", "a=2"}, // the later one
		{"a=1,b=1", "b=1", "a=2,b=1", "a=2, b=1"},
		{"a=1,b=1", "a=2,b=1", "b=1", "a=2, b=1"},
		{"a=1,b=1", "b=1", "b=1", "b=1"},
		{"a=1", "", "", ""},
		{"x.example k=1", "x.example k=1", "x.example k=2", "x.example k=2"},
		{"x.example k=1,y.example k=1", "x.example k=1", "x.example k=1,y.example k=1", "x.example k=1"},
		{"x.example k=1", "x.example k=2", "x.example k=3", "x.example k=2"},
		{"x.example k=1,x.example l=1", "x.example l=1", "x.example k=2,x.example l=1", "x.example k=2, x.example l=1"},
	} {
		path := newPath(t)
		split := func(s string) []string { return strings.FieldsFunc(s, func(r rune) bool { return r == ',' }) }
		keeps(t, path, Options{}).saves(t, split(v.base)...)
		we, they := keeps(t, path, Options{}), keeps(t, path, Options{})
		they.saves(t, split(v.theirs)...)
		time.Sleep(2 * time.Millisecond) // the clock of the record
		saved := we.saves(t, split(v.ours)...)
		if got := items(saved.State); got != v.want || onDisk(t, path, Options{}) != got {
			t.Errorf("%+v: %s, on disk %s", v, got, onDisk(t, path, Options{}))
		}
		if saved.Foreign != (v.theirs != v.base) || saved.Foreign != (len(saved.Incoming) > 0) {
			t.Errorf("%+v: foreign %v, incoming %v", v, saved.Foreign, saved.Incoming)
		}
		// What is another's stays another's when ours does not change.
		if saved := we.saves(t, split(v.ours)...); saved.Written || saved.Foreign || items(saved.State) != v.want {
			t.Errorf("%+v: the second save made %s", v, items(saved.State))
		}
	}
}

// Playwright writes over the file without a record, browser-use too.
func TestProgramsWithoutARecord(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{})
	k.saves(t, "a=1", "b=1")
	put(t, path, `{"cookies": [{"name": "b", "value": "`+secret+`2", "domain": "x.example", "path": "/"}, {"name": "c", "value": "`+secret+`1", "domain": "x.example", "path": "/"}], "origins": [], "theirs": {"kept": [1.0]}}`)
	saved := k.saves(t, "a=1", "b=1", "d=1")
	if got := items(saved.State); got != "b=2, c=1, d=1" || saved.Generation != 2 {
		t.Error(got, saved.Generation)
	}
	if !strings.Contains(get(t, path), `1.0`) {
		t.Error("an unknown key is gone")
	}
}

// The record's times are not those of a program that left it as it was.
func TestAStaleRecordDoesNotDecide(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{})
	k.saves(t, "a=1")
	early := time.Now()
	time.Sleep(2 * time.Millisecond)
	text := strings.ReplaceAll(get(t, path), secret+"1", secret+"theirs")
	put(t, path, text)
	late := time.Now().Add(time.Hour)
	if err := os.Chtimes(path, late, late); err != nil {
		t.Fatal(err)
	}
	id := storagestate.Item{Kind: storagestate.KindCookie, CookieKey: storagestate.CookieKey{Name: "a", Domain: "x.example", Path: "/"}}.ID()
	ours := holds(t, "a=ours")
	saved, err := k.Save(ctx, k.base, Capture{State: ours, Changed: map[string]time.Time{id: early.Add(time.Minute)}})
	if err != nil || items(saved.State) != "a=theirs" {
		t.Error(items(saved.State), err)
	}
}

func TestNeverNothingOverSomething(t *testing.T) {
	for _, v := range []struct {
		name    string
		was     []string
		now     []string
		seen    bool
		allow   bool
		refused bool
	}{
		{"an unknown browser without anything", []string{"a=1"}, nil, false, false, true},
		{"only what is over is left", []string{"a=1"}, []string{"b=1~"}, false, false, true},
		{"storage alone counts too", []string{"x.example k=1"}, nil, false, false, true},
		{"the logout was seen", []string{"a=1"}, nil, true, false, false},
		{"it was asked for", []string{"a=1"}, nil, false, true, false},
		{"nothing over nothing", nil, nil, false, false, false},
		{"what there was is over", []string{"a=1~"}, nil, false, false, false},
		{"a little is left", []string{"a=1", "b=1"}, []string{"b=1"}, false, false, false},
	} {
		path := newPath(t)
		text, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		storagestate.Encode(text, holds(t, v.was...))
		text.Close()
		before := get(t, path)
		for _, adopt := range []bool{false, true} {
			f := opened(t, path, Options{AllowEmpty: v.allow})
			held := load(t, f)
			_, err = f.Save(ctx, held.State, Capture{State: holds(t, v.now...), Seen: v.seen, Adopt: adopt})
			if v.refused {
				fails(t, err, ErrEmpty)
				if get(t, path) != before || names(t, f.dir()) != "state.json" {
					t.Errorf("%s: %s", v.name, names(t, f.dir()))
				}
			} else if err != nil {
				t.Errorf("%s: %v", v.name, err)
			}
		}
	}
}

func TestOnlyWhoHasReadMaySave(t *testing.T) {
	path := newPath(t)
	put(t, path, `{"cookies": [`)
	f := opened(t, path, Options{})
	_, err := f.Save(ctx, nil, Capture{State: holds(t, "a=1")})
	fails(t, err, ErrNotLoaded)
	_, err = f.Load()
	fails(t, err, wholly.ErrNoGoodVersion)
	_, err = f.Save(ctx, nil, Capture{State: holds(t, "a=1")})
	fails(t, err, ErrNotLoaded)
	_, err = f.Forget(ctx)
	fails(t, err, ErrNotLoaded)
	if get(t, path) != `{"cookies": [` || names(t, f.dir()) != "state.json" {
		t.Error(names(t, f.dir()))
	}
}

func TestAdoptTakesTheBrowserForTheTruth(t *testing.T) {
	path := newPath(t)
	put(t, path, `{"cookies": [{"name": "old", "value": "`+secret+`", "domain": "x.example", "path": "/"}], "origins": [{"origin": "https://o.example", "localStorage": [{"name": "k", "value": "`+secret+`"}]}], "more": 1}`)
	f := opened(t, path, Options{})
	load(t, f)
	saved, err := f.Save(ctx, nil, Capture{State: holds(t, "new=1"), BrowserID: "b", Adopt: true})
	if err != nil || items(saved.State) != "new=1" || !saved.Kept {
		t.Fatal(items(saved.State), saved.Kept, err)
	}
	if !strings.Contains(get(t, path), `"more": 1`) || !strings.Contains(get(t, path+".bak"), `"old"`) {
		t.Error("an unknown key or the old content is gone")
	}
}

func TestDialects(t *testing.T) {
	partitioned := `{"cookies": [{"name": "p", "value": "` + secret + `", "domain": "x.example", "path": "/", "expires": -1, "secure": true, "httpOnly": false, "sameSite": "None", "partitionKey": {"topLevelSite": "https://top.example", "hasCrossSiteAncestor": true}, "size": 7, "session": true}], "origins": []}`
	for _, v := range []struct {
		was  string
		o    Options
		want storagestate.Dialect
	}{
		{"", Options{}, storagestate.Playwright},
		{"", Options{Dialect: storagestate.BrowserUse}, storagestate.BrowserUse},
		{partitioned, Options{}, storagestate.BrowserUse},
		{partitioned, Options{Dialect: storagestate.Playwright}, storagestate.Playwright},
		{`[{"name": "l", "value": "1", "domain": "x.example", "path": "/"}]`, Options{}, storagestate.Playwright},
		{`[{"name": "l", "value": "1", "domain": "x.example", "path": "/"}]`, Options{Dialect: storagestate.BrowserUse}, storagestate.BrowserUse},
	} {
		path := newPath(t)
		if v.was != "" {
			put(t, path, v.was)
		}
		f := opened(t, path, v.o)
		held := load(t, f)
		ours, _ := storagestate.Merge(held.State, holds(t, "a=1"), storagestate.Options{})
		saved, err := f.Save(ctx, held.State, Capture{State: ours, Seen: true})
		if err != nil || saved.State.Dialect() != v.want {
			t.Errorf("%+v: %v %v", v, saved, err)
			continue
		}
		if v.was == "" && strings.Contains(get(t, path), `"size"`) != (v.want == storagestate.BrowserUse) {
			t.Errorf("%+v:\n%s", v, get(t, path))
		}
		if v.was == partitioned && strings.Contains(get(t, path), "topLevelSite") != (v.want == storagestate.BrowserUse) {
			t.Errorf("%+v:\n%s", v, get(t, path))
		}
		again := opened(t, path, v.o)
		held = load(t, again)
		if saved, err := again.Save(ctx, held.State, Capture{State: held.State, Seen: true}); err != nil || saved.Written {
			t.Errorf("%+v: the same was written again, %v", v, err)
		}
	}
	if _, err := Open(newPath(t), Options{Dialect: storagestate.BareList}); err == nil {
		t.Error("a bare list was accepted")
	}
}

// What a record has that this version does not know stays, and so does what one
// keeper told of its tabs when another saves.
func TestTheRecordIsKept(t *testing.T) {
	path := newPath(t)
	put(t, path, `{"cookies": [], "origins": [], "keeper": {"version": 1, "later": [1.0], "tabs": [{"url": "u"}], "generation": 4}}`)
	k := keeps(t, path, Options{})
	k.saves(t, "a=1")
	k.saves(t, "a=2")
	if text := get(t, path); !strings.Contains(text, `"later": [`) || !strings.Contains(text, `"url": "u"`) || !strings.Contains(text, `"generation": 6`) {
		t.Error(text)
	}
	tabs := holds(t, "a=2").WithKeeper(storagestate.Keeper{Tabs: []byte(`[{"url": "v"}]`)})
	if _, err := k.Save(ctx, k.base, Capture{State: tabs}); err != nil || !strings.Contains(get(t, path), `"url": "v"`) {
		t.Error(get(t, path), err)
	}
}

// A program without a record deletes what one keeper had saved; the other writes
// next. That the first keeper's last save is known to it does not get lost.
func TestADeletionWithoutARecordHolds(t *testing.T) {
	path := newPath(t)
	keeps(t, path, Options{}).saves(t, "base=1")
	a, b := keeps(t, path, Options{}), keeps(t, path, Options{})
	b.saves(t, "base=1", "b=1")
	a.saves(t, "base=1", "a=1")
	put(t, path, `{"cookies": [{"name": "base", "value": "`+secret+`1", "domain": "x.example", "path": "/"}], "origins": []}`)
	a.saves(t, "base=1", "a=2")
	if got := items(b.saves(t, "base=1", "b=1", "b2=1").State); got != "a=2, b2=1, base=1" {
		t.Error(got)
	}
}

func TestWritersAreForgotten(t *testing.T) {
	var writers map[string]int64
	for n := range int64(3 * writersMost) {
		writers = noteWriter(writers, newWriter(), n)
	}
	if len(writers) != writersMost {
		t.Error(len(writers))
	}
	for _, generation := range writers {
		if generation < 2*writersMost {
			t.Errorf("%d is remembered, and later ones are not", generation)
		}
	}
	// What was forgotten is no sign of another descent.
	is := storagestate.Keeper{Version: 1, Writers: writers}
	if !descends(is, storagestate.Keeper{Writers: map[string]int64{"gone": 1}}) || descends(is, storagestate.Keeper{Writers: map[string]int64{"missed": 3 * writersMost}}) {
		t.Error("it is taken for one, or the other")
	}
}

// A keeper that begins anew on a shared file knows that it is shared.
func TestBrowsersAreNoted(t *testing.T) {
	path := newPath(t)
	save := func(k *keeper, id string, items ...string) {
		t.Helper()
		ours := holds(t, items...)
		if _, err := k.Save(ctx, k.base, Capture{State: ours, BrowserID: id}); err != nil {
			t.Fatal(err)
		}
		k.base = ours
	}
	stands := func(id string) Standing {
		return load(t, opened(t, path, Options{})).Standing(id, false, time.Now())
	}
	a := keeps(t, path, Options{})
	save(a, "a", "a=1")
	if got := stands("a"); got != Own {
		t.Error(got)
	}
	b := keeps(t, path, Options{})
	save(b, "b", "a=1", "b=1") // it was fresh, and got what a had
	if got, other := stands("b"), stands("a"); got != Own || other != Shared {
		t.Error(got, other)
	}
	save(a, "a", "a=2")
	if got, other := stands("b"), stands("a"); got != Shared || other != Shared {
		t.Error(got, other)
	}
	text := get(t, path)
	save(b, "b", "a=1", "b=1")
	if get(t, path) != text {
		t.Error("which of two known browsers looked last was written")
	}
	for n := range 2 * browsersMost {
		save(a, string(rune('c'+n)), "a=2")
	}
	if got := load(t, a.File).Keeper.Browsers; len(got) != browsersMost || got["b"] != [2]int64{} {
		t.Error(got)
	}
}

func TestAnotherDialectIsWritten(t *testing.T) {
	path := newPath(t)
	keeps(t, path, Options{}).saves(t, "a=1")
	k := keeps(t, path, Options{Dialect: storagestate.BrowserUse})
	if saved := k.saves(t, "a=1"); !saved.Written || !strings.Contains(get(t, path), `"size"`) {
		t.Error(saved.Written, get(t, path))
	}
	if k.saves(t, "a=1").Written {
		t.Error("it was written twice")
	}
}

func TestOldTimesOfChangesAreLeftOut(t *testing.T) {
	now := time.Now()
	changed := map[string]time.Time{"old": now.Add(-2 * changedFor), "later": now.Add(time.Minute)}
	for n := range 2 * changedMost {
		changed[newWriter()] = now.Add(-time.Duration(n) * time.Millisecond)
	}
	got := recent(changed, now)
	if _, old := got["old"]; old || len(got) != changedMost {
		t.Error(old, len(got))
	}
	for id, at := range got {
		if now.Sub(at) >= changedMost*time.Millisecond {
			t.Error(id, "is older than one that was left out")
		}
	}
}

func TestReunite(t *testing.T) {
	now := time.Now()
	id := func(name string) string {
		return storagestate.Item{Kind: storagestate.KindCookie, CookieKey: storagestate.CookieKey{Name: name, Domain: "x.example", Path: "/"}}.ID()
	}
	side := func(changed map[string]int, has ...string) *storagestate.State {
		k := storagestate.Keeper{Version: 1, Changed: map[string]time.Time{}}
		for name, at := range changed {
			k.Changed[id(name)] = now.Add(time.Duration(at) * time.Second)
		}
		return holds(t, has...).WithKeeper(k)
	}
	for _, v := range []struct {
		what      string
		is, known *storagestate.State
		want      string
	}{
		{"nothing is told: both", side(nil, "a=1"), side(nil, "b=1"), "a=1, b=1"},
		{"nothing is told: as known", side(nil, "a=1"), side(nil, "a=2"), "a=2"},
		{"the later change", side(map[string]int{"a": 2}, "a=1"), side(map[string]int{"a": 1}, "a=2"), "a=1"},
		{"the earlier change", side(map[string]int{"a": 1}, "a=1"), side(map[string]int{"a": 2}, "a=2"), "a=2"},
		{"one tells", side(map[string]int{"a": 1}, "a=1"), side(nil, "a=2"), "a=1"},
		{"deleted later there", side(map[string]int{"a": 2}), side(map[string]int{"a": 1}, "a=2"), ""},
		{"deleted there, nothing told here", side(map[string]int{"a": 2}), side(nil, "a=2"), ""},
		{"deleted earlier there", side(map[string]int{"a": 1}), side(map[string]int{"a": 2}, "a=2"), "a=2"},
		{"deleted here", side(nil, "a=1"), side(map[string]int{"a": 2}), ""},
		{"deleted here, changed later there", side(map[string]int{"a": 3}, "a=1"), side(map[string]int{"a": 2}), "a=1"},
	} {
		if got := items(reunite(v.is, v.known, now)); got != v.want {
			t.Errorf("%s: %s, want %s", v.what, got, v.want)
		}
	}
}

func TestStanding(t *testing.T) {
	now := time.Now()
	full := Held{State: holds(t, "a=1"), Keeper: storagestate.Keeper{BrowserID: BrowserID("abc")}}
	saved := Held{State: holds(t, "a=1"), Keeper: storagestate.Keeper{Browsers: map[string][2]int64{
		"dead": {1, 4}, "old": {2, 9}, "new": {5, 8},
	}}}
	for _, v := range []struct {
		held  Held
		id    string
		fresh bool
		want  Standing
	}{
		{Held{State: holds(t)}, BrowserID("x"), false, Free},
		{Held{State: holds(t, "a=1~")}, BrowserID("x"), false, Free},
		{full, BrowserID("abc"), false, Own},
		{full, BrowserID("abc"), true, Own}, // it was logged out, or it was not: no restoring over that
		{full, BrowserID("x"), true, Fresh},
		{saved, "old", false, Shared}, {saved, "new", false, Shared}, {saved, "dead", true, Shared}, {saved, "", false, Strange},
		{Held{State: holds(t, "a=1"), Keeper: storagestate.Keeper{Browsers: map[string][2]int64{"dead": {1, 4}, "new": {5, 8}}}}, "new", false, Own},
		{full, BrowserID("x"), false, Strange},
		{Held{State: holds(t, "a=1")}, "", false, Strange},
	} {
		if got := v.held.Standing(v.id, v.fresh, now); got != v.want {
			t.Errorf("%s fresh=%v: %s, want %s", v.id, v.fresh, got, v.want)
		}
	}
	if id := BrowserID("abc"); id == BrowserID("abd") || strings.Contains(id, "abc") || len(id) != 32 {
		t.Error(id)
	}
}
