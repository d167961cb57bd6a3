package script

import (
	"fmt"
	"maps"
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
	d := &draft{s, s.Draft(j, nil)}
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
		return s.Before(k, text)
	}
	return edit.Edit{Start: len(s.Text), End: len(s.Text), New: text + nl}
}
