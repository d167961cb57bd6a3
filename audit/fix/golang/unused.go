package golang

import (
	"go/ast"
	"go/token"
	"strings"
)

// uses returns the identifiers that mean the same local variable as id, but
// for its declaration.
func (s *source) uses(id *ast.Ident) []*ast.Ident {
	var found []*ast.Ident
	if id.Obj == nil {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if x, ok := n.(*ast.Ident); ok && x.Obj == id.Obj && x.Pos() != id.Obj.Pos() {
			found = append(found, x)
		}
		return true
	})
	return found
}

// used reports whether e, an identifier, is used behind pos by what stays.
func (d *draft) used(e ast.Expr, pos token.Pos) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return true
	}
	for _, u := range d.uses(id) {
		if start, _ := d.span(u); u.Pos() >= pos && !d.isGone(start) {
			return true
		}
	}
	return false
}

// prune removes the declarations of local variables that the change leaves
// without a use, again and again: a temp's name, then its folder's.
func (d *draft) prune() error {
	for again := true; again; {
		again = false
		var lost []*ast.AssignStmt
		ast.Inspect(d.file, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok && d.lost(a) {
				lost = append(lost, a)
			}
			return true
		})
		for _, a := range lost {
			if err := d.remove(a); err != nil {
				return err
			}
			again = true
		}
	}
	return nil
}

// lost reports whether a declares variables, from what only computes, and the
// change took all their uses.
func (d *draft) lost(a *ast.AssignStmt) bool {
	start, _ := d.span(a)
	if a.Tok != token.DEFINE || len(a.Lhs) != len(a.Rhs) || d.isGone(start) {
		return false
	}
	if _, list := d.statement(a); !inList(list, a) {
		return false
	}
	for i, l := range a.Lhs {
		if id, ok := l.(*ast.Ident); !ok || !d.pure(a.Rhs[i]) || !d.unused(id) {
			return false
		}
	}
	return true
}

// unused reports whether a variable had uses, and all are gone.
func (d *draft) unused(id *ast.Ident) bool {
	uses := d.uses(id)
	for _, u := range uses {
		if start, _ := d.span(u); !d.isGone(start) {
			return false
		}
	}
	return len(uses) > 0
}

// defined is the expression that a local variable was declared with, if it is
// one, else e itself.
func (s *source) defined(e ast.Expr) ast.Expr {
	id, ok := e.(*ast.Ident)
	if !ok || id.Obj == nil {
		return e
	}
	a, ok := id.Obj.Decl.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != len(a.Rhs) {
		return e
	}
	for i, l := range a.Lhs {
		if x, isID := l.(*ast.Ident); isID && x.Obj == id.Obj {
			return a.Rhs[i]
		}
	}
	return e
}

// pure reports whether an expression only computes: no call but of functions
// that put names together or make them differ.
func (s *source) pure(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			ok = ok && s.computes(n)
		case *ast.FuncLit, *ast.TypeAssertExpr:
			ok = false
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		}
		return ok
	})
	return ok
}

func (s *source) computes(c *ast.CallExpr) bool {
	if id, ok := c.Fun.(*ast.Ident); ok {
		return id.Name == "string" && id.Obj == nil
	}
	name := s.callee(c)
	for _, p := range []string{"path/filepath.Join", "path/filepath.Dir", "path/filepath.Base", "path/filepath.Ext",
		"path/filepath.Clean", "path.Join", "path.Dir", "path.Base", "fmt.Sprint", "strings.", "strconv.", "os.Getpid", "os.TempDir",
		"math/rand.", "math/rand/v2.", "time.Now", "encoding/hex.EncodeToString"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	sel, ok := c.Fun.(*ast.SelectorExpr)
	return ok && (sel.Sel.Name == "Name" || strings.HasPrefix(sel.Sel.Name, "Unix")) && len(c.Args) == 0
}

// visible reports whether an expression has the same value at pos as where it
// stands: it only computes, and its variables are set before pos and not
// between.
func (s *source) visible(e ast.Expr, pos token.Pos) bool {
	if !s.pure(e) {
		return false
	}
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		id, isID := n.(*ast.Ident)
		if !isID || id.Obj == nil {
			return true
		}
		if id.Obj.Kind == ast.Var && id.Obj.Pos() >= pos {
			ok = false
		}
		for _, u := range s.uses(id) {
			if u.Pos() >= pos && u.Pos() < e.Pos() && s.assigns(u) {
				ok = false
			}
		}
		return ok
	})
	return ok
}

// assigns reports whether an identifier stands where it gets a new value, or
// where its address is taken.
func (s *source) assigns(id *ast.Ident) bool {
	switch p := s.up[id].(type) {
	case *ast.AssignStmt:
		for _, l := range p.Lhs {
			if l == id {
				return true
			}
		}
	case *ast.IncDecStmt:
		return true
	case *ast.UnaryExpr:
		return p.Op == token.AND
	case *ast.RangeStmt:
		return p.Key == id || p.Value == id
	}
	return false
}
