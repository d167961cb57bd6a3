package script

import (
	"path"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// source is one JavaScript or TypeScript file, parsed whole.
type source struct {
	*page.Page
	path    string
	imports map[string]string // a name of the file: the function or module of fs that it means
	bound   map[string]bool   // names that the file binds in any way
}

func dialect(name string) grammar.Lang {
	switch path.Ext(name) {
	case ".ts", ".mts", ".cts":
		return grammar.TypeScript
	case ".tsx":
		return grammar.TSX
	}
	return grammar.JavaScript
}

func typed(name string) bool { return dialect(name) != grammar.JavaScript }

// read parses text. A source with a part that is not understood is an error.
func read(name string, text []byte) (*source, error) {
	p, err := page.Read(dialect(name), text, ";")
	if err != nil {
		return nil, err
	}
	s := &source{Page: p, path: name, imports: map[string]string{}, bound: map[string]bool{}}
	s.names()
	return s, nil
}

// modules are the modules whose functions are known, and what they stand for.
var modules = map[string]string{
	"fs": "fs", "node:fs": "fs", "graceful-fs": "fs", "fs/promises": "fs.promises", "node:fs/promises": "fs.promises",
	"fs-extra": "extra", "util": "util", "node:util": "util",
}

// call returns the call at a span, nil if there is none there.
func (s *source) call(at effect.Span) *grammar.Node {
	for n := range s.Root.All() {
		if n.Is("call_expression") && n.Start == at.Start && n.End == at.End {
			return n
		}
	}
	return nil
}

var blocks = []string{"statement_block", "program", "switch_case", "switch_default"}

// statement is the statement that n stands in, directly in a block.
func statement(n *grammar.Node) *grammar.Node {
	for n != nil && n.Parent != nil && !n.Parent.Is(blocks...) {
		n = n.Parent
	}
	return n
}

// action is the call that a statement is, awaited or not; nil if it is more.
func action(st *grammar.Node) (call *grammar.Node, awaited bool) {
	if !st.Is("expression_statement") {
		return nil, false
	}
	n := st.Only()
	if n.Is("await_expression") {
		n, awaited = n.Only(), true
	}
	if n.Is("call_expression") {
		return n, awaited
	}
	return nil, false
}

var functions = []string{"function_declaration", "function_expression", "function", "arrow_function", "method_definition",
	"generator_function", "generator_function_declaration", "program"}

// function is the innermost function around n, or the program.
func function(n *grammar.Node) *grammar.Node {
	if f := n.Up(functions...); f != nil {
		return f
	}
	return n
}

func (s *source) async(fn *grammar.Node) bool {
	head := s.Str(fn)
	if body := fn.Get("body"); body != nil {
		head = string(s.Text[fn.Start:body.Start])
	}
	return slices.Contains(strings.Fields(head), "async") || strings.Contains(head, "async(")
}

// named returns the places in n where a variable is meant.
func (s *source) named(n *grammar.Node, name string) []*grammar.Node {
	var at []*grammar.Node
	for m := range n.All() {
		if m.Is("identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern") && s.Str(m) == name {
			at = append(at, m)
		}
	}
	return at
}

// arguments returns those of a call without comments; ok is false if some are
// spread out of something else.
func arguments(call *grammar.Node) (args []*grammar.Node, ok bool) {
	list := call.Get("arguments")
	if !list.Is("arguments") {
		return nil, false // a template
	}
	for _, k := range list.Kids {
		if k.Is("spread_element") {
			return nil, false
		}
		if !k.Is("comment") {
			args = append(args, k)
		}
	}
	return args, true
}

// declarators are the variables of a declaration.
func declarators(n *grammar.Node) []*grammar.Node {
	var all []*grammar.Node
	for _, k := range n.Kids {
		if k.Is("variable_declarator") {
			all = append(all, k)
		}
	}
	return all
}
