package golang

import (
	"go/ast"

	"github.com/wholly-go/wholly/audit/effect"
)

// results notes what the function returns. Error results say nothing.
func (w *walker) results(s *ast.ReturnStmt) {
	old := w.fate
	w.fate = effect.Returned
	defer func() { w.fate = old }()
	var vals []*effect.Value
	if len(s.Results) == 1 {
		vals = w.values(s.Results[0])
	} else {
		for _, r := range s.Results {
			vals = append(vals, w.value(r))
		}
	}
	if len(s.Results) == 0 && w.typ != nil && w.typ.Results != nil {
		for _, r := range w.typ.Results.List {
			for _, n := range r.Names {
				vals = append(vals, w.env[n.Name])
			}
		}
	}
	if w.lambda > 0 {
		return
	}
	for i, v := range vals {
		for len(w.fn.Results) <= i {
			w.fn.Results = append(w.fn.Results, nil)
		}
		if v != nil && v.Kind != effect.Empty {
			w.fn.Results[i] = effect.NewPhi(w.fn.Results[i], v)
		}
	}
}

func (w *walker) deferred(s *ast.DeferStmt) {
	done := w.enter(effect.Region{Kind: effect.Defer, At: w.f.span(s)})
	old := w.fate
	w.fate = effect.Dropped
	if lit, ok := s.Call.Fun.(*ast.FuncLit); ok {
		for _, a := range s.Call.Args {
			w.value(a)
		}
		w.inline(lit)
	} else {
		w.call(s.Call)
	}
	w.fate = old
	done()
}
