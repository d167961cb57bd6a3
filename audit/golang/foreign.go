package golang

import (
	"go/ast"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// apiCall reads a call of another package's function.
func (w *walker) apiCall(c *ast.CallExpr, name string) []*effect.Value {
	if e := w.f.more.Call(name); e != nil {
		return w.users(c, e)
	}
	if e, ok := api[name]; ok && len(c.Args) >= max(e.path, e.from, e.flags) {
		return typed(w.entry(c, e, name, nil), name, w.f.span(c).Site())
	}
	if reads[name] && len(c.Args) > 0 {
		if v := w.pure(c.Args[0]); v.Inner() != nil {
			w.emit(effect.Effect{Op: effect.Read, Handle: v, At: w.f.span(c), API: short(name), Mode: effect.Mode{Perm: -1}})
		}
	}
	if v := w.known(c, name); v != nil {
		return v
	}
	if makes[name] != "" {
		w.args(c)
		return typed(nil, name, w.f.span(c).Site())
	}
	inv := &effect.Invocation{Args: w.args(c), Results: 3, Callees: []string{name}}
	if writesTo[name] && len(inv.Args) > 0 && w.mayBeFile(inv.Args[0]) {
		w.emit(effect.Effect{Op: effect.Write, Handle: inv.Args[0], Content: w.written(c, name, inv.Args), At: w.f.span(c), API: short(name)})
		return nil
	}
	if parsers[name] && len(inv.Args) > 0 {
		w.emit(effect.Effect{Op: effect.Parse, Path: inv.Args[0].FilePath(), At: w.f.span(c), API: short(name)})
		return nil
	}
	if !strings.Contains(name, ".") || std(name) {
		return []*effect.Value{effect.NewResult(w.f.span(c).Site(), name, inv.Args)}
	}
	return w.invoke(c, inv, name)
}

// typed gives the first result of a function the type that it is known to have.
func typed(vals []*effect.Value, name, site string) []*effect.Value {
	if makes[name] == "" {
		return vals
	}
	if len(vals) == 0 || vals[0] == nil {
		return []*effect.Value{effect.NewUnknown(site).Typed(makes[name])}
	}
	return append([]*effect.Value{vals[0].Typed(makes[name])}, vals[1:]...)
}

// mayBeFile is false for what is known to be memory or a terminal.
func (w *walker) mayBeFile(v *effect.Value) bool {
	if v.Kind == effect.Global || v.Type == "bytes.Buffer" || v.Type == "strings.Builder" || v.Type == "net/http.ResponseWriter" {
		return false
	}
	return v.Inner() != nil || v.Kind == effect.Param || v.Kind == effect.Call || v.Kind == effect.Field
}

// written is what a function that writes to its first argument is given to
// write, nil if it is given nothing.
func (w *walker) written(c *ast.CallExpr, name string, args []*effect.Value) *effect.Value {
	switch {
	case len(args) < 2:
		return nil
	case name == "fmt.Fprintf":
		return w.format(args[1], args[2:], w.f.span(c).Site())
	case name == "fmt.Fprint" || name == "fmt.Fprintln":
		return effect.NewConcat(args[1:]...)
	case name == "encoding/binary.Write" && len(args) > 2:
		return args[2]
	}
	return args[1]
}

// std reports whether a function is the standard library's: its body is not
// in the tree.
func std(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return !strings.Contains(first, ".") || !strings.Contains(name, "/")
}

func short(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
