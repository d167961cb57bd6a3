package golang

import (
	"go/ast"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// walker goes through one function's body in source order.
type walker struct {
	f      *file
	fn     *effect.Func
	env    map[string]*effect.Value
	errs   map[string]origin // error variables: what they are the error of
	flags  map[string]ast.Expr
	in     *effect.Region
	lambda int             // depth of nested functions walked in place
	fate   effect.Fate     // of the call being read
	react  effect.Reaction // likewise
	typ    *ast.FuncType   // of the innermost function
	after  []ast.Stmt      // what follows in the block
}

// origin says which call an error variable came from, as far as that matters.
type origin struct {
	exists *effect.Value // the path that was tested
}

func (f *file) walker(fn *effect.Func) *walker {
	return &walker{f: f, fn: fn, env: map[string]*effect.Value{}, errs: map[string]origin{}, flags: map[string]ast.Expr{}}
}

func (f *file) function(d *ast.FuncDecl) {
	fn := &effect.Func{Name: d.Name.Name, ID: f.out.Module + "." + d.Name.Name, Text: d.Name.Name, At: f.span(d)}
	w := f.walker(fn)
	if d.Recv != nil && len(d.Recv.List) > 0 {
		fn.Class, fn.Signature = f.typeID(d.Recv.List[0].Type), signature(d.Type)
		fn.ID = fn.Class + "." + d.Name.Name
		fn.Text = strings.TrimPrefix(strings.TrimPrefix(fn.Class, f.out.Module), ".") + "." + d.Name.Name
		if names := d.Recv.List[0].Names; len(names) > 0 {
			w.env[names[0].Name] = effect.NewSelf(fn.Class).Called(names[0].Name)
		}
	}
	w.params(d.Type)
	w.typ = d.Type
	fn.Infallible = !errs(d.Type)
	w.block(d.Body.List)
	f.out.Funcs = append(f.out.Funcs, fn)
}

// params names the parameters of the function and the named results.
func (w *walker) params(t *ast.FuncType) {
	for _, p := range t.Params.List {
		id := w.f.typeID(p.Type)
		_, variadic := p.Type.(*ast.Ellipsis)
		names := p.Names
		if len(names) == 0 {
			names = []*ast.Ident{{Name: "_"}}
		}
		for _, n := range names {
			w.env[n.Name] = effect.NewParam(w.fn.ID, len(w.fn.Params), n.Name).Typed(id)
			w.fn.Params = append(w.fn.Params, effect.Parameter{Name: n.Name, Type: id, Variadic: variadic})
		}
	}
}

// errs reports whether a function can return an error.
func errs(t *ast.FuncType) bool {
	if t.Results == nil {
		return false
	}
	for _, r := range t.Results.List {
		if name := ident(r.Type); name == "error" || name == "bool" {
			return true
		}
	}
	return false
}

func (w *walker) emit(e effect.Effect) {
	e.In = w.in
	if e.Fate == effect.FateNone {
		e.Fate = w.fate
	}
	if e.Fate == goesOn {
		e.Fate = effect.Logged
		if e.Op == effect.Sync {
			e.Fate = effect.Dropped
		}
	}
	if e.React == (effect.Reaction{}) {
		e.React = w.react
	}
	if e.React == (effect.Reaction{}) {
		e.React = effect.Reaction{Absent: effect.Elsewhere, Broken: effect.Elsewhere}
		if e.Fate == effect.Returned {
			e.React = effect.Reaction{Absent: effect.Fails, Broken: effect.Fails}
		}
	}
	w.fn.Effects = append(w.fn.Effects, e)
}

// enter opens a region and returns what closes it.
func (w *walker) enter(r effect.Region) func() {
	up := w.in
	r.Up = up
	w.in = &r
	return func() { w.in = up }
}

// block walks statements; a test that ends the function puts what follows in
// the branch of the other answer.
func (w *walker) block(list []ast.Stmt) {
	up := w.in
	outer := w.after
	for i, s := range list {
		w.after = list[i+1:]
		w.stmt(s)
		if cond, ok := w.guard(s); ok {
			w.in = &effect.Region{Kind: effect.Branch, Up: w.in, At: w.f.span(s), Cond: cond}
		}
	}
	w.after = outer
	w.in = up
}

// guard returns the condition under which what follows s runs, if s is a test
// of existence that leaves the function.
func (w *walker) guard(s ast.Stmt) (effect.Cond, bool) {
	i, ok := s.(*ast.IfStmt)
	if !ok || i.Else != nil || !w.leaves(i.Body) {
		return effect.Cond{}, false
	}
	kind, cond := w.condition(i.Cond)
	if kind != effect.Branch || cond.Exists == nil {
		return effect.Cond{}, false
	}
	cond.Not = !cond.Not
	return cond, true
}

func (w *walker) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		w.alone(s.X)
	case *ast.AssignStmt:
		w.assign(s)
	case *ast.DeclStmt:
		w.decl(s)
	case *ast.ReturnStmt:
		w.results(s)
	case *ast.IfStmt:
		w.ifStmt(s)
	case *ast.DeferStmt:
		w.deferred(s)
	case *ast.GoStmt:
		done := w.enter(effect.Region{Kind: effect.Task, At: w.f.span(s)})
		w.alone(s.Call)
		done()
	case *ast.BlockStmt:
		w.block(s.List)
	case *ast.LabeledStmt:
		w.stmt(s.Stmt)
	case *ast.ForStmt:
		w.forStmt(s)
	case *ast.RangeStmt:
		w.value(s.X)
		w.loopVars(s)
		w.branch(effect.Region{Kind: effect.Loop, At: w.f.span(s)}, s.Body.List)
	default:
		w.choice(s)
	}
}

func (w *walker) decl(s *ast.DeclStmt) {
	g, ok := s.Decl.(*ast.GenDecl)
	if !ok {
		return
	}
	for _, sp := range g.Specs {
		v, ok := sp.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, n := range v.Names {
			switch {
			case i < len(v.Values):
				w.env[n.Name] = w.value(v.Values[i]).Called(n.Name)
			case v.Type != nil:
				val := effect.NewUnknown(w.f.span(n).Site())
				if id, ok := v.Type.(*ast.Ident); ok && (id.Name == "string" || id.Name == "error") {
					val = effect.NewEmpty()
				}
				w.env[n.Name] = val.Typed(w.f.typeID(v.Type)).Called(n.Name)
			}
		}
	}
}

// inline walks a nested function where it stands.
func (w *walker) inline(lit *ast.FuncLit) {
	typ, fate, after := w.typ, w.fate, w.after
	w.typ, w.fate, w.after = lit.Type, effect.FateNone, nil
	w.lambda++
	for _, p := range lit.Type.Params.List {
		for _, n := range p.Names {
			w.env[n.Name] = effect.NewUnknown(w.f.span(n).Site()).Typed(w.f.typeID(p.Type)).Called(n.Name)
		}
	}
	w.block(lit.Body.List)
	w.lambda--
	w.typ, w.fate, w.after = typ, fate, after
}
