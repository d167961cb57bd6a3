package script

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/protocol"
)

// FuzzParseAndRewrite takes every call of any source for a site, whatever it
// is: there is an answer for each, what is proposed can be applied alone, the
// result parses, and of a source that does not parse nothing is changed.
func FuzzParseAndRewrite(f *testing.F) {
	if !grammar.Available {
		f.Skip("this build has no grammars")
	}
	seeds, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(seeds) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range seeds {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(section(b))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, verdict := range []protocol.Verdict{protocol.InPlace, protocol.Atomic, protocol.Window} {
			try(t, text, verdict)
		}
	})
}

// section is the first file of an archive.
func section(b []byte) []byte {
	at := indexFrom(b, 0)
	return b[at:indexFrom(b, at)]
}

func indexFrom(b []byte, at int) int {
	for i := at; i < len(b); i++ {
		if b[i] == '-' && i+3 < len(b) && string(b[i:i+3]) == "-- " && (i == 0 || b[i-1] == '\n') {
			if at > 0 {
				return i
			}
			for ; i < len(b) && b[i] != '\n'; i++ {
			}
			return i + 1
		}
	}
	return len(b)
}

func try(t *testing.T, text []byte, verdict protocol.Verdict) {
	t.Helper()
	j := &edit.Job{Path: "app.ts", Text: text, AddWriter: true, Home: ".",
		Read: func(string) ([]byte, error) { return nil, fs.ErrNotExist }}
	s, err := read(j.Path, text)
	if err == nil {
		for n := range s.Root.All() {
			if n.Is("call_expression") {
				j.Sites = append(j.Sites, &audit.Site{Verdict: verdict, File: j.Path, Raw: effect.Span{File: j.Path, Start: n.Start, End: n.End}})
			}
		}
	} else {
		j.Sites = append(j.Sites, &audit.Site{Verdict: verdict, File: j.Path, Raw: effect.Span{File: j.Path, End: len(text)}})
	}
	answers, failed := Rewriter{}.Answer(j)
	if (err == nil) != (failed == nil) || failed == nil && len(answers) != len(j.Sites) {
		t.Fatalf("%d answers for %d sites, %v, %v", len(answers), len(j.Sites), err, failed)
	}
	for _, a := range answers {
		if a.Grade == edit.Never {
			if a.Reason == "" || len(a.Edits) > 0 {
				t.Fatalf("refused without a reason, or with edits: %+v", a)
			}
			continue
		}
		rest, err := Rewriter{}.Finish(j, []edit.Answer{a})
		if err != nil {
			t.Fatal(err)
		}
		out, err := edit.Apply(text, append(rest.Edits, a.Edits...))
		if err != nil {
			t.Fatalf("%v\n%q", err, text)
		}
		if err := (Rewriter{}).Parse(j.Path, out); err != nil {
			t.Fatalf("%v\n%s\nbecomes\n%s", err, text, out)
		}
	}
}
