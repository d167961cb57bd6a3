package script

import (
	"slices"

	"github.com/wholly-go/wholly/audit/grammar"
)

// names reports whether a statement does no more than give a path a name.
func (g *group) names(st *grammar.Node) bool {
	if !st.Is("lexical_declaration", "variable_declaration") {
		return false
	}
	for _, k := range declarators(st) {
		if !k.Get("name").Is("identifier") || k.Get("value") == nil || !g.pure(k.Get("value")) {
			return false
		}
	}
	return len(declarators(st)) > 0
}

// pure reports whether an expression does nothing but build a name.
func (g *group) pure(n *grammar.Node) bool {
	for m := range n.All() {
		switch m.Kind {
		case "await_expression", "assignment_expression", "update_expression", "arrow_function", "function_expression", "yield_expression":
			return false
		case "call_expression":
			fn := m.Get("function")
			name := g.Str(fn)
			if fn.Is("member_expression") {
				name = g.Str(fn.Get("property"))
			}
			if !slices.Contains([]string{"join", "resolve", "dirname", "basename", "extname", "replace", "now", "randomUUID", "toString",
				"randomBytes", "random", "slice", "String", "parse", "format", "uuid", "nanoid", "v4"}, name) {
				return false
			}
		}
	}
	return true
}

// aside takes a statement that puts the old file aside, or removes it, and
// does nothing else but ask whether it is there.
func (g *group) aside(st *grammar.Node) bool {
	target := g.Str(g.target)
	removed := false
	var back [][2]*grammar.Node
	for m := range st.All() {
		switch m.Kind {
		case "assignment_expression", "update_expression", "return_statement", "variable_declarator":
			return false
		case "call_expression":
			from, to, ok := g.rename(m)
			switch {
			case ok && g.Str(from) == target:
				back = append(back, [2]*grammar.Node{m, to})
			case g.removes(m, target):
				removed = true
			case g.harmless(m):
			default:
				return false
			}
		}
	}
	switch {
	case len(back) == 1 && !removed:
		g.moved, g.backup = append(g.moved, st), append(g.backup, back...)
		return true
	case removed && len(back) == 0:
		g.gone = append(g.gone, st)
		return true
	}
	return false
}

// harmless reports whether a call only asks, or handles an error.
func (g *group) harmless(c *grammar.Node) bool {
	fn := c.Get("function")
	switch g.resolve(fn) {
	case "fs.existsSync", "fs.statSync", "fs.accessSync", "fs.promises.stat", "fs.promises.access", "extra.pathExists", "extra.existsSync", "extra.pathExistsSync":
		return true
	}
	return fn.Is("member_expression") && g.Str(fn.Get("property")) == "catch"
}

// removes reports whether a call removes one file.
func (g *group) removes(c *grammar.Node, path string) bool {
	switch g.resolve(c.Get("function")) {
	case "fs.promises.unlink", "fs.promises.rm", "fs.unlinkSync", "fs.rmSync", "extra.remove", "extra.removeSync", "extra.unlink", "extra.unlinkSync":
		args, ok := arguments(c)
		return ok && len(args) > 0 && g.Str(args[0]) == path
	}
	return false
}
