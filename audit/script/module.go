package script

import (
	"bytes"
	"maps"
	"sort"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// reader reads one file.
type reader struct {
	front *Front
	tree  *grammar.Tree
	file  *effect.File
	lines []int
	names map[string]string // a module-level name: the full name it stands for
	local map[string]bool   // methods defined here
	had   map[string]bool
	known map[string]map[string]string // of an earlier pass: class ID, field: its type
	class map[string]*effect.Class
	async map[string]bool // IDs of functions that give promises
	parts map[string]bool // IDs of what an object of the module level holds
	ours  map[string]bool // modules of the tree that are imported
}

func newReader(f *Front, src effect.Source, tree *grammar.Tree, had *effect.File) *reader {
	r := &reader{
		front: f, tree: tree, names: map[string]string{}, local: map[string]bool{}, had: map[string]bool{}, known: map[string]map[string]string{},
		class: map[string]*effect.Class{}, async: map[string]bool{}, parts: map[string]bool{}, ours: map[string]bool{},
		file: &effect.File{Path: src.Path, Language: f.Language(src.Path), Module: moduleOf(src.Path), Test: isTest(src.Path),
			Broken: tree.Broken > 0, Globals: map[string]*effect.Value{}, Aliases: map[string]string{}},
	}
	for i, at := 0, 0; i >= 0; at += i + 1 {
		r.lines = append(r.lines, at)
		i = bytes.IndexByte(src.Text[at:], '\n')
	}
	if had != nil {
		for _, c := range had.Classes {
			r.known[c.ID] = c.Fields
		}
		for _, fn := range had.Funcs {
			r.had[fn.ID] = true
		}
	}
	return r
}

func (r *reader) span(n *grammar.Node) effect.Span {
	return effect.Span{File: r.file.Path, Start: n.Start, End: n.End, Line: sort.SearchInts(r.lines, n.Start+1)}
}

func (r *reader) site(n *grammar.Node) string { return r.span(n).Site() }

func (r *reader) text(n *grammar.Node) string { return r.tree.Text(n) }

func (r *reader) id(name string) string { return r.file.Module + "." + name }

// module reads the whole file: first what names mean, then what code does.
func (r *reader) module() {
	awaits(r.tree.Root)
	for _, k := range r.tree.Root.Kids {
		r.declare(k)
	}
	r.notes()
	w := newWork(r, nil, &effect.Func{ID: r.file.Module, Text: "module level", At: r.span(r.tree.Root)}, "")
	w.block(r.tree.Root)
	r.add(w.f)
}

func (r *reader) add(f *effect.Func) {
	if !r.had[f.ID] {
		r.file.Funcs = append(r.file.Funcs, f)
	}
}

// declare notes the imports, functions and classes of the module level.
func (r *reader) declare(n *grammar.Node) {
	switch n.Kind {
	case "import_statement":
		r.imports(n)
	case "export_statement":
		r.exports(n)
	case "function_declaration", "generator_function_declaration":
		r.declareFunc(r.text(n.Get("name")), n)
	case "interface_declaration":
		r.declareInterface(n)
	case "enum_declaration":
		r.names[r.text(n.Get("name"))] = r.id(r.text(n.Get("name")))
	case "class_declaration", "abstract_class_declaration":
		name := r.text(n.Get("name"))
		r.names[name] = r.id(name)
		r.declareClass(n, r.id(name), name)
	case "lexical_declaration", "variable_declaration":
		for _, d := range n.Kids {
			if d.Is("variable_declarator") {
				r.declareVar(d)
			}
		}
	case "expression_statement":
		r.commonJS(n.Only())
		r.later(n)
	case "if_statement", "try_statement":
		r.later(n)
	}
}

func (r *reader) declareFunc(name string, fn *grammar.Node) {
	r.names[name] = r.id(name)
	r.async[r.id(name)] = strings.HasPrefix(r.text(fn), "async")
}

// declareVar notes a function in a constant, and what require gives.
func (r *reader) declareVar(d *grammar.Node) {
	name, value := d.Get("name"), strip(d.Get("value"))
	if isFunc(value) && name.Is("identifier") {
		r.declareFunc(r.text(name), value)
		return
	}
	if o := r.frozen(value); o.Is("object") && name.Is("identifier") {
		r.declareObject(o, r.id(r.text(name)))
	}
	mod := r.required(value)
	if mod == "" {
		return
	}
	r.take(name, mod, func(name, full string) {
		r.names[name] = full
		if isFS(full) {
			r.file.Aliases[r.id(name)] = full // others may import it from here
		}
	})
}

func (r *reader) declareClass(n *grammar.Node, id, name string) {
	c := &effect.Class{ID: id, Name: name, Fields: map[string]string{}}
	maps.Copy(c.Fields, r.known[id])
	r.class[id] = c
	r.file.Classes = append(r.file.Classes, c)
	for k := range n.All() {
		if k.Is("class_body") {
			break
		}
		if k.Is("identifier") && k.Up("class_heritage") != nil {
			if base := r.names[r.text(k)]; base != "" {
				c.Bases = append(c.Bases, base)
			}
		}
	}
	if n.Get("body") == nil {
		return
	}
	for _, k := range n.Get("body").Kids {
		switch {
		case k.Is("method_definition"):
			m := r.text(k.Get("name"))
			r.local[m] = true
			r.async[id+"."+m] = asyncHead(r.text(k))
		case k.Is("public_field_definition", "field_definition"):
			if t := r.typeOf(k.Get("type")); t != "" {
				c.Fields[r.text(k.Get("name"))] = t
			}
			if isFunc(strip(k.Get("value"))) {
				r.local[r.text(field(k))] = true
			}
		}
	}
}

func field(n *grammar.Node) *grammar.Node {
	if f := n.Get("name"); f != nil {
		return f
	}
	return n.Get("property")
}

func asyncHead(text string) bool {
	head, _, _ := strings.Cut(text, "(")
	return strings.Contains(" "+head, " async ")
}

func (r *reader) notes() {
	if !bytes.Contains(r.tree.Src, []byte("wholly:")) {
		return
	}
	for n := range r.tree.Root.All() {
		if !n.Is("comment") {
			continue
		}
		text := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(r.text(n), "//"), "/*"), "*/")
		note, ok := effect.ParseNote(text)
		if !ok {
			continue
		}
		sp := r.span(n)
		note.Line = sp.Line
		note.Own = len(bytes.TrimSpace(r.tree.Src[r.lines[sp.Line-1]:n.Start])) == 0
		r.file.Notes = append(r.file.Notes, note)
	}
}

func isFunc(n *grammar.Node) bool {
	return n.Is("arrow_function", "function_expression", "function", "generator_function")
}

// strip takes away what changes only the type of an expression.
func strip(n *grammar.Node) *grammar.Node {
	for n.Is("as_expression", "satisfies_expression", "non_null_expression", "parenthesized_expression", "type_assertion", "sequence_expression") {
		next := n.Only()
		switch {
		case n.Is("type_assertion") && len(n.Kids) > 1:
			next = n.Kids[1]
		case n.Is("sequence_expression") && (len(n.Kids) != 2 || !n.Kids[0].Is("number")):
			return n
		case n.Is("sequence_expression"): // (0, f)(x) calls f without a receiver
			next = n.Kids[1]
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}
