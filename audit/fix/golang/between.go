package golang

import (
	"go/ast"
	"strings"

	"github.com/wholly-go/wholly/audit"
)

// between looks at the statements from the write to the rename: what belongs
// to the group goes, anything else is a reason to leave it alone.
func (d *draft) between(g *group) error {
	seen := false
	for _, st := range g.list {
		switch {
		case st == g.first:
			seen = true
			if err := d.inside(g, st); err != nil {
				return err
			}
		case st == g.last:
			return nil
		case !seen:
		case d.aside(g, st):
			if err := d.remove(st); err != nil {
				return err
			}
		case d.tests(st):
			if err := d.inside(g, st); err != nil {
				return err
			}
		default:
			return refuse("something else happens between the write and the rename (line %d)", d.line(st))
		}
	}
	return refuse("the rename does not follow the write")
}

// window takes out the statement that moves or removes the old file before its
// successor is there.
func (d *draft) window(site *audit.Site, g *group) error {
	from := site.Facts.WindowFrom
	if !site.Facts.Window || from.File == d.Path && d.isGone(from.Start) {
		return nil
	}
	c := d.call(from)
	if c == nil || from.File != d.Path || d.function(c) != d.function(g.write) {
		return refuse("the old file is moved or removed in another function")
	}
	st := d.top(c, g.write)
	if st == nil || !d.aside(g, st) {
		return refuse("how the old file is moved or removed (line %d) is not understood", d.line(c))
	}
	return d.remove(st)
}

// top is the statement around n that stands in the same list as the one around
// other, or nil.
func (s *source) top(n, other ast.Node) ast.Stmt {
	_, list := s.statement(other)
	for _, st := range list {
		if s.within(n, st) {
			return st
		}
	}
	return nil
}

// tests reports whether a statement only handles an error.
func (d *draft) tests(st ast.Stmt) bool {
	f, ok := st.(*ast.IfStmt)
	return ok && f.Init == nil && f.Else == nil && isErrorTest(f.Cond)
}

// inside drops what tidies the temp when the write fails.
func (d *draft) inside(g *group, st ast.Stmt) error {
	for _, rm := range d.callsOf([]ast.Stmt{st}, "os.Remove", "os.RemoveAll") {
		if d.key(rm.Args[0]) == d.key(g.temp) {
			if err := d.drop(rm); err != nil {
				return err
			}
		}
	}
	return nil
}

// aside reports whether a statement does nothing but move the old file away,
// remove it, its backup or the temp, or set the temp's mode.
func (d *draft) aside(g *group, st ast.Stmt) bool {
	target, temp := d.key(g.target), ""
	if g.temp != nil {
		temp = d.key(g.temp)
	}
	ok, hit := true, false
	ast.Inspect(st, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt, *ast.GoStmt, *ast.DeferStmt:
			ok = false
		case *ast.CallExpr:
			done, part := d.asideCall(g, n, target, temp)
			ok, hit = ok && done, hit || part
		}
		return ok
	})
	return ok && hit
}

// asideCall reports whether a call may stand in such a statement, and whether
// it is one of those that make it one.
func (d *draft) asideCall(g *group, c *ast.CallExpr, target, temp string) (ok, hit bool) {
	name := d.callee(c)
	arg := func(i int) string {
		if i < len(c.Args) {
			return d.key(c.Args[i])
		}
		return ""
	}
	switch {
	case (name == "os.Rename" || name == "os.Link") && arg(0) == target:
		g.backup = c.Args[1]
		return true, true
	case name == "os.Rename" && g.backup != nil && arg(0) == d.key(g.backup) && arg(1) == target:
		return true, false // puts the old file back
	case name == "os.Remove":
		return arg(0) == target || arg(0) == temp || g.backup == nil || arg(0) == d.key(g.backup), true
	case name == "os.Chmod" && arg(0) == temp:
		if _, isConst := constant(c.Args[1]); isConst {
			g.mode = d.text(c.Args[1])
			return true, true
		}
		return false, false
	case name == "os.Stat" || name == "os.Lstat" || name == "os.IsNotExist" || strings.HasPrefix(name, "errors.") ||
		strings.HasPrefix(name, "fmt.") || strings.HasPrefix(name, "log"):
		return true, false
	}
	return false, false
}

// tempUses refuses a temp that something else than the group looks at.
func (d *draft) tempUses(temp ast.Expr, last ast.Stmt) error {
	id, ok := temp.(*ast.Ident)
	if !ok || id.Obj == nil {
		return nil
	}
	for _, u := range d.uses(id) {
		start, _ := d.span(u)
		if d.isGone(start) || d.within(u, last) || u.Pos() == id.Pos() {
			continue
		}
		if c, isCall := d.up[u].(*ast.CallExpr); isCall && d.callee(c) == "os.Remove" {
			if err := d.drop(c); err != nil {
				return err
			}
			continue
		}
		return refuse("the temp file is used elsewhere (line %d)", d.line(u))
	}
	return nil
}

// forget takes out the removal of the backup behind the rename: it was for the
// time between only.
func (d *draft) forget(g *group) error {
	if g.backup == nil {
		return nil
	}
	next := following(g.list, g.last)
	if next == nil {
		return nil
	}
	for _, rm := range d.callsOf([]ast.Stmt{next}, "os.Remove") {
		if d.key(rm.Args[0]) == d.key(g.backup) {
			g.backup = nil
			return d.succeed(rm)
		}
	}
	return nil
}
