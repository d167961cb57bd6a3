package python

import (
	"slices"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// aside takes a statement that puts the old file aside, or removes it, alone
// or in "if path.exists():".
func (g *group) aside(st *grammar.Node) bool {
	if g.names(st) {
		g.moved = append(g.moved, st)
		return true
	}
	body := []*grammar.Node{st}
	if st.Is("if_statement") {
		if st.Get("alternative") != nil || !g.exists(st.Get("condition")) {
			return false
		}
		body = st.Get("consequence").Kids
	}
	saved := 0
	var drop []*grammar.Node
	var back [][2]*grammar.Node
	for _, k := range body {
		from, to, ok := g.rename(expression(k))
		switch {
		case k.Is("comment"), st.Is("if_statement") && g.names(k):
		case ok && g.Str(from) == g.Str(g.path(g.target)):
			back = append(back, [2]*grammar.Node{k, to})
			saved++
		case g.removal(k):
			drop = append(drop, k)
		default:
			return false
		}
	}
	if saved == 0 {
		g.gone = append(g.gone, st)
		return len(drop) == 1 && (g.removes(drop[0], g.Str(g.path(g.target))) || g.backupName(drop[0]))
	}
	for _, k := range drop {
		if !g.removes(k, g.Str(back[0][1])) {
			return false
		}
	}
	if len(drop) > 0 && len(body) > 1 {
		return false // a removed older backup: the call replaces it, but the lines are the user's
	}
	g.moved, g.backup = append(g.moved, st), append(g.backup, back...)
	return true
}

// names reports whether a statement does no more than give a path a name.
func (g *group) names(st *grammar.Node) bool {
	a := expression(st)
	return a.Is("assignment") && a.Get("left").Is("identifier") && g.Str(a.Get("left")) != g.temp && g.pure(a.Get("right"))
}

// exists reports whether a condition asks for the target's existence and for
// nothing else.
func (g *group) exists(n *grammar.Node) bool {
	if !n.Is("call") {
		return false
	}
	a, fn := g.arguments(n), n.Get("function")
	path := g.Str(g.path(g.target))
	switch g.resolve(fn) {
	case "os.path.exists", "os.path.isfile", "os.path.lexists":
		return len(a.pos) == 1 && g.Str(g.path(a.pos[0])) == path
	}
	return fn.Is("attribute") && len(a.pos) == 0 && slices.Contains([]string{"exists", "is_file"}, g.Str(fn.Get("attribute"))) &&
		g.Str(fn.Get("object")) == path
}

// pure reports whether an expression does nothing but build a name.
func (g *group) pure(n *grammar.Node) bool {
	for m := range n.All() {
		if m.Is("await", "yield", "named_expression", "lambda") {
			return false
		}
		if m.Is("call") {
			fn := m.Get("function")
			name := g.Str(fn)
			if fn.Is("attribute") {
				name = g.Str(fn.Get("attribute"))
			}
			if !slices.Contains([]string{"with_suffix", "with_name", "joinpath", "join", "Path", "str", "PurePath",
				"dirname", "basename", "getpid", "token_hex", "uuid4", "time", "time_ns", "get_ident"}, name) {
				return false
			}
		}
	}
	return true
}

// removal reports whether a statement removes one file.
func (g *group) removal(st *grammar.Node) bool {
	c := expression(st)
	if !c.Is("call") {
		return false
	}
	fn := c.Get("function")
	return slices.Contains([]string{"os.remove", "os.unlink"}, g.resolve(fn)) ||
		fn.Is("attribute") && g.resolve(fn) == "" && g.Str(fn.Get("attribute")) == "unlink"
}

func (g *group) removes(st *grammar.Node, path string) bool {
	if !g.removal(st) {
		return false
	}
	c := expression(st)
	if a := g.arguments(c); len(a.pos) == 1 {
		return g.Str(g.path(a.pos[0])) == path
	}
	return g.Str(c.Get("function").Get("object")) == path
}

// backupName reports whether what a statement removes is what a later one
// makes the backup.
func (g *group) backupName(st *grammar.Node) bool {
	for _, k := range page.After(st) {
		for m := range k.All() {
			if from, to, ok := g.rename(m); ok && g.Str(from) == g.Str(g.path(g.target)) && g.removes(st, g.Str(to)) {
				return true
			}
		}
	}
	return false
}
