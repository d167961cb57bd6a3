package python

import (
	"bytes"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// remains sees to it that nothing but what goes away uses the temp: its
// making, the clean-up after an error.
func (g *group) remains(*grammar.Node) error {
	if late(g.site) {
		return refuse("after an error the backup is put back by hand, which would now undo a good save: that must go first")
	}
	try := g.write.Up("try_statement")
	for _, n := range g.variable(g.temp) {
		st := statement(n)
		switch {
		case page.Within(n, g.write.Kids[0]) || page.Within(n, g.commit), g.dropped(n):
		case st.Is("expression_statement") && st.Kids[0].Is("assignment") && st.Kids[0].Get("left") == n && g.pure(st.Kids[0].Get("right")):
			g.gone = append(g.gone, st)
		case try != nil && function(try) == function(g.write) && g.cleanup(n, try):
		default:
			return refuse("the temp %s is used on line %d as well", g.temp, g.Line(n.Start))
		}
	}
	return nil
}

// dropped reports whether n lies in a statement that goes away.
func (g *group) dropped(n *grammar.Node) bool {
	for _, st := range g.gone {
		if page.Within(n, st) {
			return true
		}
	}
	return false
}

// cleanup takes the statement of an error handler that removes the temp, with
// the test or the block around it.
func (g *group) cleanup(n, try *grammar.Node) bool {
	clause := n.Up("except_clause", "finally_clause")
	if clause == nil || clause.Parent != try {
		return false
	}
	st := n
	for st.Parent != nil && st.Parent.Parent != clause {
		st = st.Parent
	}
	if !g.tidies(st) {
		return false
	}
	g.gone = append(g.gone, st)
	return true
}

// tidies reports whether a statement does nothing but remove the temp, if it
// is there.
func (g *group) tidies(st *grammar.Node) bool {
	for m := range st.All() {
		switch m.Kind {
		case "call":
			fn := m.Get("function")
			name := g.Str(fn)
			if fn.Is("attribute") {
				name = g.Str(fn.Get("attribute"))
			}
			switch name {
			case "unlink", "remove", "exists", "isfile", "is_file", "suppress", "Path", "str":
			default:
				return false
			}
		case "assignment", "raise_statement", "return_statement", "await":
			return false
		}
	}
	return true
}

// rewriteWrite turns the write of the temp into one of the target.
func (g *group) rewriteWrite(c *grammar.Node) error {
	target, args := g.bare(g.target), arguments{}
	perm := "perm"
	if !g.write.Is("with_statement") {
		args, perm = g.arguments(c), "mode"
		if args.stars || !args.only("data", "encoding", "errors", "newline") {
			return refuse("its arguments are packed, and cannot be seen")
		}
		g.head(c.Start, args.list, g.need("atomic_write")+"("+g.bare(g.target)+", ")
		g.nameText(args)
	} else {
		var open *grammar.Node
		for m := range g.write.Kids[0].All() {
			if m.Is("call") && (m == c || g.perm != "" && open == nil && !page.Within(c, g.write)) {
				open = m
			}
		}
		if open == nil {
			return refuse("the temp is not opened in the with block")
		}
		o, err := g.opened(open)
		if err != nil {
			return err
		}
		f, err := g.draft.target(open)
		if err != nil {
			return err
		}
		body := g.write.Get("body")
		if err := g.onlyWritten(body, f); err != nil {
			return err
		}
		if err := g.leavesAlone(body, g.Str(g.target)); err != nil {
			return err
		}
		g.toAtomic(o, target)
		args = o.args
	}
	if g.perm != "" {
		g.put(args.last(), args.last(), ", "+perm+"="+g.perm)
	}
	return nil
}

// rewriteRest moves the backup before the write, and deletes what has no
// meaning any more.
func (g *group) rewriteRest(*grammar.Node) error {
	g.gone = append(g.gone, g.commit)
	var first strings.Builder
	for _, st := range g.moved {
		from, to, ok := g.Lines(st)
		if !ok {
			return refuse("line %d holds more than the statement that would have to move", g.Line(st.Start))
		}
		from = g.Above(st, from)
		first.WriteString(g.moving(st, from, to))
		_, to, _ = g.Extent(st, true)
		g.put(from, to, "")
	}
	if first.Len() > 0 {
		at := g.Start(g.write)
		g.put(at, at, first.String())
	}
	if len(g.backup) > 0 {
		g.note("the backup is a second name of the old file, so that the file itself is never missing")
	}
	return g.clear()
}

// moving is the text of the lines of a statement with the renames in it turned
// into keep_backup.
func (g *group) moving(st *grammar.Node, from, to int) string {
	text, at := "", from
	for _, b := range g.backup {
		if !page.Within(b[0], st) {
			continue
		}
		text += string(g.Text[at:b[0].Start]) + g.need("keep_backup") + "(" + g.bare(g.target) + ", " + g.bare(b[1]) + ")"
		at = b[0].End
	}
	text += string(g.Text[at:to])
	if !strings.HasSuffix(text, "\n") {
		text += g.Newline()
	}
	return text
}

// clear deletes the statements that are gone, and a try that then handles
// nothing.
func (g *group) clear() error {
	cut := g.gone
	for _, st := range cut {
		block := st.Parent
		if clause := block.Parent; clause.Is("except_clause", "finally_clause") && g.pointless(clause) {
			if err := g.unwrap(clause); err != nil {
				return err
			}
			continue
		}
		if g.last(block) {
			return refuse("line %d would leave an empty block", g.Line(st.Start))
		}
		if err := g.remove(st, st.Start > g.write.Start); err != nil {
			return err
		}
	}
	return nil
}

// last reports whether nothing of a block would be left.
func (g *group) last(block *grammar.Node) bool {
	for _, k := range block.Kids {
		if !k.Is("comment") && !g.dropped(k) {
			return false
		}
	}
	return true
}

// pointless reports whether a clause of a try does nothing more than go on
// with the error once the clean-up is gone.
func (g *group) pointless(clause *grammar.Node) bool {
	for _, k := range clause.Kids[len(clause.Kids)-1].Kids {
		if !g.dropped(k) && g.Str(k) != "raise" {
			return false
		}
	}
	return true
}

// unwrap takes a try with only this clause away from around its block.
func (g *group) unwrap(clause *grammar.Node) error {
	try := clause.Parent
	body := try.Get("body")
	if len(try.Kids) != 2 || page.Commented(clause) {
		return refuse("the try around it has more to do than remove the temp: change it by hand")
	}
	for m := range body.All() {
		if m.Is("string") && bytes.IndexByte(g.Text[m.Start:m.End], '\n') >= 0 {
			return refuse("the block in the try holds a text of several lines, and would have to be indented anew")
		}
	}
	if len(body.Kids) == 0 || g.Line(try.Start) == g.Line(body.Kids[0].Start) {
		return refuse("the try stands on one line with its block")
	}
	outer, inner := g.Indent(try), g.Indent(body.Kids[0])
	if !strings.HasPrefix(inner, outer) {
		return refuse("the indentation around the try is not even")
	}
	start := g.Start(try)
	first := g.Start(body.Kids[0])
	if c := g.Text[start:first]; bytes.Count(c, []byte("\n")) > 1 {
		first = start + bytes.IndexByte(c, '\n') + 1 // comments under the try stay
	}
	g.put(start, first, "")
	for i, e := range g.edits { // lines that were put in
		if e.Start == e.End && strings.HasPrefix(e.New, inner) && e.Start >= start && e.Start < clause.Start {
			g.edits[i].New = outer + strings.ReplaceAll(e.New[len(inner):], "\n"+inner, "\n"+outer)
		}
	}
	end := g.Start(clause)
	for at := first; at < end; {
		if n := len(inner) - len(outer); bytes.HasPrefix(g.Text[at:], []byte(inner)) && !g.covered(at) {
			g.put(at, at+n, "")
		}
		next := bytes.IndexByte(g.Text[at:end], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	_, to, ok := g.Lines(clause)
	if !ok {
		return refuse("the lines of the handler hold more than it")
	}
	g.put(end, to, "")
	return nil
}

// covered reports whether a line is already deleted, or will be.
func (g *group) covered(at int) bool {
	for _, e := range g.edits {
		if e.Start <= at && at < e.End {
			return true
		}
	}
	for _, st := range g.gone {
		if from, to, _ := g.Lines(st); from <= at && at < to {
			return true
		}
	}
	return false
}
