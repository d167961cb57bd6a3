package golang

import (
	"go/ast"

	"github.com/wholly-go/wholly/audit"
)

// group is a temp that is written whole and then renamed, as it stands in one
// list of statements.
type group struct {
	write, rename *ast.CallExpr
	temp, target  ast.Expr
	backup        ast.Expr // nil: none
	first, last   ast.Stmt
	list          []ast.Stmt
	mode          string
}

// group rewrites os.WriteFile(temp) with os.Rename(temp, target): one call, if
// nothing else happens in between.
func (d *draft) group(site *audit.Site, c *ast.CallExpr) error {
	g, err := d.find(site, c)
	if err != nil {
		return err
	}
	if err := d.between(g); err != nil {
		return err
	}
	if err := d.window(site, g); err != nil {
		return err
	}
	if err := d.tempUses(g.temp, g.last); err != nil {
		return err
	}
	if err := d.forget(g); err != nil {
		return err
	}
	d.ask("the temp file and the rename become one call" + d.changes(site))
	if single, ok := d.single(g); ok {
		return d.one(g, single, d.policy(single, g.backup, g.target, g.mode))
	}
	d.replace(c.Fun, d.policy(c, g.backup, g.target, g.mode))
	d.replace(c.Args[0], d.text(g.target))
	if g.mode != d.text(c.Args[2]) {
		d.replace(c.Args[2], g.mode)
	}
	return d.succeed(g.rename)
}

// find locates the rename that belongs to the write, in the same list.
func (d *draft) find(site *audit.Site, c *ast.CallExpr) (*group, error) {
	g := &group{write: c, temp: c.Args[0], mode: d.text(c.Args[2])}
	g.first, g.list = d.statement(c)
	var err error
	if g.rename, err = d.published(site, c, d.key(g.temp)); err != nil {
		return nil, err
	}
	g.target = g.rename.Args[1]
	st, list := d.statement(g.rename)
	if g.first == nil || len(list) == 0 || list[0] != g.list[0] {
		return nil, refuse("the write and the rename do not stand in the same block")
	}
	g.last = st
	if !d.visible(g.target, c.Pos()) {
		return nil, refuse("the name of the target is not settled yet where the temp is written")
	}
	return g, nil
}

// published returns the rename of temp in the function of c.
func (d *draft) published(site *audit.Site, c *ast.CallExpr, temp string) (*ast.CallExpr, error) {
	var found *ast.CallExpr
	for _, st := range site.Steps {
		if st.Late || st.Op != "rename" || st.Span.File != d.Path || st.Span.Start < site.Raw.End {
			continue
		}
		r := d.call(st.Span)
		if r != nil && d.callee(r) == "os.Rename" && len(r.Args) == 2 && d.function(r) == d.function(c) && d.key(r.Args[0]) == temp {
			found = r
		}
	}
	if found == nil {
		return nil, refuse("what it writes is not renamed by a plain os.Rename in the same function")
	}
	return found, nil
}

// single reports whether the write is "if err := os.WriteFile(…); err != nil {
// return err }" and the rename is returned: then one return is left.
func (d *draft) single(g *group) (*ast.ReturnStmt, bool) {
	ret, ok := g.last.(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 || ret.Results[0] != g.rename {
		return nil, false
	}
	f, ok := g.first.(*ast.IfStmt)
	if !ok || f.Else != nil || f.Init == nil || !isErrorTest(f.Cond) {
		return nil, false
	}
	a, ok := f.Init.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 || a.Rhs[0] != g.write || len(f.Body.List) == 0 {
		return nil, false
	}
	for _, st := range f.Body.List {
		start, _ := d.span(st)
		if r, isRet := st.(*ast.ReturnStmt); isRet && len(r.Results) == 1 && d.key(r.Results[0]) == d.key(a.Lhs[0]) {
			continue
		}
		if !d.isGone(start) {
			return nil, false
		}
	}
	return ret, true
}

// one puts the whole write into the return.
func (d *draft) one(g *group, ret *ast.ReturnStmt, policy string) error {
	start, end := d.span(g.first)
	for i := len(d.edits) - 1; i >= 0; i-- { // what tidied in it goes with it
		if d.edits[i].Start >= start && d.edits[i].End <= end {
			d.edits = append(d.edits[:i], d.edits[i+1:]...)
		}
	}
	for i := len(d.gone) - 1; i >= 0; i-- {
		if d.gone[i].Start >= start && d.gone[i].End <= end {
			d.gone = append(d.gone[:i], d.gone[i+1:]...)
		}
	}
	if err := d.remove(g.first); err != nil {
		return err
	}
	d.replace(ret.Results[0], spaced(policy+"("+d.text(g.target)+", "+d.text(g.write.Args[1])+", "+g.mode+")"))
	return nil
}
