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

// names notes what the names of the file mean.
func (s *source) names() {
	for n := range s.Root.All() {
		switch n.Kind {
		case "import_statement":
			s.importStatement(n)
		case "function_declaration", "class_declaration", "generator_function_declaration":
			s.bound[s.Str(n.Get("name"))] = true
		case "variable_declarator":
			s.declarator(n)
		case "required_parameter", "optional_parameter":
			s.bound[s.Str(n.Get("pattern"))] = true
		case "formal_parameters":
			for _, k := range n.Kids {
				if k.Is("identifier") {
					s.bound[s.Str(k)] = true
				}
			}
		}
	}
}

func (s *source) importStatement(n *grammar.Node) {
	from, known := modules[s.quoted(n.Get("source"))]
	for m := range n.All() {
		name, what := "", from
		switch {
		case m.Is("import_specifier"):
			word := s.Str(m.Get("name"))
			if name = s.Str(m.Get("alias")); name == "" {
				name = word
			}
			what = member(from, word)
		case m.Is("namespace_import"):
			name = s.Str(m.Only())
		case m.Is("identifier") && m.Parent.Is("import_clause", "import_require_clause"):
			name = s.Str(m)
		}
		if name == "" {
			continue
		}
		s.bound[name] = true
		if known {
			s.imports[name] = what
		}
	}
}

// declarator notes const fs = require("fs"), const { a, b: c } = fs and
// const f = promisify(fs.f).
func (s *source) declarator(n *grammar.Node) {
	name, what := n.Get("name"), s.resolve(n.Get("value"))
	for m := range name.All() {
		if m.Is("identifier", "shorthand_property_identifier_pattern") {
			s.bound[s.Str(m)] = true
		}
	}
	switch {
	case what == "":
	case name.Is("identifier"):
		s.imports[s.Str(name)] = what
	case name.Is("object_pattern"):
		for _, k := range name.Kids {
			switch k.Kind {
			case "shorthand_property_identifier_pattern":
				s.imports[s.Str(k)] = member(what, s.Str(k))
			case "pair_pattern":
				s.imports[s.Str(k.Get("value"))] = member(what, s.Str(k.Get("key")))
			}
		}
	}
}

func member(of, name string) string {
	if name == "default" || of == "extra" && name == "promises" {
		return of
	}
	return of + "." + name
}

// resolve returns what an expression means: "fs.promises.writeFile", "" if it
// is nothing that is known.
func (s *source) resolve(n *grammar.Node) string {
	switch {
	case n.Is("identifier"):
		return s.imports[s.Str(n)]
	case n.Is("member_expression"):
		if in := s.resolve(n.Get("object")); in != "" {
			return member(in, s.Str(n.Get("property")))
		}
	case n.Is("await_expression"), n.Is("parenthesized_expression"):
		return s.resolve(n.Only())
	case n.Is("call_expression"):
		fn, args := n.Get("function"), n.Get("arguments")
		if args == nil || len(args.Kids) != 1 {
			return ""
		}
		if s.Str(fn) == "require" || s.Str(fn) == "import" {
			return modules[s.quoted(args.Kids[0])]
		}
		if of, ok := strings.CutPrefix(s.resolve(args.Kids[0]), "fs."); ok && s.resolve(fn) == "util.promisify" {
			return "fs.promises." + of
		}
	}
	return ""
}

// quoted is the text of a string without anything special in it.
func (s *source) quoted(n *grammar.Node) string {
	if !n.Is("string") || n.End-n.Start < 2 {
		return ""
	}
	return string(s.Text[n.Start+1 : n.End-1])
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
