package outcome_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/golang"
	"github.com/wholly-go/wholly/audit/outcome"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/splice"
)

// The table of what each verdict leaves, by the body of a function that
// writes b to path. It contains what real file systems were seen to leave.
var table = []struct {
	verdict            protocol.Verdict
	body               string
	kill, power, after string
}{
	{protocol.InPlace, `os.WriteFile(path, b, 0)`, "old empty torn new", "old empty zeros torn new", "stale empty zeros torn new"},
	{protocol.UpdateInPlace, `f, _ := os.OpenFile(path, os.O_WRONLY, 0); f.Write(b)`, "old torn new", "old zeros torn new", "stale zeros torn new"},
	{protocol.Append, `f, _ := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0); f.Write(b)`, "old torn new", "old zeros torn new", "stale zeros torn new"},
	{protocol.Window, `os.WriteFile(path+".t", b, 0); os.Rename(path, path+".b"); os.Rename(path+".t", path)`,
		"old missing new", "old missing empty zeros torn new", "stale missing empty zeros torn new"},
	{protocol.Window, `f, _ := os.Create(path + ".t"); f.Write(b); if f.Sync() != nil { panic(0) }; os.Rename(path, path+".b"); os.Rename(path+".t", path)`,
		"old missing new", "old missing new", "stale missing new"},
	{protocol.Atomic, `os.WriteFile(path+".t", b, 0); os.Rename(path+".t", path)`, "old new", "old empty zeros torn new", "stale empty zeros torn new"},
	{protocol.AtomicSynced, `f, _ := os.Create(path + ".t"); f.Write(b); if f.Sync() != nil { panic(0) }; os.Rename(path+".t", path)`, "old new", "old new", "stale new"},
	{protocol.Durable, `f, _ := os.Create(path + ".t"); f.Write(b); if f.Sync() != nil { panic(0) }; os.Rename(path+".t", path); d, _ := os.Open(filepath.Dir(path)); d.Sync()`,
		"old new", "old new", "new"},
	{protocol.CreateExclusive, `f, _ := os.OpenFile(path, os.O_WRONLY|os.O_EXCL, 0); f.Write(b)`, "missing empty torn new", "missing empty zeros torn new", "missing empty zeros torn new"},
}

func TestStatesOfEachVerdict(t *testing.T) {
	for _, row := range table {
		s := site(t, row.body)
		if s.Verdict != row.verdict {
			t.Errorf("%s: verdict %s, want %s", row.body, s.Verdict, row.verdict)
		}
		got := outcome.Of(s)
		for _, c := range []struct {
			when   string
			states []outcome.State
			want   string
		}{{"kill", got.Kill, row.kill}, {"power cut", got.Power, row.power}, {"power cut afterwards", got.After, row.after}} {
			if words := join(c.states); words != c.want {
				t.Errorf("%s after %s: %s, want %s\n\t%s", row.verdict, c.when, words, c.want, row.body)
			}
		}
	}
}

func TestWindowNamesItsLines(t *testing.T) {
	s := site(t, "os.WriteFile(path+`.t`, b, 0)\nos.Rename(path, path+`.b`)\nos.Rename(path+`.t`, path)")
	for _, st := range outcome.Of(s).Kill {
		if st.Word == outcome.Missing && (st.From != s.Facts.WindowFrom.Line || st.To >= s.Facts.WindowTo.Line) {
			t.Errorf("missing from %d to %d, want from %d and before %d", st.From, st.To, s.Facts.WindowFrom.Line, s.Facts.WindowTo.Line)
		}
	}
}

func site(t *testing.T, body string) *protocol.Site {
	t.Helper()
	src := "package p\n\nimport (\n\t\"os\"\n\t\"path/filepath\"\n)\n\nfunc save(path string, b []byte) {\n" + body + "\n}\n"
	f, err := golang.Front{}.Read(effect.Source{Path: "a.go", Text: []byte(src)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	x := splice.New([]*effect.File{f})
	sites := protocol.Sites(x.Expand(x.Funcs[0]))
	if len(sites) != 1 {
		t.Fatalf("%s: %d sites", body, len(sites))
	}
	return sites[0]
}

func join(states []outcome.State) string {
	var words []string
	for _, s := range states {
		words = append(words, string(s.Word))
	}
	return strings.Join(words, " ")
}

func ExampleOf() {
	path, temp := effect.NewLit("a.json"), effect.NewLit("a.json.tmp")
	h := effect.NewOpen("a", temp)
	s := &protocol.Site{Target: path, Staged: temp, Verdict: protocol.Atomic, Steps: []splice.Step{
		{Effect: effect.Effect{Op: effect.OpenFile, Path: temp, Handle: h, Mode: effect.Mode{Access: effect.Truncating}}},
		{Effect: effect.Effect{Op: effect.Write, Handle: h}},
		{Effect: effect.Effect{Op: effect.Rename, From: temp, Path: path}},
	}}
	fmt.Println("after a kill:", join(outcome.Of(s).Kill))
	fmt.Println("after a power cut:", join(outcome.Of(s).Power))
	// Output:
	// after a kill: old new
	// after a power cut: old empty zeros torn new
}
