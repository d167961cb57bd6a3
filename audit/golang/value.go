package golang

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

func literal(l *ast.BasicLit) *effect.Value {
	if l.Kind != token.STRING {
		return effect.NewLit(l.Value)
	}
	text, err := strconv.Unquote(l.Value)
	if err != nil {
		return effect.NewUnknown("bad literal")
	}
	if text == "" {
		return effect.NewEmpty()
	}
	return effect.NewLit(filepath.ToSlash(text))
}

// value is what an expression stands for; calls in it become effects.
func (w *walker) value(x ast.Expr) *effect.Value {
	vals := w.values(x)
	if len(vals) == 0 || vals[0] == nil {
		if x == nil {
			return effect.NewUnknown("nothing")
		}
		return effect.NewUnknown(w.f.span(x).Site())
	}
	return vals[0]
}

// pure is the value of an expression whose calls are not noted again.
func (w *walker) pure(x ast.Expr) *effect.Value {
	n := len(w.fn.Effects)
	v := w.value(x)
	w.fn.Effects = w.fn.Effects[:n]
	return v
}

func (w *walker) values(x ast.Expr) []*effect.Value {
	one := func(v *effect.Value) []*effect.Value { return []*effect.Value{v} }
	switch x := x.(type) {
	case *ast.BasicLit:
		return one(literal(x))
	case *ast.Ident:
		return one(w.name(x))
	case *ast.ParenExpr:
		return w.values(x.X)
	case *ast.StarExpr:
		return w.values(x.X)
	case *ast.UnaryExpr:
		return one(w.value(x.X))
	case *ast.BinaryExpr:
		a, b := w.value(x.X), w.value(x.Y)
		if x.Op == token.ADD {
			return one(effect.NewConcat(a, b))
		}
		return one(effect.NewUnknown(w.f.span(x).Site()))
	case *ast.SelectorExpr:
		return one(w.selector(x))
	case *ast.CallExpr:
		return w.call(x)
	case *ast.CompositeLit:
		return one(w.composite(x))
	case *ast.FuncLit:
		done := w.enter(effect.Region{Kind: effect.Lambda, At: w.f.span(x)})
		w.inline(x)
		done()
	case *ast.IndexExpr:
		w.value(x.Index)
		if v := w.value(x.X); v.Kind == effect.Global && v.Name == effect.Arguments {
			return one(effect.NewField(v, w.f.quote(x.Index)))
		}
	case *ast.SliceExpr:
		return w.values(x.X)
	case *ast.TypeAssertExpr:
		return w.values(x.X)
	}
	return nil
}

func (w *walker) name(x *ast.Ident) *effect.Value {
	if v := w.env[x.Name]; v != nil {
		return v
	}
	if x.Name == "nil" {
		return effect.NewEmpty()
	}
	if v := w.f.consts[x.Name]; v != nil {
		return v.Called(x.Name)
	}
	if v := w.f.out.Globals[w.f.out.Module+"."+x.Name]; v != nil && v.Type != "" {
		return effect.NewGlobal(w.f.out.Module + "." + x.Name).Typed(v.Type).Called(x.Name)
	}
	return effect.NewGlobal(w.f.out.Module + "." + x.Name).Called(x.Name)
}

func (w *walker) selector(x *ast.SelectorExpr) *effect.Value {
	if id, ok := x.X.(*ast.Ident); ok && w.env[id.Name] == nil && w.f.imports[id.Name] != "" {
		full := w.f.imports[id.Name] + "." + x.Sel.Name
		if full == "os.Args" {
			return effect.NewGlobal(effect.Arguments).Called("os.Args")
		}
		return effect.NewGlobal(full).Called(x.Sel.Name)
	}
	return effect.NewField(w.value(x.X), x.Sel.Name)
}

// composite is an object with the fields that it is given.
func (w *walker) composite(x *ast.CompositeLit) *effect.Value {
	id := ""
	if x.Type != nil {
		id = w.f.typeID(x.Type)
	}
	var names []string
	var fields []*effect.Value
	var order []string
	if t, ok := x.Type.(*ast.Ident); ok {
		order = w.f.fields[t.Name]
	}
	for i, e := range x.Elts {
		name := ""
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			name, e = ident(kv.Key), kv.Value
		} else if i < len(order) {
			name = order[i]
		}
		v := w.value(e)
		if name != "" {
			names, fields = append(names, name), append(fields, v)
		}
	}
	if id == "" {
		return effect.NewUnknown(w.f.span(x).Site())
	}
	return effect.NewObject(w.f.span(x).Site(), id, names, fields)
}

// format reads a Sprintf: the literal parts and the arguments between them.
func (w *walker) format(pattern *effect.Value, args []*effect.Value, site string) *effect.Value {
	if pattern == nil || pattern.Kind != effect.Lit {
		return effect.NewUnknown(site)
	}
	var parts []*effect.Value
	rest, next := pattern.Name, 0
	for rest != "" {
		lit, after, ok := strings.Cut(rest, "%")
		parts = append(parts, effect.NewLit(lit))
		if !ok {
			break
		}
		after = strings.TrimLeft(after, "+-# 0123456789.")
		if after == "" {
			break
		}
		if after[0] == '%' {
			parts = append(parts, effect.NewLit("%"))
		} else if next < len(args) {
			parts = append(parts, args[next])
			next++
		}
		rest = after[1:]
	}
	return effect.NewConcat(parts...)
}
