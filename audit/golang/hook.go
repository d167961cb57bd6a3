package golang

import (
	"bytes"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"

	"github.com/wholly-go/wholly/audit/effect"
)

// hooks makes functions of the package's variables that hold a function of the
// API table, for the callers in its other files. Calls in this file are read as
// calls of what the variable holds.
func (f *file) hooks() {
	for _, name := range slices.Sorted(maps.Keys(f.held)) {
		sel := f.held[name]
		other := f.imported(sel)
		e, ok := api[other]
		if !ok || bytes.Contains(f.text, []byte(name+"(")) {
			continue
		}
		fn := &effect.Func{Name: name, ID: f.out.Module + "." + name, Text: name, At: f.span(sel), Hook: true}
		w := f.walker(fn)
		call := &ast.CallExpr{Fun: sel, Lparen: sel.End(), Rparen: sel.End() - token.Pos(1)}
		for i := range max(e.path, e.from, e.content, e.perm, e.flags) {
			p := "argument" + strconv.Itoa(i+1)
			w.env[p] = effect.NewParam(fn.ID, i, p)
			fn.Params = append(fn.Params, effect.Parameter{Name: p})
			call.Args = append(call.Args, &ast.Ident{NamePos: sel.Pos(), Name: p})
		}
		w.fate = effect.Returned
		fn.Results = w.apiCall(call, other)
		f.out.Funcs = append(f.out.Funcs, fn)
	}
}
