package golang

import (
	"go/ast"
	"go/token"
	"maps"

	"github.com/wholly-go/wholly/audit/effect"
)

// ifStmt walks both sides of a condition.
func (w *walker) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		outer := w.after
		w.after = append([]ast.Stmt{&ast.IfStmt{If: s.If, Cond: s.Cond, Body: s.Body, Else: s.Else}}, w.after...)
		w.stmt(s.Init)
		w.after = outer
	}
	w.test(s)
	kind, cond := w.condition(s.Cond)
	before := maps.Clone(w.env)
	done := w.enter(effect.Region{Kind: kind, At: w.f.span(s), Cond: cond, Leaves: w.leaves(s.Body)})
	w.block(s.Body.List)
	done()
	then, left := w.env, w.leaves(s.Body)
	if s.Else == nil {
		w.merge(before, then, left)
		return
	}
	w.env = maps.Clone(before)
	other := effect.Region{Kind: effect.Branch, At: w.f.span(s.Else), Cond: cond}
	other.Cond.Not = !cond.Not
	if kind == effect.OnError {
		other.Cond = effect.Cond{Always: true}
	}
	done = w.enter(other)
	leftElse := false
	switch e := s.Else.(type) {
	case *ast.BlockStmt:
		w.block(e.List)
		leftElse = w.leaves(e)
	case *ast.IfStmt:
		w.stmt(e)
	}
	done()
	switch {
	case left:
	case leftElse:
		w.env = then
	default:
		w.merge(then, w.env, false)
	}
}

// test walks the calls in a condition; an error compared there is answered by
// the statement itself.
func (w *walker) test(s *ast.IfStmt) {
	ast.Inspect(s.Cond, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		if !ok || b.Op != token.NEQ || ident(b.Y) != "nil" {
			if call, ok := n.(*ast.CallExpr); ok {
				old := w.fate
				w.fate = effect.Returned
				w.values(call)
				w.fate = old
				return false
			}
			return true
		}
		call, ok := b.X.(*ast.CallExpr)
		if !ok {
			return true
		}
		old, oldReact := w.fate, w.react
		a := w.answer(s.Body)
		w.fate, w.react = w.fateOf(s.Body), effect.Reaction{Absent: a, Broken: a, At: w.f.span(s), Text: w.f.quote(s.Cond)}
		w.values(call)
		w.fate, w.react = old, oldReact
		return false
	})
}

// condition says what kind of block a test opens.
func (w *walker) condition(x ast.Expr) (effect.RegionKind, effect.Cond) {
	if x == nil {
		return effect.Branch, effect.Cond{}
	}
	for _, name := range w.asked(x) {
		from := w.errs[name]
		switch {
		case from.exists != nil && absence(x):
			return effect.Branch, effect.Cond{Exists: from.exists, Not: !negated(x)}
		case from.exists != nil && nonNil(x, name):
			return effect.Branch, effect.Cond{Exists: from.exists, Not: true}
		case from.exists != nil && isNil(x, name):
			return effect.Branch, effect.Cond{Exists: from.exists}
		}
	}
	switch {
	case absence(x) && !negated(x):
		return effect.Branch, effect.Cond{Missing: true}
	case failed(x):
		return effect.OnError, effect.Cond{}
	case mentions(x, "GOOS"):
		return effect.Branch, effect.Cond{Always: true, Rare: windowsOnly(x)}
	case comparesNil(x):
		return effect.Branch, effect.Cond{Always: true}
	}
	return effect.Branch, effect.Cond{}
}

// asked returns the error variables that x mentions, in order.
func (w *walker) asked(x ast.Expr) (names []string) {
	ast.Inspect(x, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if _, known := w.errs[id.Name]; known {
				names = append(names, id.Name)
			}
		}
		return true
	})
	return names
}

// failed reports whether x asks whether something went wrong.
func failed(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.NEQ && ident(n.Y) == "nil" {
				_, call := n.X.(*ast.CallExpr)
				found = found || call || isErr(ident(n.X))
			}
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && ident(sel.X) == "errors" {
				found = true
			}
		}
		return !found
	})
	return found
}

func comparesNil(x ast.Expr) bool {
	b, ok := x.(*ast.BinaryExpr)
	return ok && ident(b.Y) == "nil"
}

func windowsOnly(x ast.Expr) bool {
	b, ok := x.(*ast.BinaryExpr)
	if !ok || b.Op != token.EQL {
		return false
	}
	lit, ok := b.Y.(*ast.BasicLit)
	return ok && lit.Value == `"windows"`
}

// set gives a variable or a field its value.
func (w *walker) set(l ast.Expr, src ast.Expr, v *effect.Value, tok token.Token) {
	if v == nil {
		v = effect.NewUnknown(w.f.span(l).Site())
	}
	switch l := l.(type) {
	case *ast.Ident:
		if l.Name == "_" {
			return
		}
		if tok == token.ADD_ASSIGN {
			v = effect.NewConcat(w.env[l.Name], v)
		} else if tok != token.ASSIGN && tok != token.DEFINE {
			delete(w.flags, l.Name)
			src = nil
		}
		if old := w.env[l.Name]; old != nil && v.Type == "" && v.Kind == effect.Unknown {
			v = v.Typed(old.Type)
		}
		w.env[l.Name] = v.Called(l.Name)
		if src != nil {
			w.flags[l.Name] = src
		}
	case *ast.SelectorExpr:
		owner := w.value(l.X)
		if owner != nil && owner.Kind == effect.Self {
			w.fn.Sets = append(w.fn.Sets, effect.Set{Field: l.Sel.Name, Value: v, At: w.f.span(l)})
		}
		if name := ident(l.X); name != "" && owner != nil && owner.Kind == effect.Object {
			w.env[name] = with(owner, l.Sel.Name, v)
		}
	}
}

// with is an object that has one field more.
func with(o *effect.Value, field string, v *effect.Value) *effect.Value {
	names := append([]string{field}, o.Names...)
	fields := append([]*effect.Value{v}, o.Args...)
	return effect.NewObject(o.Site, o.Name, names, fields).Called(o.Words)
}
