package golang

import (
	"go/ast"
	"maps"

	"github.com/wholly-go/wholly/audit/effect"
)

// branch walks a block that may be passed by: what it assigns is one
// possibility, unless the block leaves the function.
func (w *walker) branch(r effect.Region, list []ast.Stmt) {
	before := maps.Clone(w.env)
	done := w.enter(r)
	w.block(list)
	done()
	again := r.Kind == effect.Loop || r.Kind == effect.Retry // a break at its end leaves the loop, not the function
	w.merge(before, w.env, !again && w.leaves(&ast.BlockStmt{List: list}))
}

// merge sets the environment after a block: before or after it.
func (w *walker) merge(before, after map[string]*effect.Value, left bool) {
	if left {
		w.env = before
		return
	}
	out := maps.Clone(after)
	for name, v := range before {
		if a := after[name]; a.Key() != v.Key() {
			out[name] = effect.NewPhi(v, a)
			if t := v; t != nil && t.Type != "" {
				out[name] = out[name].Typed(t.Type)
			}
		}
	}
	w.env = out
}

func (w *walker) forStmt(s *ast.ForStmt) {
	if s.Init != nil {
		w.stmt(s.Init)
	}
	r := effect.Region{Kind: effect.Loop, At: w.f.span(s)}
	done := w.enter(r)
	if s.Cond != nil {
		if mentions(s.Cond, "Sync") {
			w.in.Kind = effect.Retry
		}
		w.value(s.Cond)
	}
	done()
	w.branch(r, s.Body.List)
}

func (w *walker) loopVars(s *ast.RangeStmt) {
	for _, e := range []ast.Expr{s.Key, s.Value} {
		if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
			w.env[id.Name] = effect.NewUnknown(w.f.span(id).Site()).Called(id.Name)
		}
	}
}

// choice walks switch and select.
func (w *walker) choice(s ast.Stmt) {
	var body *ast.BlockStmt
	switch s := s.(type) {
	case *ast.SwitchStmt:
		if s.Init != nil {
			w.stmt(s.Init)
		}
		if s.Tag != nil {
			w.value(s.Tag)
		}
		body = s.Body
	case *ast.TypeSwitchStmt:
		body = s.Body
	case *ast.SelectStmt:
		body = s.Body
	case *ast.SendStmt:
		w.value(s.Value)
		return
	default:
		return
	}
	for _, c := range body.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			r := effect.Region{Kind: effect.Branch, At: w.f.span(c)}
			if len(c.List) == 1 {
				if kind, cond := w.condition(c.List[0]); kind == effect.OnError || cond.Exists != nil {
					r.Kind, r.Cond = kind, cond
				}
			}
			w.branch(r, c.Body)
		case *ast.CommClause:
			w.branch(effect.Region{Kind: effect.Branch, At: w.f.span(c)}, c.Body)
		}
	}
}
