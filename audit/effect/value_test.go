package effect_test

import (
	"fmt"
	"strings"
	"testing"

	. "github.com/wholly-go/wholly/audit/effect"
)

var (
	dir  = NewParam("f", 0, "dir")
	path = NewParam("f", 1, "path")
)

// However a path is put together, the same path is the same value.
func TestEqualPathsAreEqual(t *testing.T) {
	for _, row := range [][2]*Value{
		{NewJoin(dir, NewLit("a.json")), NewConcat(dir, NewLit("/a.json"))},
		{NewJoin(dir, NewLit("a.json")), NewConcat(dir, NewLit("/"), NewLit("a.json"))},
		{NewJoin(NewJoin(dir, NewLit("a")), NewLit("b")), NewJoin(dir, NewLit("a/b"))},
		{NewConcat(NewJoin(dir, NewLit("a.json")), NewLit(".tmp")), NewJoin(dir, NewLit("a.json.tmp"))},
		{NewConcat(path, NewLit(".tmp")), NewConcat(path, NewLit("."), NewLit("tmp"))},
		{NewSuffix(NewJoin(dir, NewLit("a.json")), ".json.tmp"), NewJoin(dir, NewLit("a.json.tmp"))},
		{NewDir(NewJoin(dir, NewLit("a.json"))), dir},
		{NewDir(NewConcat(NewJoin(dir, NewLit("a")), NewRandom("s", "pid"))), dir},
		{NewBase(NewJoin(dir, NewLit("x/a.json"))), NewLit("a.json")},
		{NewJoin(NewDir(path), NewBase(path)), path},
		{NewPhi(dir, path, dir), NewPhi(path, dir)},
		{NewPhi(dir, NewPhi(dir)), dir},
		{NewField(NewObject("s", "T", []string{"path"}, []*Value{path}), "path"), path},
		{NewJoin(NewLit("a"), NewLit(".."), NewLit("b")), NewLit("b")},
		{NewJoin(dir, NewLit(".")), dir},
		{NewDir(NewTemp("s", dir)), dir},
	} {
		if row[0].Key() != row[1].Key() {
			t.Errorf("%s and %s differ: %s, %s", row[0].Text(), row[1].Text(), row[0].Key(), row[1].Key())
		}
	}
}

// What may differ is never equal by accident.
func TestOtherPathsDiffer(t *testing.T) {
	for _, row := range [][2]*Value{
		{NewTemp("s1", dir), NewTemp("s2", dir)},
		{NewUnknown("s1"), NewUnknown("s2")},
		{NewParam("f", 0, "p"), NewParam("g", 0, "p")},
		{NewLit("a.json.bak"), NewSuffix(NewLit("a.json"), ".bak")},
		{NewConcat(path, NewLit(".bak")), NewSuffix(path, ".bak")},
		{NewCall("s1", "g", 0), NewCall("s2", "g", 0)},
		{NewCall("s1", "g", 0), NewCall("s1", "g", 1)},
		{NewGlobal("a"), NewLit("a")},
		{NewField(NewSelf("A"), "p"), NewField(NewSelf("B"), "p")},
		{NewRandom("s1", "pid"), NewRandom("s2", "pid")},
	} {
		if row[0].Key() == row[1].Key() || Same(row[0], row[1]) {
			t.Errorf("%s and %s are the same", row[0].Key(), row[1].Key())
		}
	}
	deep := func(site string) *Value {
		v := NewParam(site, 0, "p")
		for range 60 {
			v = NewField(v, "next")
		}
		return v
	}
	if Same(deep("f"), deep("g")) {
		t.Error("two values beyond the limit are equal")
	}
}

// Code that doubles a value, line after line, costs no more than its lines.
func TestDoublingEnds(t *testing.T) {
	v, w := dir, path
	for i := range 200 {
		v = NewConcat(v, v, NewLit(fmt.Sprint(i)))
		w = NewPhi(w, NewConcat(w, NewLit("x")))
	}
	if len(v.Key()) > 10_000 || len(w.Key()) > 100_000 {
		t.Errorf("keys of %d and %d bytes", len(v.Key()), len(w.Key()))
	}
}

func TestSameComparesAlternatives(t *testing.T) {
	given := NewPhi(path, NewLit("history.json"))
	if !Same(given, NewLit("history.json")) || !Same(NewPhi(dir, NewLit("history.json")), given) {
		t.Error("alternatives do not meet")
	}
	if Same(NewPhi(path, NewEmpty()), NewPhi(dir, NewEmpty())) {
		t.Error("nothing meets nothing")
	}
}

func TestEndsLooksAtTheTryAround(t *testing.T) {
	try := &Region{Kind: Try, Handled: Logged}
	for _, row := range []struct {
		e    Effect
		want Fate
	}{
		{Effect{Fate: Returned}, Returned},
		{Effect{Fate: Returned, In: try}, Logged},
		{Effect{Fate: Dropped, In: try}, Dropped},
		{Effect{In: &Region{Kind: Loop, Up: try}}, Logged},
	} {
		if got := row.e.Ends(); got != row.want {
			t.Errorf("%+v ends as %d, want %d", row.e, got, row.want)
		}
	}
}

func TestNotes(t *testing.T) {
	for text, want := range map[string]string{
		"wholly: ignore[a, b] a reason": "[a b] a reason",
		"wholly:ignore for now":         "[] for now",
		"wholly: ignore[a]":             "[a] ",
		"wholly is a library":           "-",
		"ignore[a]":                     "-",
	} {
		got := "-"
		if n, ok := ParseNote(text); ok {
			got = fmt.Sprint(n.Rules, " ", n.Text)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func ExampleValue_Text() {
	base := NewField(NewSelf("Store").Called("s"), "dir")
	fmt.Println(NewConcat(NewJoin(base, NewLit("state.json")), NewLit("."), NewRandom("x", "pid"), NewLit(".tmp")).Text())
	// Output: s.dir/state.json.{pid}.tmp
}

// FuzzJoin builds paths from any parts: it never panics, and a directory and
// its base give the path back.
func FuzzJoin(f *testing.F) {
	f.Add("a/b", "c.json", ".tmp")
	f.Add("/", "", "..")
	f.Add("", "/x/", "a/")
	f.Add("/", strings.Repeat("too long to be a name ", 2000), "")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		v := NewConcat(NewJoin(dir, NewLit(a), NewLit(b)), NewLit(c))
		again := NewConcat(NewJoin(dir, NewLit(a), NewLit(b)), NewLit(c))
		if v.Key() != again.Key() {
			t.Fatalf("%q %q %q: %s and %s", a, b, c, v.Key(), again.Key())
		}
		NewDir(v)
		NewBase(v)
		NewSuffix(v, c)
		if strings.Contains(v.Text(), "//") && !strings.Contains(a+b+c, "//") {
			t.Errorf("%q %q %q: %s", a, b, c, v.Text())
		}
	})
}
