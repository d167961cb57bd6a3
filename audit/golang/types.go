package golang

import (
	"go/ast"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

func (f *file) class(s *ast.TypeSpec) {
	c := &effect.Class{ID: f.out.Module + "." + s.Name.Name, Name: s.Name.Name, Fields: map[string]string{}}
	f.out.Classes = append(f.out.Classes, c)
	if in, ok := s.Type.(*ast.InterfaceType); ok {
		f.contract(c, in)
	}
	st, ok := s.Type.(*ast.StructType)
	if !ok {
		return
	}
	var names []string
	for _, fl := range st.Fields.List {
		id := f.typeID(fl.Type)
		if len(fl.Names) == 0 {
			name := id[strings.LastIndexAny(id, "./")+1:]
			c.Bases, c.Fields[name] = append(c.Bases, id), id
			names = append(names, name)
		}
		for _, n := range fl.Names {
			c.Fields[n.Name] = id
			names = append(names, n.Name)
		}
	}
	f.fields[s.Name.Name] = names
}

// typeOf is the type of v, of a field as this file declares it, "" if unknown.
func (w *walker) typeOf(v *effect.Value) string {
	if v.Type != "" || v.Kind != effect.Field {
		return v.Type
	}
	owner := w.typeOf(v.Args[0])
	for _, c := range w.f.out.Classes {
		if c.ID == owner {
			return c.Fields[v.Name]
		}
	}
	return ""
}

// contract notes what an interface asks for.
func (f *file) contract(c *effect.Class, in *ast.InterfaceType) {
	for _, m := range in.Methods.List {
		for _, n := range m.Names {
			if ft, ok := m.Type.(*ast.FuncType); ok {
				if c.Methods == nil {
					c.Methods = make(map[string]string)
				}
				c.Methods[n.Name] = signature(ft)
			}
		}
		if id := f.typeID(m.Type); len(m.Names) == 0 && id != "" {
			c.Bases = append(c.Bases, id)
		}
	}
}

// typeID is the ID of a named type or of what a pointer leads to, "" for
// others and the universe's.
func (f *file) typeID(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return f.typeID(t.X)
	case *ast.ParenExpr:
		return f.typeID(t.X)
	case *ast.IndexExpr:
		return f.typeID(t.X)
	case *ast.IndexListExpr:
		return f.typeID(t.X)
	case *ast.Ident:
		if universe[t.Name] {
			return ""
		}
		return f.out.Module + "." + t.Name
	case *ast.SelectorExpr:
		if x, ok := t.X.(*ast.Ident); ok && f.imports[x.Name] != "" {
			return f.imports[x.Name] + "." + t.Sel.Name
		}
	}
	return ""
}

var universe = map[string]bool{
	"string": true, "int": true, "bool": true, "byte": true, "error": true, "any": true, "rune": true,
	"int64": true, "uint64": true, "int32": true, "uint32": true, "uint": true, "float64": true, "uint8": true,
	"uint16": true, "int16": true, "int8": true, "float32": true, "uintptr": true,
}

// signature writes what a function takes and gives. Packages are left out: the
// same type has another name where it is declared.
func signature(t *ast.FuncType) string {
	list := func(fl *ast.FieldList) string {
		var all []string
		if fl == nil {
			return ""
		}
		for _, field := range fl.List {
			for range max(1, len(field.Names)) {
				all = append(all, bare(field.Type))
			}
		}
		return strings.Join(all, ",")
	}
	return list(t.Params) + ">" + list(t.Results)
}

func bare(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.StarExpr:
		return "*" + bare(t.X)
	case *ast.ArrayType:
		return "[]" + bare(t.Elt)
	case *ast.Ellipsis:
		return "..." + bare(t.Elt)
	}
	return "?" // functions, maps, channels: whatever they are of
}
