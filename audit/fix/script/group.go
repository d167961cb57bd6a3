package script

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// A group is a temp file, written, and what gives it the target's name. It
// becomes one call of the writer.
type group struct {
	*draft
	whole  *whole
	write  *grammar.Node // the statement that writes the temp
	wait   bool          // it is awaited
	temp   string        // the temp's variable
	commit *grammar.Node // the statement that renames it
	target *grammar.Node // the target there
	moved  []*grammar.Node
	backup [][2]*grammar.Node // in moved: the rename and the name that the old file gets
	gone   []*grammar.Node    // statements, and declarators, that have no meaning any more
}

// group rewrites temp + rename around the call that writes the temp.
func (d *draft) group(c *grammar.Node) error {
	w, err := d.understood(c)
	if err != nil {
		return err
	}
	g := &group{draft: d, whole: w, write: statement(c)}
	call, wait := action(g.write)
	if call != c || w.callback != nil {
		return refuse("the write of the temp is not a statement of its own")
	}
	if g.wait = wait; wait != (w.writer == "writeAtomic") {
		return refuse("nobody waits for the write of the temp")
	}
	if !w.path.Is("identifier") {
		return refuse("the temp has no variable of its own")
	}
	g.temp = d.Str(w.path)
	for _, step := range []func() error{g.committing, g.between, g.remains, g.rewrite} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// committing finds the rename of the temp, which may tidy up after itself.
func (g *group) committing() error {
	for _, st := range page.After(g.write) {
		c, _ := action(st)
		if fn := c.Get("function"); fn.Is("member_expression") && g.Str(fn.Get("property")) == "catch" {
			c = fn.Get("object")
		}
		if from, to, ok := g.rename(c); ok && g.Str(from) == g.temp {
			g.commit, g.target = st, to
			return nil
		}
	}
	return refuse("the temp is not renamed in the block that writes it")
}

// rename understands rename(a, b) of any kind.
func (g *group) rename(c *grammar.Node) (from, to *grammar.Node, ok bool) {
	if !c.Is("call_expression") {
		return nil, nil, false
	}
	switch g.resolve(c.Get("function")) {
	case "fs.promises.rename", "fs.renameSync", "extra.rename", "extra.renameSync", "extra.move", "extra.moveSync":
	default:
		return nil, nil, false
	}
	args, ok := arguments(c)
	if !ok || len(args) < 2 {
		return nil, nil, false
	}
	return args[0], args[1], true
}

// between sorts the statements between write and rename.
func (g *group) between() error {
	for _, st := range page.After(g.write) {
		if st == g.commit {
			return nil
		}
		if bits := g.chmodOf(st, g.temp, g.wait); bits != "" {
			g.gone = append(g.gone, st)
			g.whole.keep = append(slices.DeleteFunc(g.whole.keep, func(k string) bool { return strings.HasPrefix(k, "mode") }), "chmod: "+bits)
			continue
		}
		if g.names(st) {
			g.moved = append(g.moved, st)
			continue
		}
		if g.aside(st) {
			continue
		}
		return refuse("something else happens on line %d before the rename: %s", g.Line(st.Start), page.Short(g.Str(st)))
	}
	return nil
}

// remains sees to it that nothing but what goes away uses the temp: its
// making, the clean-up after an error.
func (g *group) remains() error {
	for _, st := range g.Site.Steps {
		if st.Late && strings.Contains(st.Op, "rename") {
			return refuse("after an error the backup is put back by hand, which would now undo a good save: that must go first")
		}
	}
	try := g.write.Up("try_statement")
	for _, n := range g.source.named(function(g.write), g.temp) {
		decl := n.Parent
		switch {
		case page.Within(n, g.write) && n == g.whole.path, page.Within(n, g.commit) && g.tidy(g.commit, n), g.dropped(n):
		case decl.Is("variable_declarator") && decl.Get("name") == n && g.pure(decl.Get("value")) && decl.Parent.Is("lexical_declaration", "variable_declaration"):
			g.gone = append(g.gone, decl)
		case try != nil && function(try) == function(g.write) && g.cleanup(n, try):
		default:
			return refuse("the temp %s is used on line %d as well", g.temp, g.Line(n.Start))
		}
	}
	return nil
}

// tidy reports whether n in the statement of the rename is its source, or what
// is removed when it fails.
func (g *group) tidy(st, n *grammar.Node) bool {
	c := n.Up("call_expression")
	if from, _, ok := g.rename(c); ok && from == n {
		return true
	}
	return g.removes(c, g.temp) && c.Up("arrow_function") != nil && page.Within(c.Up("arrow_function"), st)
}

func (g *group) dropped(n *grammar.Node) bool {
	return slices.ContainsFunc(g.gone, func(st *grammar.Node) bool { return page.Within(n, st) })
}

// cleanup takes the statement of an error handler that removes the temp.
func (g *group) cleanup(n, try *grammar.Node) bool {
	clause := n.Up("catch_clause", "finally_clause")
	if clause == nil || clause.Parent != try {
		return false
	}
	st := n
	for st.Parent != nil && st.Parent.Parent != clause {
		st = st.Parent
	}
	for m := range st.All() {
		switch m.Kind {
		case "call_expression":
			if !g.removes(m, g.temp) && !g.harmless(m) {
				return false
			}
		case "throw_statement", "return_statement", "assignment_expression":
			return false
		}
	}
	g.gone = append(g.gone, st)
	return true
}
