package script

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// Finish adds the imports that the chosen answers need, takes away those that
// nothing uses any more, and adds the writer.
func (Rewriter) Finish(j *edit.Job, chosen []edit.Answer) (edit.Rest, error) {
	s, err := read(j.Path, j.Text)
	if err != nil {
		return edit.Rest{}, fmt.Errorf("parse %s: %w", j.Path, err)
	}
	d := &draft{source: s, job: j}
	var rest edit.Rest
	want := map[string][]string{} // by what stands after "from"
	add := func(from, name string) {
		if !d.imported(name) && !slices.Contains(want[from], name) {
			want[from] = append(want[from], name)
		}
	}
	for _, a := range chosen {
		for _, need := range a.Needs {
			if own, ok := strings.CutPrefix(need, "own "); ok {
				if f := strings.Fields(own); f[0] != j.Path {
					add(d.module(f[0]), f[1])
				}
				continue
			}
			at := d.helper()
			add(at.from, need)
			if !at.there && len(rest.Added) == 0 {
				rest.Added = append(rest.Added, edit.File{Path: at.file, Text: at.text})
			}
		}
	}
	if len(want) > 0 {
		rest.Edits = append(rest.Edits, d.importing(want)...)
	}
	rest.Edits = append(rest.Edits, d.unused(chosen)...)
	return rest, nil
}

// module is how the file imports another of the project.
func (d *draft) module(file string) string {
	rel := d.specifier(file)
	if typed(file) || d.styled() == "import" {
		return rel
	}
	return strings.TrimSuffix(rel, ".js")
}

// imported reports whether the file has a name from the added writer, or from
// the project, already.
func (d *draft) imported(name string) bool {
	for n := range d.Root.All() {
		if n.Is("import_specifier") && d.Str(n.Get("name")) == name && n.Get("alias") == nil {
			return strings.HasPrefix(d.quoted(n.Up("import_statement").Get("source")), ".")
		}
		if n.Is("shorthand_property_identifier_pattern") && d.Str(n) == name {
			return strings.Contains(d.Str(n.Up("variable_declarator").Get("value")), "require(")
		}
	}
	return false
}

// importing are the edits that import what is wanted.
func (d *draft) importing(want map[string][]string) []edit.Edit {
	var edits []edit.Edit
	var lines []string
	end := ";"
	last := d.last()
	if last != nil && !strings.HasSuffix(d.Str(last), ";") {
		end = ""
	}
	for _, from := range slices.Sorted(maps.Keys(want)) {
		names := want[from]
		slices.Sort(names)
		if at := d.existing(from); at > 0 {
			edits = append(edits, edit.Edit{Start: at, End: at, New: ", " + strings.Join(names, ", ")})
			continue
		}
		list := strings.Join(names, ", ")
		if d.styled() == "import" {
			lines = append(lines, "import { "+list+" } from "+d.quote(from)+end)
		} else {
			lines = append(lines, "const { "+list+" } = require("+d.quote(from)+")"+end)
		}
	}
	if len(lines) == 0 {
		return edits
	}
	return append(edits, d.insert(last, lines))
}

// existing is the end of the last name that the file imports from a module by
// name already, 0 if it does not.
func (s *source) existing(from string) int {
	for n := range s.Root.All() {
		var list *grammar.Node
		switch {
		case n.Is("named_imports") && s.quoted(n.Up("import_statement").Get("source")) == from:
			list = n
		case n.Is("object_pattern") && n.Parent.Is("variable_declarator") && strings.HasPrefix(s.Str(n.Parent.Get("value")), "require("):
			if args := n.Parent.Get("value").Get("arguments"); args != nil && len(args.Kids) == 1 && s.quoted(args.Kids[0]) == from {
				list = n
			}
		}
		if list != nil && len(list.Kids) > 0 && !page.Commented(list) {
			return list.Kids[len(list.Kids)-1].End
		}
	}
	return 0
}

// last is the last import at the top of the file, nil if there is none.
func (s *source) last() *grammar.Node {
	var last *grammar.Node
	for _, k := range s.Root.Kids {
		switch {
		case k.Is("comment", "hash_bang_line"), k.Is("expression_statement") && k.Only().Is("string"):
		case k.Is("import_statement"):
			last = k
		case k.Is("lexical_declaration", "variable_declaration") && strings.Contains(s.Str(k), "require("):
			last = k
		default:
			return last
		}
	}
	return last
}

// insert puts lines behind the imports, or before the first statement.
func (s *source) insert(last *grammar.Node, lines []string) edit.Edit {
	nl := s.Newline()
	text := strings.Join(lines, nl)
	if last != nil {
		return s.Below(last, text)
	}
	for _, k := range s.Root.Kids {
		if k.Is("comment", "hash_bang_line") || k.Is("expression_statement") && k.Only().Is("string") {
			continue
		}
		at := s.Start(k)
		if at == 0 && bytes.HasPrefix(s.Text, []byte("\xef\xbb\xbf")) {
			at = 3
		}
		return edit.Edit{Start: at, End: at, New: text + nl + nl}
	}
	return edit.Edit{Start: len(s.Text), End: len(s.Text), New: text + nl}
}

// unused deletes the imports of functions of fs that only what was replaced
// used.
func (d *draft) unused(chosen []edit.Answer) []edit.Edit {
	if strings.HasPrefix(path.Base(d.job.Path), "index.") && bytes.Contains(d.Text, []byte("export {")) {
		return nil
	}
	var edits []edit.Edit
	for _, st := range d.Root.Kids {
		list, names := d.binding(st)
		if len(names) == 0 {
			continue
		}
		free := make([]bool, len(names))
		all := true
		for i, n := range names {
			free[i] = d.freed(n.local, st, chosen)
			all = all && free[i]
		}
		if from, to, ok := d.Lines(st); all && ok {
			edits = append(edits, edit.Edit{Start: from, End: to})
			continue
		}
		if list != nil && !all {
			edits = append(edits, d.thin(names, free)...)
		}
	}
	return edits
}

// name is one name that an import binds.
type name struct {
	node  *grammar.Node
	local string
}

// binding returns the names that an import statement, or a require, binds from
// fs; list is nil if they cannot go one by one.
func (d *draft) binding(st *grammar.Node) (list *grammar.Node, names []name) {
	add := func(n *grammar.Node, local string) {
		if _, known := d.source.imports[local]; known {
			names = append(names, name{n, local})
		}
	}
	switch st.Kind {
	case "import_statement":
		clause := st.Only()
		if !clause.Is("import_clause") || len(clause.Kids) != 1 {
			return nil, nil
		}
		switch k := clause.Kids[0]; k.Kind {
		case "named_imports":
			list = k
			for _, m := range k.Kids {
				if m.Is("import_specifier") {
					add(m, or(d.Str(m.Get("alias")), d.Str(m.Get("name"))))
				}
			}
			if len(names) != len(list.Kids) {
				return nil, nil
			}
		case "namespace_import":
			add(k, d.Str(k.Only()))
		case "identifier":
			add(k, d.Str(k))
		}
	case "lexical_declaration", "variable_declaration":
		all := declarators(st)
		if text := d.Str(st); len(all) != 1 || !strings.Contains(text, "require(") && !strings.Contains(text, "promisify(") {
			return nil, nil
		}
		at := all[0].Get("name")
		if at.Is("identifier") {
			add(at, d.Str(at))
		}
		if at.Is("object_pattern") {
			list = at
			for _, m := range at.Kids {
				add(m, or(d.Str(m.Get("value")), d.Str(m)))
			}
			if len(names) != len(list.Kids) {
				return nil, nil
			}
		}
	}
	return list, names
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// thin deletes the names of a list that are free.
func (d *draft) thin(names []name, free []bool) []edit.Edit {
	var edits []edit.Edit
	kept := -1
	for i, n := range names {
		switch {
		case !free[i]:
			kept = i
		case kept >= 0:
			edits = append(edits, edit.Edit{Start: names[i-1].node.End, End: n.node.End})
		default:
			edits = append(edits, edit.Edit{Start: n.node.Start, End: names[i+1].node.Start})
		}
	}
	return edits
}

// freed reports whether a name was used, and only in what the answers replace
// by text that does not use it.
func (d *draft) freed(local string, imp *grammar.Node, chosen []edit.Answer) bool {
	used := false
	for _, n := range d.named(d.Root, local) {
		if page.Within(n, imp) {
			continue
		}
		used = true
		if !slices.ContainsFunc(chosen, func(a edit.Answer) bool {
			return slices.ContainsFunc(a.Edits, func(e edit.Edit) bool { return e.Start <= n.Start && n.End <= e.End })
		}) {
			return false
		}
	}
	return used && !slices.ContainsFunc(chosen, func(a edit.Answer) bool {
		return slices.ContainsFunc(a.Edits, func(e edit.Edit) bool { return word(e.New, local) })
	})
}

// word reports whether a text has a name in it that is more than a key of an
// object or a member of one.
func word(text, name string) bool {
	for at := 0; ; at += len(name) {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		at += i
		before, behind := strings.TrimRight(text[:at], " "), strings.TrimLeft(text[at+len(name):], " ")
		key := strings.HasPrefix(behind, ":") && (strings.HasSuffix(before, "{") || strings.HasSuffix(before, ","))
		part := letter(text[:at], true) || letter(text[at+len(name):], false) || strings.HasSuffix(before, ".")
		if !key && !part {
			return true
		}
	}
}

// letter reports whether a text ends, or begins, with a part of a name.
func letter(text string, end bool) bool {
	if text == "" {
		return false
	}
	c := text[0]
	if end {
		c = text[len(text)-1]
	}
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80
}
