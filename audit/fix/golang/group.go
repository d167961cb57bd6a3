package golang

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/protocol"
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
	if g.rename, err = d.published(site, c, d.text(g.temp)); err != nil {
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
		if r != nil && d.callee(r) == "os.Rename" && len(r.Args) == 2 && d.function(r) == d.function(c) && d.text(r.Args[0]) == temp {
			found = r
		}
	}
	if found == nil {
		return nil, refuse("what it writes is not renamed by a plain os.Rename in the same function")
	}
	return found, nil
}

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
		if d.text(rm.Args[0]) == d.text(g.temp) {
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
	target, temp := d.text(g.target), ""
	if g.temp != nil {
		temp = d.text(g.temp)
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
			return d.text(c.Args[i])
		}
		return ""
	}
	switch {
	case (name == "os.Rename" || name == "os.Link") && arg(0) == target:
		g.backup = c.Args[1]
		return true, true
	case name == "os.Rename" && g.backup != nil && arg(0) == d.text(g.backup) && arg(1) == target:
		return true, false // puts the old file back
	case name == "os.Remove":
		return arg(0) == target || arg(0) == temp || g.backup == nil || arg(0) == d.text(g.backup), true
	case name == "os.Chmod" && arg(0) == temp:
		if _, isConst := constant(c.Args[1]); isConst {
			g.mode = arg(1)
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
		if d.text(rm.Args[0]) == d.text(g.backup) {
			g.backup = nil
			return d.succeed(rm)
		}
	}
	return nil
}

// policy is the call that stands for the group: it keeps a backup where the
// group did, and a file private that was.
func (d *draft) policy(at ast.Node, backup, target ast.Expr, mode string) string {
	var fields []string
	if backup != nil {
		fields = append(fields, "Keep: 1")
		if !d.isBackup(backup, target) {
			d.say("the earlier version is then called NAME.bak")
		}
	}
	if bits, ok := literal(mode); ok && bits&0o077 == 0 {
		fields = append(fields, "Private: true")
	}
	d.need(library)
	return d.with(fields, at) + ".WriteFile"
}

// with is the library, or a policy with these fields, before a dot. In the head
// of a statement a literal stands in brackets.
func (d *draft) with(fields []string, at ast.Node) string {
	if len(fields) == 0 {
		return d.lib
	}
	text := d.lib + ".Policy{" + strings.Join(fields, ", ") + "}"
	if st, _ := d.statement(at); st != nil {
		switch st.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt, *ast.RangeStmt:
			return "(" + text + ")"
		}
	}
	return text
}

// isBackup reports whether a name is the one that the library gives the earlier
// version.
func (d *draft) isBackup(name, target ast.Expr) bool {
	text := strings.ReplaceAll(d.text(d.defined(name)), " ", "")
	return text == strings.ReplaceAll(d.text(target), " ", "")+`+".bak"`
}

func literal(text string) (int64, bool) {
	return constant(&ast.BasicLit{Kind: token.INT, Value: text})
}

// changes says what a replacement does otherwise than a temp and a rename.
func (d *draft) changes(site *audit.Site) string {
	text := "; a link under the name is followed, an existing file keeps its owner and mode"
	if site.Facts.Staging == protocol.Elsewhere || site.Facts.Staging == protocol.SystemTemp {
		text += "; the new content is staged beside the file"
	}
	return text
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
		if r, isRet := st.(*ast.ReturnStmt); isRet && len(r.Results) == 1 && d.text(r.Results[0]) == d.text(a.Lhs[0]) {
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
	d.replace(ret.Results[0], policy+"("+d.text(g.target)+", "+d.text(g.write.Args[1])+", "+g.mode+")")
	return nil
}
