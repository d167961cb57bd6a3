package golang

import (
	"go/ast"
	"go/parser"
	"testing"
)

// Signatures are equal where Go's are, whatever package names a type.
func TestSignature(t *testing.T) {
	for _, c := range []struct{ of, want string }{
		{"func()", ">"},
		{"func(a, b string, perm os.FileMode) (fs.File, error)", "string,string,FileMode>File,error"},
		{"func(string, ...*T) []byte", "string,...*T>[]byte"},
		{"func(f func(int) error, m map[string]int)", "?,?>"},
	} {
		e, err := parser.ParseExpr(c.of)
		if err != nil {
			t.Fatal(err)
		}
		if got := signature(e.(*ast.FuncType)); got != c.want {
			t.Errorf("%s: %q, want %q", c.of, got, c.want)
		}
	}
}
