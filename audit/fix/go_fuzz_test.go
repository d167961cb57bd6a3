package fix_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix"
	"github.com/wholly-go/wholly/audit/fix/golang"
	audited "github.com/wholly-go/wholly/audit/golang"
	"github.com/wholly-go/wholly/audit/rule"
)

// judge audits one Go file that lies nowhere; nil if it cannot be read.
func judge(name string, text []byte) *audit.Result {
	f, err := audited.Front{}.Read(effect.Source{Path: name, Text: text, Root: "example.com/m"}, nil, nil)
	if err != nil {
		return nil
	}
	return audit.Judge([]*effect.File{f})
}

// proposeOne proposes changes for one Go file that lies nowhere.
func proposeOne(t *testing.T, text []byte) *fix.Plan {
	t.Helper()
	const name = "a.go"
	r := judge(name, text)
	if r == nil {
		return &fix.Plan{}
	}
	p, err := fix.Propose(context.Background(), r, fix.Options{
		Least: rule.Info, Ask: true,
		Read: func(string) ([]byte, error) { return text, nil },
		Again: func(_ context.Context, changed map[string][]byte) (*audit.Result, error) {
			abs, err := filepath.Abs(name)
			if err != nil {
				return nil, err
			}
			if changed[abs] == nil {
				t.Fatalf("%v changed, not %s", changed, abs)
			}
			after := judge(name, changed[abs])
			if after == nil {
				t.Fatalf("the result cannot be audited:\n%s", changed[abs])
			}
			return after, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whatever the source: nothing panics, what does not parse is not changed, and
// what is changed parses and is changed no further.
func FuzzGo(f *testing.F) {
	archives, err := filepath.Glob("testdata/go/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, a := range archives {
		for _, c := range txtar(f, a) {
			f.Add([]byte(c.text))
		}
	}
	f.Add([]byte("package p\n\nimport \"os\"\n\nfunc f() { err := os.Stat(); new(); os.Getenv() }\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p := proposeOne(t, text)
		for _, c := range p.Files {
			if err := (golang.Rewriter{}).Parse(c.Path, c.Old); err != nil {
				t.Fatalf("a file that does not parse was changed: %v", err)
			}
			if err := (golang.Rewriter{}).Parse(c.Path, c.New); err != nil {
				t.Fatalf("the result does not parse: %v\n%s", err, c.New)
			}
			if again := proposeOne(t, c.New); len(again.Files) > 0 {
				t.Fatalf("changed again:\n%s\n%s", c.New, again.Files[0].New)
			}
		}
	})
}

// Line ends and a byte order mark stay: the cases in the Windows way become
// what they become in the Unix way.
func TestGoKeepsLineEnds(t *testing.T) {
	archives, err := filepath.Glob("testdata/go/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	windows := func(b []byte) []byte {
		return append([]byte("\ufeff"), bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))...)
	}
	changed := 0
	for _, a := range archives {
		for _, c := range txtar(t, a) {
			if strings.Contains(c.text, "example.com") {
				continue
			}
			unix, other := proposeOne(t, []byte(c.text)), proposeOne(t, windows([]byte(c.text)))
			if len(unix.Files) != len(other.Files) {
				t.Errorf("%s: %d files changed, with CRLF %d", c.name, len(unix.Files), len(other.Files))
				continue
			}
			for i := range unix.Files {
				changed++
				if want := windows(unix.Files[i].New); !bytes.Equal(other.Files[i].New, want) {
					t.Errorf("%s with CRLF became\n%q\nwant\n%q", c.name, other.Files[i].New, want)
				}
			}
		}
	}
	if changed < 20 {
		t.Errorf("only %d files were changed", changed)
	}
}

// An edit is refused when two answers change the same bytes; what is proposed
// for one finding stands alone.
func TestFixStandsAlone(t *testing.T) {
	text := []byte("package p\n\nimport \"os\"\n\nfunc Two(a, b string) error {\n\tif err := os.WriteFile(a, nil, 0o600); err != nil {\n\t\treturn err\n\t}\n\treturn os.WriteFile(b, nil, 0o600)\n}\n")
	p := proposeOne(t, text)
	if len(p.Fixes) != 2 || len(p.Files) != 1 || len(p.Notes) != 1 {
		t.Fatalf("%+v", p)
	}
	if bytes.Contains(p.Files[0].New, []byte(`"os"`)) {
		t.Errorf("together they leave the import:\n%s", p.Files[0].New)
	}
	for _, f := range p.Fixes {
		one := apply(t, text, f)
		if !bytes.Contains(one, []byte(`"os"`)) || !bytes.Contains(one, []byte(`"github.com/wholly-go/wholly"`)) {
			t.Errorf("alone it gives:\n%s", one)
		}
	}
}
