package baseline_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/baseline"
)

func found(prints ...string) *audit.Result {
	r := &audit.Result{}
	for _, p := range prints {
		r.Findings = append(r.Findings, &audit.Finding{Fingerprint: p, Rule: "rule-" + p, File: "dir/" + p + ".go"})
	}
	return r
}

func parsed(t *testing.T, text string) *baseline.Baseline {
	t.Helper()
	b, err := baseline.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func known(r *audit.Result) (list []string) {
	for _, f := range r.Findings {
		if f.Known {
			list = append(list, f.Fingerprint)
		}
	}
	return list
}

func TestWhatIsWrittenIsKnown(t *testing.T) {
	r := found("c", "a", "b")
	r.Findings[1].Suppressed = "a comment answers it"
	text := string(baseline.Entries(r, nil, nil))
	const want = `{"fingerprint":"b","rule":"rule-b","file":"dir/b.go"}
{"fingerprint":"c","rule":"rule-c","file":"dir/c.go"}
`
	if text != want {
		t.Errorf("have %swant %s", text, want)
	}
	again := found("new", "b", "c")
	b := parsed(t, text)
	if gone := b.Apply(again); len(gone) != 0 || !slices.Equal(known(again), []string{"b", "c"}) || b.Len() != 2 {
		t.Errorf("known %v, gone %v", known(again), gone)
	}
	if again.Findings[0].Open() == again.Findings[1].Open() {
		t.Error("a known finding asks for an answer like a new one")
	}
}

func TestGoneEntriesAreReturnedInOrder(t *testing.T) {
	b := parsed(t, string(baseline.Entries(found("d", "b", "a", "c"), nil, nil)))
	gone := b.Apply(found("b"))
	var names []string
	for _, e := range gone {
		names = append(names, e.Fingerprint)
	}
	if !slices.Equal(names, []string{"a", "c", "d"}) {
		t.Errorf("%v", names)
	}
	if again := b.Apply(found("b")); len(again) != 3 {
		t.Errorf("a second time: %v", again)
	}
}

func TestReasonsAreKept(t *testing.T) {
	old := parsed(t, `{"fingerprint":"a","rule":"r","file":"f","reason":"<we> & \"they\" know"}`)
	text := string(baseline.Entries(found("a", "b"), old, nil))
	if !strings.Contains(text, `"reason":"<we> & \"they\" know"`) || strings.Count(text, "reason") != 1 {
		t.Errorf("%s", text)
	}
}

func TestEntriesOfOtherFilesCanBeKept(t *testing.T) {
	old := parsed(t, string(baseline.Entries(found("here", "there"), nil, nil)))
	text := string(baseline.Entries(found("new"), old, func(e baseline.Entry) bool { return e.File == "dir/there.go" }))
	if strings.Contains(text, `"here"`) || !strings.Contains(text, `"there"`) || !strings.Contains(text, `"new"`) {
		t.Errorf("%s", text)
	}
}

func TestDamageIsAnErrorThatNamesTheLine(t *testing.T) {
	const good = `{"fingerprint":"a","rule":"r","file":"f"}`
	for _, test := range []struct{ text, want string }{
		{good + "\n{\"fingerprint\":\"b\",\"ru", "line 2: "},
		{good + "\n\n  \nwhat\n", "line 4: "},
		{good + good, "line 1: more than one entry"},
		{good + " x", "line 1: "},
		{`{"rule":"r","file":"f"}`, "line 1: no fingerprint"},
		{good + "\r\n" + good, "line 2: the fingerprint a is there twice"},
		{`{"fingerprint":"a","reson":"x"}`, `line 1: not an entry: json: unknown field "reson"`},
		{`["a"]`, "line 1: "},
		{`null`, "line 1: no fingerprint"},
		{"{\"fingerprint\":\"a\",\"file\":\"x\ny\"}", "line 1: "},
		{"<<<<<<< HEAD\n" + good, "line 1: a merge conflict"},
		{good + "\n=======\n", "line 2: a merge conflict"},
		{good + "\n>>>>>>> topic\n", "line 2: a merge conflict"},
	} {
		b, err := baseline.Parse([]byte(test.text))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || b != nil {
			t.Errorf("%q: %v, want %s", test.text, err, test.want)
		}
	}
}

func TestEmptyAndForeignLineEnds(t *testing.T) {
	for _, text := range []string{"", "\n", "\ufeff", "\ufeff{\"fingerprint\":\"a\"}\r\n\r\n", "{\"fingerprint\":\"a\"}"} {
		b, err := baseline.Parse([]byte(text))
		if err != nil || b.Len() != strings.Count(text, "{") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "known.jsonl")
	if _, err := baseline.Read(path); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("no file: %v", err)
	}
	if err := os.WriteFile(path, []byte("{\"fingerprint\":\"a\"}\n{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := baseline.Read(path); err == nil || !strings.Contains(err.Error(), path+": line 2: ") {
		t.Errorf("damaged: %v", err)
	}
	if err := os.WriteFile(path, baseline.Entries(found("a"), nil, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := baseline.Read(path); err != nil || b.Len() != 1 {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(baseline.Entries(found("a", "b"), nil, nil))
	f.Add([]byte("\ufeff\r\n{\"fingerprint\":\"a\",\"reason\":\"\\u0000\"}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := baseline.Parse(text)
		if (err == nil) != (b != nil) {
			t.Fatal("an error and a baseline")
		}
		if b == nil {
			return
		}
		// Whatever could be read is written in a form that reads the same.
		all := baseline.Entries(&audit.Result{}, b, func(baseline.Entry) bool { return true })
		c, err := baseline.Parse(all)
		if err != nil || c.Len() != b.Len() {
			t.Fatalf("%d entries became %v (%v)\n%s", b.Len(), c, err, all)
		}
		if again := baseline.Entries(&audit.Result{}, c, func(baseline.Entry) bool { return true }); string(again) != string(all) {
			t.Errorf("%q became %q", all, again)
		}
	})
}

func BenchmarkApply(b *testing.B) {
	r := &audit.Result{}
	for i := range 10_000 {
		r.Findings = append(r.Findings, &audit.Finding{Fingerprint: fmt.Sprint(i), File: "f"})
	}
	text := baseline.Entries(r, nil, nil)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		known, err := baseline.Parse(text)
		if err != nil || len(known.Apply(r)) != 0 {
			b.Fatal(err)
		}
	}
}
