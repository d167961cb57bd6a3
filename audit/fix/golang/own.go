package golang

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"

	"github.com/wholly-go/wholly/audit"
)

// own is how the project's own durable writer is called here, "" if none can
// stand in the place of os.WriteFile: same package or one that is imported
// already, a path, the bytes and the mode in this order, one error.
func (d *draft) own() string {
	for _, w := range d.Writers {
		if !d.fits(w) {
			continue
		}
		if w.Module == d.Module {
			if !d.names(w.Name) || d.declares(w.Name) {
				d.calls = w.ID
				return w.Name
			}
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(d.imports)) {
			if d.imports[name] == w.Module && ast.IsExported(w.Name) && name != "_" && name != "." {
				d.calls = w.ID
				return name + "." + w.Name
			}
		}
	}
	return ""
}

// declares reports whether a name, wherever it stands in this file, means the
// function of the package.
func (s *source) declares(name string) bool {
	ok := true
	ast.Inspect(s.file, func(n ast.Node) bool {
		if id, isID := n.(*ast.Ident); isID && id.Name == name && id.Obj != nil && id.Obj.Kind != ast.Fun {
			ok = false
		}
		return ok
	})
	return ok
}

// fits reads the writer's declaration.
func (d *draft) fits(w audit.Writer) bool {
	if w.Path != 0 || w.Content != 1 || len(w.Params) != 3 {
		return false
	}
	text, err := d.Read(w.File)
	if err != nil || !sameBuild(w.File, text) {
		return false
	}
	f, err := parser.ParseFile(token.NewFileSet(), w.File, text, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || fn.Name.Name != w.Name || fn.Type.TypeParams != nil {
			continue
		}
		types := flat(fn.Type.Params)
		return len(types) == 3 && isIdent(types[0], "string") && isBytes(types[1]) && isMode(types[2]) && oneErrorNamed(fn.Type)
	}
	return false
}

// sameBuild reports whether a file is built wherever its package is, as far as
// that can be told: it has no build constraint.
func sameBuild(name string, text []byte) bool {
	return !bytes.Contains(text, []byte("//go:build")) && path.Ext(name) == ".go"
}

func flat(list *ast.FieldList) []ast.Expr {
	var types []ast.Expr
	for _, f := range list.List {
		for range max(1, len(f.Names)) {
			types = append(types, f.Type)
		}
	}
	return types
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func isBytes(e ast.Expr) bool {
	a, ok := e.(*ast.ArrayType)
	return ok && a.Len == nil && isIdent(a.Elt, "byte")
}

func isMode(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "FileMode"
}

func oneErrorNamed(t *ast.FuncType) bool {
	return t.Results != nil && len(flat(t.Results)) == 1 && isIdent(flat(t.Results)[0], "error")
}
