package splice_test

import (
	"testing"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

// A method that only shares the name of an interface's is not what those who
// call the interface call.
func TestImplementation(t *testing.T) {
	for _, c := range []struct {
		signature string
		meets     bool
	}{{"string>File,error", true}, {"string>error", false}, {"string,int>File,error", false}} {
		file := &effect.File{
			Classes: []*effect.Class{
				{ID: "m.FS", Name: "FS", Methods: map[string]string{"Open": "string>File,error"}},
				{ID: "m.Out", Name: "Out"},
			},
			Funcs: []*effect.Func{{
				ID: "m.Out.Open", Name: "Open", Class: "m.Out", Signature: c.signature,
				Effects: []effect.Effect{{Op: effect.OpenFile, Path: effect.NewLit("x")}},
			}},
		}
		x := splice.New([]*effect.File{file})
		if got := x.Method("m.FS", "Open") != nil; got != c.meets {
			t.Errorf("%s: met: %v, want %v", c.signature, got, c.meets)
		}
	}
}
