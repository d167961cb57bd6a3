package golang

import (
	"bytes"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// fieldHooks notes the fields that a literal of their type gives a function of
// the API table; where two literals differ, nothing is known.
func (f *file) fieldHooks() {
	if !valued.Match(f.text) {
		return
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || lit.Type == nil || f.typeID(lit.Type) == "" {
			return true
		}
		for _, e := range lit.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			key := f.typeID(lit.Type) + "." + ident(kv.Key)
			if old, had := f.held[key]; had && f.imported(old) != f.imported(kv.Value) {
				f.held[key] = nil
			} else {
				f.held[key] = kv.Value
			}
		}
		return true
	})
}

// valued finds functions of os that are values, so that few files are looked
// through.
var valued = regexp.MustCompile(`:\s+os\.(WriteFile|Create|OpenFile|Rename|ReadFile|Remove)\b[^(]`)

// hooks makes functions of the package's variables that hold a function of the
// API table, for the callers in its other files. Calls in this file are read as
// calls of what the variable holds.
func (f *file) hooks() {
	for _, name := range slices.Sorted(maps.Keys(f.held)) {
		sel := f.held[name]
		other := f.imported(sel)
		e, ok := api[other]
		if !ok || strings.Contains(name, ".") || bytes.Contains(f.text, []byte(name+"(")) {
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
