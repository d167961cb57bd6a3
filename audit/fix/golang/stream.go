package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// stream is a file that is opened, filled, closed and, if it is a temp,
// renamed.
type stream struct {
	open   *ast.CallExpr
	assign *ast.AssignStmt
	file   *ast.Ident
	check  *ast.IfStmt // of the error of open
	tail   []ast.Stmt  // what follows the check, in the same list
	whole  bool        // the list is the function's body
	fn     ast.Node
	target ast.Expr
	mode   string
	rename *ast.CallExpr // of a temp
	temp   ast.Expr      // its name, if it has one of its own
	backup ast.Expr      // the old file's second name, if it is given one
	uses   handleUses
}

// stream rewrites a file that is opened, written and closed in one function:
// the library's File takes its place, and Commit that of the last Close, or of
// the rename.
func (d *draft) stream(site *audit.Site, c *ast.CallExpr) error {
	st, err := d.opened(c)
	if err != nil {
		return err
	}
	if err := d.kind(site, st); err != nil {
		return err
	}
	if err := d.handled(st); err != nil {
		return err
	}
	commit := d.closed
	if st.rename != nil {
		commit = d.renamed
	}
	if err := commit(st); err != nil {
		return err
	}
	if err := d.leaves(st); err != nil {
		return err
	}
	if err := d.tidied(st); err != nil {
		return err
	}
	return d.begin(st)
}

// opened reads "f, err := os.Create(…)" with the test of err behind it.
func (d *draft) opened(c *ast.CallExpr) (*stream, error) {
	a, ok := d.up[c].(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE || len(a.Lhs) != 2 || len(a.Rhs) != 1 {
		return nil, refuse("the open file is not put into a new variable right there")
	}
	st := &stream{open: c, assign: a, fn: d.function(c), mode: "0o666"}
	f, ok := a.Lhs[0].(*ast.Ident)
	if !ok || f.Obj == nil || f.Obj.Pos() != f.Pos() {
		return nil, refuse("the variable of the open file was declared before, as an *os.File")
	}
	e, ok := a.Lhs[1].(*ast.Ident)
	if !ok || e.Name == "_" {
		return nil, refuse("the error of opening it is not looked at")
	}
	st.file = f
	_, list := d.statement(a)
	if !inList(list, a) {
		return nil, refuse("it is opened in the head of another statement")
	}
	check, ok := following(list, a).(*ast.IfStmt)
	if !ok || check.Init != nil || check.Else != nil || !isErrorTest(check.Cond) || !d.ends(check.Body) {
		return nil, refuse("the error of opening it is not answered by leaving the function")
	}
	st.check = check
	b, _ := body(st.fn)
	st.whole = d.up[a] == b
	for i, x := range list {
		if x == check {
			st.tail = list[i+1:]
		}
	}
	return st, nil
}

// ends reports whether a block leaves the function.
func (s *source) ends(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch x := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.ExprStmt:
		c, ok := x.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		if id, isID := c.Fun.(*ast.Ident); isID && id.Name == "panic" {
			return true
		}
		name := s.callee(c)
		if name == "os.Exit" || strings.HasPrefix(name, "log.Fatal") || strings.HasPrefix(name, "log.Panic") {
			return true
		}
		sel, ok := c.Fun.(*ast.SelectorExpr)
		return ok && (sel.Sel.Name == "Fatal" || sel.Sel.Name == "Fatalf")
	}
	return false
}

// kind settles target, mode and whether it is a temp.
func (d *draft) kind(site *audit.Site, st *stream) error {
	c := st.open
	switch d.callee(c) {
	case "os.OpenFile":
		st.mode = d.text(c.Args[2])
	case "os.CreateTemp", "os.TempFile":
		st.mode = "0o600"
	}
	if site.Verdict == protocol.UpdateInPlace {
		d.ask("it was opened without truncation: what was longer before is no longer kept at the end")
	}
	if site.Facts.Staging == protocol.NotStaged {
		st.target = c.Args[0]
		return nil
	}
	return d.staged(site, st)
}

// staged finds the rename of a temp that is written piece by piece.
func (d *draft) staged(site *audit.Site, st *stream) error {
	for _, step := range site.Steps {
		if step.Late || step.Op != "rename" || step.Span.File != d.Path {
			continue
		}
		if r := d.call(step.Span); r != nil && d.callee(r) == "os.Rename" && d.function(r) == st.fn && len(r.Args) == 2 {
			st.rename = r
		}
	}
	if st.rename == nil || d.top(st.rename, st.open) == nil {
		return refuse("the temp is not renamed by a plain os.Rename in the same function")
	}
	st.target = st.rename.Args[1]
	if name := d.callee(st.open); name == "os.Create" || name == "os.OpenFile" {
		st.temp = st.open.Args[0]
	}
	if !d.isTemp(st, st.rename.Args[0]) {
		return refuse("what is renamed is not, as far as can be seen, the temp")
	}
	if !d.visible(st.target, st.open.Pos()) {
		return refuse("the name of the target is not settled yet where the temp is made")
	}
	d.ask("the temp file and the rename become one replacement" + d.changes(site))
	g := &group{write: st.open, target: st.target, temp: st.temp}
	if err := d.window(site, g); err != nil {
		return err
	}
	st.backup = g.backup
	if id, ok := st.temp.(*ast.Ident); ok && slices.ContainsFunc(d.uses(id), d.assigns) {
		return refuse("the name of the temp changes on the way")
	}
	return nil
}

// isTemp reports whether an expression is the temp's name: as it was opened,
// f.Name(), or a variable that holds that.
func (d *draft) isTemp(st *stream, e ast.Expr) bool {
	if st.temp != nil && d.key(e) == d.key(st.temp) || d.key(e) == st.file.Name+".Name()" {
		return true
	}
	id, ok := e.(*ast.Ident)
	if !ok || id.Obj == nil {
		return false
	}
	a, ok := id.Obj.Decl.(*ast.AssignStmt)
	return ok && len(a.Lhs) == 1 && len(a.Rhs) == 1 && d.key(a.Rhs[0]) == st.file.Name+".Name()"
}

// begin writes the call that opens the replacement, and the Close that
// abandons it.
func (d *draft) begin(st *stream) error {
	var fields []string
	if st.backup != nil {
		fields = append(fields, "Keep: 1")
		if !d.isBackup(st.backup, st.target) {
			d.say("the earlier version is then called NAME.bak")
		}
	}
	if bits, ok := literal(st.mode); ok && bits&0o077 == 0 && st.rename != nil && d.callee(st.open) != "os.CreateTemp" && d.callee(st.open) != "os.TempFile" {
		fields = append(fields, "Private: true")
	}
	d.need(library)
	d.replace(st.open, spaced(d.with(fields, st.open)+".Create("+d.text(st.target)+", "+st.mode+")"))
	if !st.uses.deferred {
		if d.inLoop(st.assign, st.fn) {
			return refuse("it is opened in a loop, and not closed on every way out")
		}
		d.after(st.check, "defer "+st.file.Name+".Close()")
	}
	return nil
}

func (s *source) inLoop(n, fn ast.Node) bool {
	for ; n != nil && n != fn; n = s.up[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		}
	}
	return false
}
