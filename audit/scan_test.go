package audit

import (
	"context"
	"os"
	"testing"
)

func TestPeek(t *testing.T) {
	dir := os.Getenv("AUDIT_TREE")
	if dir == "" {
		t.Skip("AUDIT_TREE names a tree to look at")
	}
	r, err := Scan(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Sites {
		t.Logf("%s:%d %s %s %s writer=%s target=%s facts=%+v err=%s imp=%s ev=%v kill=%v power=%v after=%v", s.File, s.Line, s.Function, s.Call, s.Verdict, s.Writer, s.Target, s.Facts, s.Errors, s.Importance, s.Evidence, s.States.Kill, s.States.Power, s.States.After)
	}
	for _, f := range r.Findings {
		t.Logf("%s:%d %s %s: %s (%d)", f.File, f.Line, f.Level, f.Rule, f.Message, f.At)
	}
	t.Log(r.Files, r.Problems, r.Parsed)
}
