package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/grammar"
)

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
