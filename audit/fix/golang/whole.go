package golang

import (
	"go/ast"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/audit"
)

// whole rewrites os.WriteFile on the target itself: another function is
// called, with the same arguments.
func (d *draft) whole(site *audit.Site, c *ast.CallExpr) error {
	if err := d.cleanups(c, d.key(c.Args[0])); err != nil {
		return err
	}
	if ch := d.chmodAfter(site, c); ch != nil {
		return d.private(c, ch)
	}
	if site.Facts.Window {
		g := &group{write: c, target: c.Args[0], mode: d.text(c.Args[2])}
		if err := d.window(site, g); err != nil {
			return err
		}
		d.ask("moving the old file away is no longer needed")
		d.replace(c.Fun, d.policy(c, g.backup, g.target, ""))
		return nil
	}
	d.replace(c.Fun, d.writer())
	return nil
}

// writer is the function that replaces a file with a content in memory: the
// project's own if it has a durable one that can stand here, else the
// library's.
func (d *draft) writer() string {
	if name := d.own(); name != "" {
		return name
	}
	d.need(library)
	return d.lib + ".WriteFile"
}

// cleanups takes out what removes the target when the write fails: after the
// change the old content is still there then, and must stay.
func (d *draft) cleanups(c *ast.CallExpr, target string) error {
	st, list := d.statement(c)
	if st == nil {
		return refuse("it stands outside of any function")
	}
	var scope []ast.Stmt
	for i, x := range list {
		if x == st {
			scope = list[i:]
		}
	}
	if d.deferredRemoval(c, target) {
		return refuse("a defer removes the file")
	}
	for _, rm := range d.callsOf(scope, "os.Remove", "os.RemoveAll") {
		if d.key(rm.Args[0]) != target {
			continue
		}
		if !d.onError(rm, st) {
			return refuse("line %d removes the file afterwards", d.line(rm))
		}
		if err := d.drop(rm); err != nil {
			return err
		}
	}
	return nil
}

// deferredRemoval reports whether the function around n has a defer that
// removes a file of this name.
func (d *draft) deferredRemoval(n ast.Node, name string) bool {
	b, _ := body(d.function(n))
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		if def, ok := n.(*ast.DeferStmt); ok {
			for _, rm := range d.callsOf([]ast.Stmt{def}, "os.Remove", "os.RemoveAll") {
				found = found || d.key(rm.Args[0]) == name
			}
		}
		return !found
	})
	return found
}

// callsOf returns the calls of the named functions within statements, in order.
func (s *source) callsOf(list []ast.Stmt, names ...string) []*ast.CallExpr {
	var found []*ast.CallExpr
	for _, st := range list {
		ast.Inspect(st, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && len(c.Args) > 0 {
				for _, name := range names {
					if s.callee(c) == name {
						found = append(found, c)
					}
				}
			}
			return true
		})
	}
	return found
}

// onError reports whether n stands in the branch of an error, within or after
// the statement st.
func (s *source) onError(n ast.Node, st ast.Stmt) bool {
	for p := s.up[n]; p != nil; n, p = p, s.up[p] {
		if f, ok := p.(*ast.IfStmt); ok && f.Body == n && mayBeError(f.Cond) {
			return true
		}
		if p == st {
			break
		}
	}
	return false
}

// isErrorTest reports whether a condition is "something is not nil".
func isErrorTest(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	if !ok || b.Op.String() != "!=" {
		return false
	}
	y, ok := b.Y.(*ast.Ident)
	return ok && y.Name == "nil"
}

// mayBeError reports whether a condition holds for an error, if not for that
// alone: err != nil || n < len(b).
func mayBeError(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	return isErrorTest(e) || ok && b.Op.String() == "||" && (mayBeError(b.X) || mayBeError(b.Y))
}

// drop removes the statement that is nothing but the call c, its error looked
// at or not.
func (d *draft) drop(c *ast.CallExpr) error {
	st, _ := d.statement(c)
	if f, ok := d.up[c].(*ast.DeferStmt); ok {
		return d.remove(f)
	}
	switch x := st.(type) {
	case *ast.ExprStmt:
		if x.X == c {
			return d.remove(st)
		}
	case *ast.AssignStmt:
		if len(x.Rhs) == 1 && x.Rhs[0] == c && blankOnly(x.Lhs) {
			return d.remove(st)
		}
	case *ast.IfStmt:
		if a, ok := x.Init.(*ast.AssignStmt); ok && len(a.Rhs) == 1 && a.Rhs[0] == c && x.Else == nil {
			return d.remove(st)
		}
	}
	return refuse("what is done with the result of line %d is not understood", d.line(c))
}

func blankOnly(list []ast.Expr) bool {
	for _, e := range list {
		if id, ok := e.(*ast.Ident); !ok || id.Name != "_" {
			return false
		}
	}
	return true
}

// chmodAfter is the call that narrows the target's mode when the content is
// there already, or nil.
func (d *draft) chmodAfter(site *audit.Site, c *ast.CallExpr) *ast.CallExpr {
	if site.Facts.ChmodAfter.Line == 0 || site.Facts.ChmodAfter.File != d.Path {
		return nil
	}
	ch := d.call(site.Facts.ChmodAfter)
	if ch == nil || d.callee(ch) != "os.Chmod" || len(ch.Args) != 2 || d.key(ch.Args[0]) != d.key(c.Args[0]) {
		return nil
	}
	if mode, ok := constant(ch.Args[1]); !ok || mode&0o077 != 0 {
		return nil
	}
	return ch
}

// private rewrites a write with a chmod behind it: the file is private from
// its first byte on.
func (d *draft) private(c, chmod *ast.CallExpr) error {
	if d.function(c) != d.function(chmod) {
		return refuse("the mode is narrowed in another function")
	}
	d.replace(c.Fun, d.with([]string{"Private: true"}, c)+".WriteFile")
	d.replace(c.Args[2], d.text(chmod.Args[1]))
	d.need(library)
	d.ask("the mode is given with the write, and the chmod after it goes")
	return d.succeed(chmod)
}

// succeed takes out a call whose work is done by something else, as if it had
// returned nil.
func (d *draft) succeed(c *ast.CallExpr) error {
	st, list := d.statement(c)
	switch x := st.(type) {
	case *ast.ReturnStmt:
		for _, r := range x.Results {
			if r == c {
				d.replace(c, "nil")
				return nil
			}
		}
	case *ast.AssignStmt:
		if len(x.Rhs) == 1 && x.Rhs[0] == c && len(x.Lhs) == 1 {
			return d.assigned(x, list)
		}
	}
	return d.drop(c)
}

// assigned takes out "err = …" with the test of err behind it.
func (d *draft) assigned(x *ast.AssignStmt, list []ast.Stmt) error {
	if blankOnly(x.Lhs) {
		return d.remove(x)
	}
	next := following(list, x)
	f, ok := next.(*ast.IfStmt)
	if !ok || f.Init != nil || f.Else != nil || !isErrorTest(f.Cond) || d.key(f.Cond.(*ast.BinaryExpr).X) != d.key(x.Lhs[0]) {
		return refuse("the error of line %d is not looked at in the next line", d.line(x))
	}
	if x.Tok.String() == ":=" && d.used(x.Lhs[0], f.End()) {
		return refuse("the error of line %d is declared there and used later", d.line(x))
	}
	if err := d.remove(x); err != nil {
		return err
	}
	return d.remove(f)
}

func following(list []ast.Stmt, st ast.Stmt) ast.Stmt {
	for i, x := range list {
		if x == st && i+1 < len(list) {
			return list[i+1]
		}
	}
	return nil
}

// constant is the value of an integer literal.
func constant(e ast.Expr) (int64, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(lit.Value, "_", ""), 0, 64)
	return n, err == nil
}
