package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// remains sees to it that nothing but what goes away uses the temp: its
// making, the clean-up after an error.
func (g *group) remains(*grammar.Node) error {
	if late(g.Site) {
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
		g.head(c.Start, args.list, g.Need("atomic_write")+"("+g.bare(g.target)+", ")
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
		g.Put(args.last(), args.last(), ", "+perm+"="+g.perm)
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
		g.Put(from, to, "")
	}
	if first.Len() > 0 {
		at := g.Start(g.write)
		g.Put(at, at, first.String())
	}
	if len(g.backup) > 0 {
		g.Note("the backup is a second name of the old file, so that the file itself is never missing")
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
		text += string(g.Text[at:b[0].Start]) + g.Need("keep_backup") + "(" + g.bare(g.target) + ", " + g.bare(b[1]) + ")"
		at = b[0].End
	}
	text += string(g.Text[at:to])
	if !strings.HasSuffix(text, "\n") {
		text += g.Newline()
	}
	return text
}
