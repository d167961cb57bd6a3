package python

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// A group is a temp file, written, and what gives it the target's name. It
// becomes one call of the writer.
type group struct {
	*draft
	write  *grammar.Node      // the statement that writes the temp
	commit *grammar.Node      // the statement that renames it
	target *grammar.Node      // the expression of the target there
	temp   string             // the temp's name as the source says it: a variable
	moved  []*grammar.Node    // statements that put the old file aside, to run before
	backup [][2]*grammar.Node // in moved: the rename and the name that the old file gets
	gone   []*grammar.Node    // statements that have no meaning any more
	perm   string             // the mode that the temp got
}

// group rewrites temp + rename around the call c that opens the temp.
func (d *draft) group(c *grammar.Node) error {
	g := &group{draft: d, write: statement(c)}
	if d.resolve(c.Get("function")) == "tempfile.NamedTemporaryFile" {
		return refuse("the temp is made by NamedTemporaryFile, whose name is used apart from it: call the writer in its place")
	}
	steps := []func(*grammar.Node) error{g.naming, g.committing, g.between, g.remains, g.rewriteWrite, g.rewriteRest}
	for _, step := range steps {
		if err := step(c); err != nil {
			return err
		}
	}
	return nil
}

// naming finds the temp's name.
func (g *group) naming(c *grammar.Node) error {
	fn := c.Get("function")
	if g.resolve(fn) == "tempfile.mkstemp" {
		return g.mkstemp(c)
	}
	if fn.Is("attribute") && slices.Contains([]string{"write_text", "write_bytes"}, g.Str(fn.Get("attribute"))) && g.resolve(fn) == "" {
		if expression(g.write) != c {
			return refuse("what write_text returns is used")
		}
		return g.variableOf(fn.Get("object"))
	}
	o, err := g.opened(c)
	if err != nil {
		return err
	}
	if g.async(g.write) || !g.write.Is("with_statement") {
		return refuse("the temp is not written in a plain with block")
	}
	return g.variableOf(o.path)
}

func (g *group) variableOf(path *grammar.Node) error {
	if !path.Is("identifier") {
		return refuse("the temp has no variable of its own")
	}
	g.temp = g.Str(path)
	return nil
}

// mkstemp understands fd, tmp = tempfile.mkstemp(…), whose file is then opened
// by os.fdopen(fd, …) in a with block.
func (g *group) mkstemp(c *grammar.Node) error {
	left := c.Parent.Get("left")
	if expression(g.write) != c.Parent || !left.Is("pattern_list") || len(left.Kids) != 2 || !left.Kids[1].Is("identifier") {
		return refuse("what mkstemp returns is not taken apart at once")
	}
	fd := g.Str(left.Kids[0])
	g.temp, g.perm = g.Str(left.Kids[1]), "0o600"
	uses := g.variable(fd)
	if len(uses) != 2 {
		return refuse("the descriptor %s is used on its own", fd)
	}
	g.gone = append(g.gone, g.write)
	open := uses[1].Up("call")
	w := uses[1].Up("with_statement")
	if !slices.Contains([]string{"os.fdopen", "open"}, g.resolve(open.Get("function"))) || w == nil || !page.Within(open, w.Kids[0]) {
		return refuse("the descriptor %s is not opened in a with block", fd)
	}
	g.write = w
	return nil
}

// variable is where a variable of the function is meant, in order.
func (g *group) variable(name string) []*grammar.Node { return g.source.named(function(g.write), name) }

// committing finds the rename of the temp.
func (g *group) committing(c *grammar.Node) error {
	for _, st := range page.After(g.write) {
		from, to, ok := g.rename(expression(st))
		if ok && g.Str(from) == g.temp {
			g.commit, g.target = st, to
			return nil
		}
	}
	return refuse("the temp is not renamed in the block that writes it")
}

// rename understands os.replace(a, b), a.replace(b) and the like.
func (g *group) rename(c *grammar.Node) (from, to *grammar.Node, ok bool) {
	if !c.Is("call") {
		return nil, nil, false
	}
	a, fn := g.arguments(c), c.Get("function")
	switch {
	case a.stars || len(a.named) > 0:
	case len(a.pos) == 2 && slices.Contains([]string{"os.replace", "os.rename", "shutil.move"}, g.resolve(fn)):
		return g.path(a.pos[0]), a.pos[1], true
	case len(a.pos) == 1 && fn.Is("attribute") && g.resolve(fn) == "" && slices.Contains([]string{"replace", "rename"}, g.Str(fn.Get("attribute"))):
		return g.path(fn.Get("object")), a.pos[0], true
	}
	return nil, nil, false
}

// path is an expression of a path without str() or Path() around it.
func (g *group) path(n *grammar.Node) *grammar.Node {
	if n.Is("call") && slices.Contains([]string{"str", "Path"}, g.Str(n.Get("function"))) {
		if a := g.arguments(n); len(a.pos) == 1 {
			return a.pos[0]
		}
	}
	return n
}

// between sorts the statements between write and rename.
func (g *group) between(*grammar.Node) error {
	for _, st := range page.After(g.write) {
		if st == g.commit {
			return nil
		}
		if bits := g.chmodOf(st, g.temp); bits != "" {
			g.perm = bits
			g.gone = append(g.gone, st)
			continue
		}
		if c := expression(st); c.Is("call") && g.resolve(c.Get("function")) == "shutil.copymode" {
			g.perm = "" // the writer keeps the mode
			g.gone = append(g.gone, st)
			continue
		}
		if g.aside(st) {
			continue
		}
		return refuse("something else happens on line %d before the rename: %s", g.Line(st.Start), page.Short(g.Str(st)))
	}
	return nil
}

// steps that only the audit sees
func late(s *audit.Site) bool {
	return slices.ContainsFunc(s.Steps, func(st audit.Step) bool { return st.Late && strings.Contains(st.Op, "rename") })
}
