package golang

import (
	"go/ast"
	"slices"
)

// handleUses is what a function does with an open file.
type handleUses struct {
	deferred bool // a defer closes it
	literal  bool // a deferred function literal did; it is taken out
	closes   []*ast.CallExpr
	over     []*ast.Ident // writers that stand on it
	all      []*ast.Ident // of the file and of those
	commit   ast.Node     // the statement that makes the content visible
}

// handled looks at every use of the open file, and refuses what a replacement
// cannot do or what lets the file out of sight.
func (d *draft) handled(st *stream) error {
	for _, u := range d.uses(st.file) {
		st.uses.all = append(st.uses.all, u)
		if d.closure(st, u) {
			st.uses.literal = true
			continue
		}
		if d.function(u) != st.fn {
			return refuse("the open file is used in a function literal (line %d)", d.line(u))
		}
		switch p := d.up[u].(type) {
		case *ast.SelectorExpr:
			c, ok := d.up[p].(*ast.CallExpr)
			if !ok || c.Fun != p {
				return refuse("a method of the open file is handed on (line %d)", d.line(u))
			}
			if err := d.method(st, c, p.Sel.Name); err != nil {
				return err
			}
		case *ast.CallExpr:
			if err := d.handed(st, p, u); err != nil {
				return err
			}
		default:
			return refuse("the open file is given away (line %d)", d.line(u))
		}
	}
	for i := 0; i < len(st.uses.over); i++ {
		if err := d.standing(st, st.uses.over[i]); err != nil {
			return err
		}
	}
	return nil
}

// method is a call on the file itself.
func (d *draft) method(st *stream, c *ast.CallExpr, name string) error {
	switch name {
	case "Write":
		return nil
	case "Close":
		if _, ok := d.up[c].(*ast.DeferStmt); ok {
			st.uses.deferred = true
		} else {
			st.uses.closes = append(st.uses.closes, c)
		}
		return nil
	case "WriteString":
		sel := c.Fun.(*ast.SelectorExpr)
		if len(c.Args) != 1 {
			return refuse("WriteString has not one argument")
		}
		_, end := d.span(c.Args[0])
		from, to := d.span(sel.Sel)
		arg, _ := d.span(c.Args[0])
		d.edits = append(d.edits, swap(from, to, "Write"))
		d.insert(arg, "[]byte(")
		d.insert(end, ")")
		return nil
	case "Sync":
		if r, ok := d.up[c].(*ast.ReturnStmt); ok && len(r.Results) == 1 && st.rename == nil {
			st.uses.closes = append(st.uses.closes, c)
			return nil
		}
		return d.succeed(c)
	case "Chmod":
		if _, ok := constant(c.Args[0]); ok && st.rename != nil {
			st.mode = d.text(c.Args[0])
			return d.succeed(c)
		}
		return refuse("its mode is set through the open file (line %d)", d.line(c))
	case "Name":
		if st.rename != nil {
			return nil // looked at by tidied
		}
	}
	return refuse("it uses %s, which a replacement in the making does not have (line %d)", name, d.line(c))
}

// closure reports whether u stands in a deferred function literal that does
// nothing but close the file, pass on the error of that, and remove the temp;
// the defer then goes, and another takes its place.
func (d *draft) closure(st *stream, u ast.Node) bool {
	lit, ok := d.function(u).(*ast.FuncLit)
	if !ok || lit == st.fn {
		return false
	}
	call, ok := d.up[lit].(*ast.CallExpr)
	if !ok || call.Fun != lit {
		return false
	}
	def, ok := d.up[call].(*ast.DeferStmt)
	if !ok || d.function(def) != st.fn {
		return false
	}
	only := true
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			sel, isSel := n.Fun.(*ast.SelectorExpr)
			closes := isSel && d.key(n.Fun) == st.file.Name+".Close" && sel.Sel.Name == "Close"
			removes := st.rename != nil && d.callee(n) == "os.Remove" && d.isTemp(st, n.Args[0])
			named := d.key(n.Fun) == st.file.Name+".Name"
			only = only && (closes || removes || named || d.callee(n) == "errors.Join")
		case *ast.AssignStmt:
			only = only && (blankOnly(n.Lhs) || len(n.Lhs) == 1 && isErrorName(d.key(n.Lhs[0])))
		case *ast.BlockStmt, *ast.IfStmt, *ast.ExprStmt:
		case ast.Stmt:
			only = false
		}
		return only
	})
	return only && d.remove(def) == nil
}

// handed is the file as an argument.
func (d *draft) handed(st *stream, c *ast.CallExpr, arg ast.Expr) error {
	i := slices.IndexFunc(c.Args, func(a ast.Expr) bool { return a == arg })
	if i < 0 || !d.takesWriter(c, i) {
		return refuse("the open file is handed to %s, and it is not known that this takes any io.Writer (line %d)", d.text(c.Fun), d.line(c))
	}
	if d.ran(c) {
		return refuse("it is written in a defer or beside (line %d)", d.line(c))
	}
	if !constructs(d.callee(c)) {
		return nil
	}
	switch p := d.up[c].(type) {
	case *ast.AssignStmt:
		if id, ok := p.Lhs[0].(*ast.Ident); ok && id.Obj != nil && id.Name != "_" {
			st.uses.over = append(st.uses.over, id)
			return nil
		}
	case *ast.SelectorExpr:
		return nil // used on the spot
	case *ast.CallExpr:
		return d.handed(st, p, c)
	}
	return refuse("a writer over the open file is given away (line %d)", d.line(c))
}

// standing looks at the uses of a writer over the file.
func (d *draft) standing(st *stream, id *ast.Ident) error {
	for _, u := range d.uses(id) {
		st.uses.all = append(st.uses.all, u)
		if d.function(u) != st.fn {
			return refuse("%s, which writes to the file, is used in a function literal (line %d)", id.Name, d.line(u))
		}
		switch p := d.up[u].(type) {
		case *ast.SelectorExpr:
			if c, ok := d.up[p].(*ast.CallExpr); ok && d.ran(c) {
				return refuse("%s is closed or flushed in a defer, which would run after the commit (line %d)", id.Name, d.line(u))
			}
		case *ast.CallExpr:
			if d.ran(p) {
				return refuse("%s is written in a defer or beside (line %d)", id.Name, d.line(u))
			}
			if constructs(d.callee(p)) {
				if err := d.handed(st, p, u); err != nil {
					return err
				}
			}
		default:
			return refuse("%s, which writes to the file, is given away (line %d)", id.Name, d.line(u))
		}
	}
	return nil
}

// ran reports whether a call is deferred or runs beside.
func (s *source) ran(c *ast.CallExpr) bool {
	switch s.up[c].(type) {
	case *ast.DeferStmt, *ast.GoStmt:
		return true
	}
	return false
}
