package python

import (
	"bytes"
	"maps"
	"sort"
	"strings"

	"github.com/wholly-go/wholly/audit/cut"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/table"
)

// reader reads one file.
type reader struct {
	table *table.Table
	tree  *grammar.Tree
	file  *effect.File
	lines []int             // where each line begins
	names map[string]string // a module-level name: the full name it stands for
	from  map[string]bool   // names that are imported from a module
	local map[string]bool   // names of methods and functions defined here
	had   map[string]bool
	known map[string]map[string]string // of an earlier pass: class ID, field: its type
	class map[string]*effect.Class
	props map[string]string // class ID + "." + property: type of its value
	yield map[string]string // function ID: type of its result
	given map[string]bool   // class ID + "." + field: an object has its own
	start map[string]bool   // class ID + "." + field: the class has what an object begins with
	later map[string]bool   // names of the module that functions bind: global x
	isPkg bool
}

func newReader(t *table.Table, src effect.Source, tree *grammar.Tree, had *effect.File) *reader {
	r := &reader{
		table: t, tree: tree, names: map[string]string{}, from: map[string]bool{}, given: map[string]bool{}, later: map[string]bool{}, start: map[string]bool{}, local: map[string]bool{}, had: map[string]bool{}, known: map[string]map[string]string{},
		class: map[string]*effect.Class{}, props: map[string]string{}, yield: map[string]string{},
		isPkg: strings.HasSuffix(src.Path, "__init__.py"),
		file: &effect.File{Path: src.Path, Language: effect.Python, Module: moduleOf(src), Test: isTest(src.Path),
			Broken: tree.Broken > 0, Globals: map[string]*effect.Value{}, Aliases: map[string]string{}},
	}
	for i, at := 0, 0; i >= 0; at += i + 1 {
		r.lines = append(r.lines, at)
		i = bytes.IndexByte(src.Text[at:], '\n')
	}
	r.globals(src.Text)
	if had != nil {
		for _, c := range had.Classes {
			r.known[c.ID] = c.Fields
		}
		for _, f := range had.Funcs {
			r.had[f.ID] = true
		}
	}
	return r
}

// globals notes the names of the module that functions bind.
func (r *reader) globals(text []byte) {
	const mark = "global "
	for {
		i := bytes.Index(text, []byte(mark))
		if i < 0 {
			return
		}
		before := text[bytes.LastIndexByte(text[:i], '\n')+1 : i]
		text = text[i+len(mark):]
		if len(bytes.TrimSpace(before)) > 0 {
			continue
		}
		line, _, _ := bytes.Cut(text, []byte("\n"))
		line, _, _ = bytes.Cut(line, []byte("#"))
		for name := range strings.SplitSeq(string(line), ",") {
			r.later[strings.TrimSpace(name)] = true
		}
	}
}

// left notes the functions that were left out: they are still the project's own.
func (r *reader) left(bodies []cut.Body) {
	for _, b := range bodies {
		r.local[b.Name] = true
		if b.Head && !b.Method {
			r.names[b.Name] = r.id(b.Name)
		}
	}
}

// span is the place of a node.
func (r *reader) span(n *grammar.Node) effect.Span {
	line := sort.SearchInts(r.lines, n.Start+1)
	return effect.Span{File: r.file.Path, Start: n.Start, End: n.End, Line: line}
}

func (r *reader) site(n *grammar.Node) string { return r.span(n).Site() }

func (r *reader) text(n *grammar.Node) string { return r.tree.Text(n) }

func (r *reader) id(name string) string {
	if r.file.Module == "" {
		return name
	}
	return r.file.Module + "." + name
}

// module reads the whole file: first what names mean, then what code does.
func (r *reader) module() {
	r.declare(r.tree.Root)
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

// declare notes the functions, classes and imports of the module level, also
// where they stand in a condition or a try.
func (r *reader) declare(n *grammar.Node) {
	for _, k := range n.Kids {
		switch k.Kind {
		case "function_definition", "decorated_definition", "class_definition":
			r.declareDef(k)
		case "import_statement", "import_from_statement":
			for name, id := range r.imports(k) {
				r.names[name] = id
				r.file.Aliases[r.id(name)] = id
			}
		case "if_statement", "try_statement", "block", "else_clause", "except_clause", "elif_clause", "finally_clause", "with_statement":
			r.declare(k)
		}
	}
}

func (r *reader) declareDef(n *grammar.Node) {
	def := definition(n)
	name := r.text(def.Get("name"))
	r.names[name] = r.id(name)
	if def.Is("function_definition") {
		r.local[name] = true
		r.yield[r.id(name)] = r.typeOf(def.Get("return_type"), nil)
		return
	}
	r.declareClass(def, r.id(name), name)
}

func (r *reader) declareClass(def *grammar.Node, id, name string) {
	c := &effect.Class{ID: id, Name: name, Fields: map[string]string{}}
	maps.Copy(c.Fields, r.known[id])
	r.class[id] = c
	r.file.Classes = append(r.file.Classes, c)
	if bases := def.Get("superclasses"); bases != nil {
		for _, b := range bases.Kids {
			if dotted := r.dotted(b, nil); dotted != "" {
				c.Bases = append(c.Bases, dotted)
			}
		}
	}
	if def.Get("body") == nil {
		return
	}
	for _, k := range def.Get("body").Kids {
		d := definition(k)
		switch {
		case d.Is("function_definition"):
			m := r.text(d.Get("name"))
			r.local[m] = true
			r.yield[id+"."+m] = r.typeOf(d.Get("return_type"), nil)
			if decorated(r, k, "property", "cached_property") {
				r.props[id+"."+m] = r.yield[id+"."+m]
			}
		case d.Is("expression_statement") && d.Only().Is("assignment"):
			a := d.Only()
			if t := r.typeOf(a.Get("type"), nil); t != "" {
				c.Fields[r.text(a.Get("left"))] = t
			}
		}
	}
}

// definition returns the function or class under its decorators.
func definition(n *grammar.Node) *grammar.Node {
	if n.Is("decorated_definition") {
		return n.Get("definition")
	}
	return n
}

// decorated says whether one of the decorators ends in one of the names.
func decorated(r *reader, n *grammar.Node, names ...string) bool {
	if !n.Is("decorated_definition") {
		return false
	}
	for _, k := range n.Kids {
		if !k.Is("decorator") {
			continue
		}
		d := k.Only()
		if d.Is("call") {
			d = d.Get("function")
		}
		text := r.text(d)
		for _, name := range names {
			if text == name || strings.HasSuffix(text, "."+name) {
				return true
			}
		}
	}
	return false
}

func (r *reader) notes() {
	if !bytes.Contains(r.tree.Src, []byte("wholly:")) {
		return
	}
	for n := range r.tree.Root.All() {
		if !n.Is("comment") {
			continue
		}
		note, ok := effect.ParseNote(strings.TrimPrefix(r.text(n), "#"))
		if !ok {
			continue
		}
		sp := r.span(n)
		note.Line = sp.Line
		note.Own = len(bytes.TrimSpace(r.tree.Src[r.lines[sp.Line-1]:n.Start])) == 0
		r.file.Notes = append(r.file.Notes, note)
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
