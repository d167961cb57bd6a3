package golang

import (
	"go/ast"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// alone walks a call whose results nobody takes.
func (w *walker) alone(x ast.Expr) {
	old := w.fate
	w.fate = effect.Dropped
	w.values(x)
	w.fate = old
}

// assign walks an assignment. The error that a call gives is followed to the
// test that comes next.
func (w *walker) assign(s *ast.AssignStmt) {
	if len(s.Rhs) == 1 && len(s.Lhs) >= 1 {
		if call, ok := s.Rhs[0].(*ast.CallExpr); ok {
			w.assignCall(s, call)
			return
		}
	}
	for i, l := range s.Lhs {
		if i < len(s.Rhs) {
			w.set(l, s.Rhs[i], w.value(s.Rhs[i]), s.Tok)
		}
	}
}

func (w *walker) assignCall(s *ast.AssignStmt, call *ast.CallExpr) {
	name := ""
	if id, ok := s.Lhs[len(s.Lhs)-1].(*ast.Ident); ok {
		name = id.Name
	}
	old, oldReact := w.fate, w.react
	w.fate, w.react = w.follow(name)
	vals := w.values(call)
	w.fate, w.react = old, oldReact
	for i, l := range s.Lhs {
		var v *effect.Value
		if i < len(vals) {
			v = vals[i]
		}
		w.set(l, call, v, s.Tok)
	}
	if isErr(name) {
		w.errs[name] = origin{exists: w.tested(call)}
	}
}

func isErr(name string) bool {
	return name == "err" || name == "e" || strings.HasSuffix(strings.ToLower(name), "err") || strings.HasPrefix(name, "err")
}

// tested is the path that a call asks about, nil if it is no such call.
func (w *walker) tested(call *ast.CallExpr) *effect.Value {
	if len(call.Args) == 0 {
		return nil // it does not build, and is read all the same
	}
	switch w.f.api(call) {
	case "os.Stat", "os.Lstat", "os.Open", "os.ReadFile", "io/ioutil.ReadFile":
		return w.pure(call.Args[0])
	}
	return nil
}

// follow tells what becomes of an error variable, from the test that follows
// in the block.
func (w *walker) follow(name string) (effect.Fate, effect.Reaction) {
	if name == "_" || name == "" {
		return effect.Dropped, effect.Reaction{}
	}
	if !isErr(name) {
		return w.fate, effect.Reaction{}
	}
	for _, s := range w.after {
		switch s := s.(type) {
		case *ast.IfStmt:
			if mentions(s.Cond, name) {
				return w.answered(s, name)
			}
			if s.Init == nil && mentionsStmt(s, name) {
				return effect.Returned, effect.Reaction{}
			}
		case *ast.ReturnStmt:
			return effect.Returned, effect.Reaction{}
		case *ast.SwitchStmt:
			if s.Tag == nil && mentionsStmt(s, name) {
				return w.switched(s, name)
			}
		}
	}
	return effect.Returned, effect.Reaction{}
}

// switched reads `switch { case errors.Is(err, …): … case err != nil: … }`.
func (w *walker) switched(s *ast.SwitchStmt, name string) (effect.Fate, effect.Reaction) {
	var r effect.Reaction
	fate := effect.Returned
	for _, c := range s.Body.List {
		cc, ok := c.(*ast.CaseClause)
		if !ok || len(cc.List) != 1 || !mentions(cc.List[0], name) {
			continue
		}
		body := &ast.BlockStmt{List: cc.Body, Lbrace: cc.Colon, Rbrace: cc.End()}
		if absence(cc.List[0]) {
			r.Absent = w.answer(body)
			continue
		}
		if nonNil(cc.List[0], name) {
			r.Broken, fate = w.answer(body), w.fateOf(body)
		}
	}
	if r.Absent == effect.AnswerUnknown {
		r.Absent = r.Broken
	}
	r.At, r.Text = w.f.span(s), "switch"
	return fate, r
}

// answered reads the test of an error: its fate, and what a reader does then.
func (w *walker) answered(s *ast.IfStmt, name string) (effect.Fate, effect.Reaction) {
	at := w.f.span(s)
	r := effect.Reaction{At: at, Text: w.f.quote(s.Cond)}
	switch {
	case absence(s.Cond) && !negated(s.Cond):
		r.Absent, r.Broken = w.answer(s.Body), effect.Fails
		if next, ok := s.Else.(*ast.IfStmt); ok && mentions(next.Cond, name) {
			fate, more := w.answered(next, name)
			r.Broken = more.Broken
			return fate, r
		}
		if !w.laterTest(s, name) {
			r.Broken = effect.AnswerUnknown
		}
		return effect.Returned, r
	case absence(s.Cond): // err != nil && !errors.Is(err, fs.ErrNotExist)
		r.Absent, r.Broken = effect.Defaults, w.answer(s.Body)
		return w.fateOf(s.Body), r
	case nonNil(s.Cond, name):
		a := w.answer(s.Body)
		r.Absent, r.Broken = a, a
		for _, in := range s.Body.List {
			if i, ok := in.(*ast.IfStmt); ok && absence(i.Cond) && !negated(i.Cond) && mentions(i.Cond, name) {
				r.Absent = w.answer(i.Body)
				r.Broken = w.answer(&ast.BlockStmt{List: after(s.Body.List, in)})
			} else if ok && absence(i.Cond) && w.leaves(i.Body) { // if !errors.Is(err, fs.ErrNotExist) { return err }
				r.Broken, r.Absent = w.answer(i.Body), w.answer(&ast.BlockStmt{List: after(s.Body.List, in)})
			}
		}
		return w.fateOf(s.Body), r
	case isNil(s.Cond, name): // if err == nil { use }; what else happens goes on without
		if rest := after(w.after, s); len(rest) > 0 && s.Else == nil { // if err == nil { err = parse(b) }; if err != nil { … }
			if next, ok := rest[0].(*ast.IfStmt); ok && next.Init == nil && nonNil(next.Cond, name) {
				return w.answered(next, name)
			}
		}
		if s.Else == nil && !w.returned(name) {
			r.Absent, r.Broken = effect.Defaults, effect.Defaults
			return effect.Dropped, r
		}
	}
	return effect.Returned, effect.Reaction{}
}

// returned reports whether a return that follows gives name to the caller.
func (w *walker) returned(name string) bool {
	for _, s := range w.after {
		if r, ok := s.(*ast.ReturnStmt); ok && mentionsStmt(r, name) {
			return true
		}
		if i, ok := s.(*ast.IfStmt); ok && nonNil(i.Cond, name) {
			return true
		}
	}
	return w.named(name)
}

// named reports whether name is a result of the function.
func (w *walker) named(name string) bool {
	if w.typ == nil || w.typ.Results == nil {
		return false
	}
	for _, r := range w.typ.Results.List {
		for _, n := range r.Names {
			if n.Name == name {
				return true
			}
		}
	}
	return false
}

func (w *walker) laterTest(first *ast.IfStmt, name string) bool {
	for _, s := range w.after {
		if s, ok := s.(*ast.IfStmt); ok && s != first && nonNil(s.Cond, name) {
			return true
		}
	}
	return w.returned(name)
}

func after(list []ast.Stmt, s ast.Stmt) []ast.Stmt {
	for i := range list {
		if list[i] == s {
			return list[i+1:]
		}
	}
	return nil
}
