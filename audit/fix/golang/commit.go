package golang

import (
	"go/ast"
	"slices"
	"strings"
)

// closed puts Commit where the file is closed on the usual way, or at the end
// of the function if only a defer closes it.
func (d *draft) closed(st *stream) error {
	var usual []*ast.CallExpr
	for _, c := range st.uses.closes {
		if !d.errorBranch(c, st) {
			usual = append(usual, c)
		}
	}
	switch {
	case len(usual) > 1:
		return refuse("it is closed in more than one place")
	case len(usual) == 1:
		return d.commitAt(st, usual[0])
	case !st.uses.deferred && !st.uses.literal:
		return refuse("it is not closed where it was opened")
	case !st.whole:
		return refuse("it is closed by a defer, and was not opened at the top of the function")
	}
	return d.commitAtEnd(st)
}

// errorBranch reports whether n stands in the branch of an error in the tail.
func (s *source) errorBranch(n ast.Node, st *stream) bool {
	for _, t := range st.tail {
		if s.within(n, t) {
			return s.onError(n, t)
		}
	}
	return false
}

// commitAt puts Commit in the place of the Close c.
func (d *draft) commitAt(st *stream, c *ast.CallExpr) error {
	s, _ := d.statement(c)
	if !inList(st.tail, s) {
		return refuse("it is closed in a branch (line %d)", d.line(c))
	}
	st.uses.commit = s
	switch x := s.(type) {
	case *ast.ReturnStmt:
		if slices.ContainsFunc(x.Results, func(e ast.Expr) bool { return e == c }) {
			return d.rename(c, "Commit")
		}
	case *ast.IfStmt:
		a, ok := x.Init.(*ast.AssignStmt)
		if ok && len(a.Lhs) == 1 && a.Rhs[0] == c && isErrorTest(x.Cond) && d.key(x.Cond.(*ast.BinaryExpr).X) == d.key(a.Lhs[0]) {
			return d.rename(c, "Commit")
		}
		return refuse("it is closed whether or not the writing went well (line %d)", d.line(c))
	case *ast.AssignStmt:
		if !blankOnly(x.Lhs) {
			return d.rename(c, "Commit")
		}
		return d.commitLoud(st, s)
	case *ast.ExprStmt:
		return d.commitLoud(st, s)
	}
	return refuse("what is done with the result of Close is not understood (line %d)", d.line(c))
}

// rename gives the method of a call another name.
func (d *draft) rename(c *ast.CallExpr, name string) error {
	d.replace(c.Fun.(*ast.SelectorExpr).Sel, name)
	return nil
}

// commitLoud replaces a Close whose error nobody looked at: when Commit fails
// nothing is written, so its error goes where that of opening goes.
func (d *draft) commitLoud(st *stream, s ast.Stmt) error {
	d.replace(s, strings.TrimSpace(d.block(d.indent(s), d.answer(st))))
	return nil
}

// answer is Commit with its error answered as that of opening the file.
func (d *draft) answer(st *stream) []string {
	name := st.assign.Lhs[1].(*ast.Ident).Name
	head := "if " + name + " := " + st.file.Name + ".Commit(); " + name + " != nil {"
	_, t := body(st.fn)
	text := strings.ToLower(d.text(st.check.Body))
	if strings.Contains(text, `"`) && (strings.Contains(text, "creat") || strings.Contains(text, "open")) {
		if oneError(t) {
			return []string{head, "\treturn " + name, "}"}
		}
		d.ask("an error of the commit is answered in the words for one of opening the file")
	}
	lines := []string{head}
	own := d.indent(st.check)
	for _, l := range strings.Split(d.text(st.check.Body), "\n")[1:] {
		lines = append(lines, strings.TrimRight(strings.TrimPrefix(l, own), "\r"))
	}
	if len(lines) == 1 { // the block stands on one line
		return []string{head + strings.TrimPrefix(d.text(st.check.Body), "{")}
	}
	return lines
}

// commitAtEnd puts Commit before the function's last return, or at its end.
func (d *draft) commitAtEnd(st *stream) error {
	if len(st.tail) == 0 {
		return refuse("nothing is done with the open file")
	}
	last := st.tail[len(st.tail)-1]
	_, t := body(st.fn)
	ret, ok := last.(*ast.ReturnStmt)
	if !ok {
		if t.Results != nil {
			return refuse("the function does not end with a return")
		}
		d.after(last, d.answer(st)...)
		return nil
	}
	st.uses.commit = ret
	commit := st.file.Name + ".Commit()"
	switch n := len(ret.Results); {
	case n == 0 && t.Results != nil:
		return refuse("it returns by the names of its results")
	case n == 0 || n > 1 && d.text(ret.Results[n-1]) == "nil":
		d.above(ret, d.answer(st)...)
	case n > 1 || t.Results == nil || d.key(t.Results.List[0].Type) != "error":
		return refuse("what it returns at its end is not plainly an error")
	case d.text(ret.Results[0]) == "nil":
		d.replace(ret.Results[0], commit)
	default:
		d.commitAfter(ret, commit)
	}
	return nil
}

// commitAfter has the error of the last step looked at, then commits.
func (d *draft) commitAfter(ret *ast.ReturnStmt, commit string) {
	if id, ok := ret.Results[0].(*ast.Ident); ok {
		d.above(ret, "if "+id.Name+" != nil {", "\treturn "+id.Name, "}")
		d.replace(id, commit)
		return
	}
	start, _ := d.span(ret)
	from, to := d.span(ret.Results[0])
	in := d.indent(ret)
	d.edits = append(d.edits, swap(start, from, "if err := "))
	d.insert(to, "; err != nil {"+d.eol+in+"\treturn err"+d.eol+in+"}"+d.eol+in+"return "+commit)
}

// renamed puts Commit in the place of the rename of a temp; the Close before
// it goes.
func (d *draft) renamed(st *stream) error {
	for _, c := range st.uses.closes {
		switch {
		case d.errorBranch(c, st):
		case c.Pos() > st.rename.Pos():
			return refuse("it is closed after the rename (line %d)", d.line(c))
		default:
			if err := d.succeed(c); err != nil {
				return err
			}
		}
	}
	for _, u := range st.uses.all {
		if start, _ := d.span(u); u.Pos() > st.rename.End() && !d.isGone(start) {
			return refuse("the open file is used after the rename (line %d)", d.line(u))
		}
	}
	s, _ := d.statement(st.rename)
	st.uses.commit = s
	if x, ok := s.(*ast.ExprStmt); ok && x.X == st.rename {
		return d.commitLoud(st, s)
	}
	d.replace(st.rename, st.file.Name+".Commit()")
	return nil
}
