package golang

import (
	"go/ast"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// api names a call of another package's function: import path and name, or ""
// for calls of one's own and of methods. ioutil's functions are os's.
func (f *file) api(call *ast.CallExpr) string {
	fun := call.Fun
	if x, ok := fun.(*ast.IndexExpr); ok {
		fun = x.X
	}
	return f.imported(fun)
}

// imported names what x selects of another package.
func (f *file) imported(x ast.Expr) string {
	sel, ok := x.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	p := f.imports[ident(sel.X)]
	switch p {
	case "":
		return ""
	case "io/ioutil":
		if sel.Sel.Name == "TempDir" {
			return "os.MkdirTemp"
		}
		return "os." + sel.Sel.Name
	}
	return p + "." + sel.Sel.Name
}

// call notes what a call does and returns its results.
func (w *walker) call(c *ast.CallExpr) []*effect.Value {
	name := ""
	if sel, ok := c.Fun.(*ast.SelectorExpr); !ok || w.env[ident(sel.X)] == nil {
		name = w.f.api(c)
	}
	if name != "" {
		return w.apiCall(c, name)
	}
	switch fun := c.Fun.(type) {
	case *ast.Ident:
		return w.plain(c, fun.Name)
	case *ast.SelectorExpr:
		return w.method(c, fun)
	case *ast.FuncLit:
		w.args(c)
		w.inline(fun)
		return nil
	case *ast.ParenExpr, *ast.ArrayType, *ast.StarExpr, *ast.InterfaceType, *ast.MapType:
		if vals := w.args(c); len(vals) == 1 {
			return vals // a conversion
		}
		return nil
	case *ast.IndexExpr:
		if id := ident(fun.X); id != "" {
			return w.plain(c, id)
		}
	}
	w.args(c)
	return nil
}

func (w *walker) args(c *ast.CallExpr) []*effect.Value {
	var vals []*effect.Value
	if len(c.Args) == 1 {
		if inner, ok := c.Args[0].(*ast.CallExpr); ok {
			return w.nested(inner)
		}
	}
	for _, a := range c.Args {
		vals = append(vals, w.value(a))
	}
	return vals
}

// nested reads a call that is an argument: its error goes where the outer
// call's goes.
func (w *walker) nested(c *ast.CallExpr) []*effect.Value {
	vals := w.values(c)
	for i, v := range vals {
		if v == nil {
			vals[i] = effect.NewUnknown(w.f.span(c).Site())
		}
	}
	if vals == nil {
		vals = []*effect.Value{effect.NewUnknown(w.f.span(c).Site())}
	}
	return vals
}

// plain is the call of a function or conversion without a package name.
func (w *walker) plain(c *ast.CallExpr, name string) []*effect.Value {
	switch name {
	case "string", "append", "len", "cap", "copy", "min", "max", "delete", "close", "print", "println", "recover", "clear",
		"int", "int64", "uint32", "uint64", "float64", "uintptr", "int32", "byte":
		if vals := w.args(c); len(vals) > 0 && (name == "string" || name == "append" || strings.Contains(name, "int")) {
			return vals[:1]
		}
		return nil
	case "make":
		return nil
	case "new":
		if len(c.Args) == 0 {
			return nil
		}
		id := w.f.typeID(c.Args[0])
		return []*effect.Value{effect.NewObject(w.f.span(c).Site(), id, nil, nil)}
	case "panic":
		w.args(c)
		return nil
	}
	v := w.env[name]
	if other := w.holds(v, name); other != "" {
		return w.apiCall(c, other)
	}
	inv := &effect.Invocation{Args: w.args(c), Results: 3}
	if v != nil && v.Kind == effect.Global {
		inv.Callees = []string{v.Name} // a variable that holds a function
	} else if v == nil {
		inv.Callees = []string{w.f.out.Module + "." + name}
		if e := w.f.more.Call(inv.Callees[0]); e != nil {
			return w.users(c, e)
		}
	}
	return w.invoke(c, inv, name)
}

// holds is the function of the API table that a variable, v if it is local,
// holds, "" if it holds none.
func (w *walker) holds(v *effect.Value, name string) string {
	other := w.f.imported(w.f.held[name])
	if v != nil {
		other = ""
		if v.Kind == effect.Global {
			other = v.Name
		}
	}
	if _, ok := api[other]; !ok {
		return ""
	}
	return other
}

// method is the call of a method, or of a field that holds a function.
func (w *walker) method(c *ast.CallExpr, sel *ast.SelectorExpr) []*effect.Value {
	recv := w.value(sel.X)
	name := sel.Sel.Name
	if recv.Kind == effect.Random || recv.Any(func(v *effect.Value) bool { return v.Kind == effect.Random }) && recv.Type == "" {
		w.args(c)
		return []*effect.Value{recv} // time.Now().UnixNano(), sum.String()
	}
	typ := w.typeOf(recv)
	if other := w.f.imported(w.f.held[typ+"."+name]); typ != "" {
		if _, ok := api[other]; ok {
			return w.apiCall(c, other)
		}
	}
	if e, ok := api["os."+name]; ok && fileSystems[typ] {
		return w.entry(c, e, name, nil)
	}
	if typ == "os.Root" {
		if e, ok := api["os."+name]; ok {
			return w.entry(c, e, "os.Root."+name, recv)
		}
		if name == "OpenRoot" && len(c.Args) == 1 {
			return []*effect.Value{effect.NewJoin(recv, w.value(c.Args[0])).Typed(typ)}
		}
	}
	if e, ok := api[typ+"."+name]; ok && typ != "" {
		return w.entry(c, e, typ+"."+name, nil)
	}
	inv := &effect.Invocation{Args: w.args(c), Results: 3, Recv: recv, Method: name}
	if got, done := w.handle(c, recv, name, inv.Args); done {
		return got
	}
	return w.invoke(c, inv, name)
}

// handle notes a method call on a file that this function opened.
func (w *walker) handle(c *ast.CallExpr, recv *effect.Value, name string, args []*effect.Value) ([]*effect.Value, bool) {
	if recv.Inner() == nil {
		return nil, false
	}
	switch name {
	case "Name":
		return []*effect.Value{recv.FilePath()}, true
	case "Fd":
		return []*effect.Value{recv}, true
	case "Stat", "Seek", "Lock", "SetDeadline":
		return nil, true
	}
	op, ok := effect.HandleMethod(name)
	if !ok {
		if name == "Create" || name == "CreateHeader" || name == "Writer" { // a member of an archive
			return []*effect.Value{recv}, true
		}
		return nil, false
	}
	e := effect.Effect{Op: op, Handle: recv, At: w.f.span(c), API: w.f.quote(c.Fun), Mode: effect.Mode{Perm: -1}}
	if op == effect.Write && len(args) > 0 {
		e.Content = args[0]
	}
	if op == effect.Chmod && len(c.Args) > 0 {
		e.Mode.Perm = w.perm(c.Args[0])
	}
	w.emit(e)
	return nil, true
}

// invoke notes a call that is to be seen through.
func (w *walker) invoke(c *ast.CallExpr, inv *effect.Invocation, name string) []*effect.Value {
	at := w.f.span(c)
	e := effect.Effect{Op: effect.Invoke, Call: inv, At: at, API: name, Mode: effect.Mode{Perm: -1}}
	if name == "Chmod" && len(c.Args) > 0 {
		e.Mode.Perm = w.perm(c.Args[0])
	}
	w.emit(e)
	callee := name
	if len(inv.Callees) > 0 {
		callee = inv.Callees[0]
	}
	vals := make([]*effect.Value, inv.Results)
	for i := range vals {
		vals[i] = effect.NewCall(at.Site(), callee, i)
	}
	return vals
}
