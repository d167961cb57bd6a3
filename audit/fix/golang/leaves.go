package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// leaves refuses ways out of the function between opening and commit that are
// no errors: there the old code left a file and the new one would not; and
// errors that are noted but not answered before the commit.
func (d *draft) leaves(st *stream) error {
	var bad error
	for _, t := range st.tail {
		ast.Inspect(t, func(n ast.Node) bool {
			if bad != nil {
				return false
			}
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				if n != st.uses.commit && !d.onError(n, t) && !d.within(n, st.uses.commit) && before(n, st.uses.commit) {
					bad = refuse("it returns in the middle (line %d), where the file is not complete", d.line(n))
				}
			case *ast.BranchStmt:
				if n.Label != nil || !d.inLoop(n, t) && d.inLoop(st.assign, st.fn) && n.Tok != token.FALLTHROUGH {
					bad = refuse("it leaves the block in the middle (line %d)", d.line(n))
				}
			case *ast.AssignStmt:
				bad = d.answered(st, n)
			}
			return true
		})
	}
	return bad
}

func before(n, other ast.Node) bool { return other == nil || n.Pos() < other.Pos() }

// answered refuses "err = …" with the file in it that no test follows: Commit
// would then publish what is not complete.
func (d *draft) answered(st *stream, a *ast.AssignStmt) error {
	start, _ := d.span(a)
	if d.isGone(start) || !before(a, st.uses.commit) || d.within(a, st.uses.commit) || !d.touches(st, a) {
		return nil
	}
	last, ok := a.Lhs[len(a.Lhs)-1].(*ast.Ident)
	if !ok || !isErrorName(last.Name) || slices.Contains(st.uses.over, last) {
		return nil
	}
	if f, ok := d.up[a].(*ast.IfStmt); ok && f.Init == a {
		return nil
	}
	_, list := d.statement(a)
	next := following(list, a)
	if r, ok := next.(*ast.ReturnStmt); ok && r == st.uses.commit && len(r.Results) == 1 && d.key(r.Results[0]) == last.Name {
		return nil // tested above the commit
	}
	if f, ok := next.(*ast.IfStmt); ok && isErrorTest(f.Cond) && d.key(f.Cond.(*ast.BinaryExpr).X) == last.Name && d.ends(f.Body) {
		return nil
	}
	return refuse("the error of line %d is not answered before the file is closed", d.line(a))
}

func isErrorName(name string) bool {
	return name == "e" || strings.Contains(strings.ToLower(name), "err")
}

// touches reports whether n uses the file or a writer over it.
func (d *draft) touches(st *stream, n ast.Node) bool {
	return slices.ContainsFunc(st.uses.all, func(u *ast.Ident) bool { return d.within(u, n) })
}

// tidied takes out what removed the half-written file, and refuses other uses
// of its name before the commit: under that name there is nothing yet.
func (d *draft) tidied(st *stream) error {
	names := []ast.Expr{st.target}
	if st.temp != nil {
		names = append(names, st.temp)
	}
	if d.deferredRemoval(st.open, d.key(st.target)) {
		return refuse("a defer removes the file")
	}
	b, _ := body(st.fn)
	var bad error
	ast.Inspect(b, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || bad != nil {
			return bad == nil
		}
		start, _ := d.span(c)
		if c == st.open || c == st.rename || d.isGone(start) {
			return false
		}
		bad = d.byName(st, c, names)
		return bad == nil
	})
	return bad
}

// byName looks at one call that may be given one of the names.
func (d *draft) byName(st *stream, c *ast.CallExpr, names []ast.Expr) error {
	if d.key(c.Fun) == st.file.Name+".Name" {
		if p, ok := d.up[c].(*ast.AssignStmt); ok && d.lost(p) {
			return nil
		}
		return d.tempName(c)
	}
	hit := false
	for _, a := range c.Args {
		temp := st.rename != nil && d.isTemp(st, a)
		hit = hit || temp || slices.ContainsFunc(names, func(n ast.Expr) bool { return d.key(n) == d.key(a) })
	}
	name := d.callee(c)
	switch {
	case !hit || c.Pos() < st.open.Pos() || strings.HasPrefix(name, "fmt.") || strings.HasPrefix(name, "errors.") || strings.HasPrefix(name, "log"):
		return nil
	case d.computes(c):
		return nil
	case name == "os.Remove":
		if st.rename == nil && !d.errorBranch(c, st) {
			return refuse("line %d removes the file afterwards", d.line(c))
		}
		return d.drop(c)
	case name == "os.Chmod" && st.rename != nil && c.Pos() < st.rename.Pos():
		if _, ok := constant(c.Args[1]); ok {
			st.mode = d.text(c.Args[1])
			return d.succeed(c)
		}
	case st.uses.commit != nil && c.Pos() > st.uses.commit.End():
		return nil
	}
	return refuse("the file is used by its name before it is complete (line %d)", d.line(c))
}

// tempName is a use of f.Name(): only what disappears with the temp may have
// one.
func (d *draft) tempName(c *ast.CallExpr) error {
	outer, ok := d.up[c].(*ast.CallExpr)
	if ok && d.callee(outer) == "os.Remove" {
		return d.drop(outer)
	}
	if ok && d.callee(outer) == "os.Chmod" {
		return nil // looked at as the outer call
	}
	return refuse("the temp's own name is used (line %d)", d.line(c))
}
