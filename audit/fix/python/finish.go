package python

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// Finish adds the imports that the chosen answers need, and the writer.
func (Rewriter) Finish(j *edit.Job, chosen []edit.Answer) (edit.Rest, error) {
	s, err := read(j.Path, j.Text)
	if err != nil {
		return edit.Rest{}, fmt.Errorf("parse %s: %w", j.Path, err)
	}
	d := &draft{s, s.Draft(j, nil)}
	var rest edit.Rest
	want := map[string][]string{} // module: names; "" for the module itself
	for _, a := range chosen {
		for _, need := range a.Needs {
			d.collect(need, want, &rest)
		}
	}
	rest.Edits = d.importing(want)
	rest.Edits = append(rest.Edits, d.unused(chosen)...)
	return rest, nil
}

// collect turns one need into imports and files.
func (d *draft) collect(need string, want map[string][]string, rest *edit.Rest) {
	add := func(module, name string) {
		if !slices.Contains(want[module], name) {
			want[module] = append(want[module], name)
		}
	}
	switch {
	case slices.Contains(ours, need):
		at := d.helper()
		add(at.module, need)
		if !at.there && len(rest.Added) == 0 {
			rest.Added = append(rest.Added, edit.File{Path: at.file, Text: Writer})
		}
	case strings.HasPrefix(need, "import "):
		add(strings.TrimPrefix(need, "import "), "")
	case strings.HasPrefix(need, "own "):
		f := strings.Fields(need)
		if f[1] != d.Job.Path {
			add(d.ownModule(f[1], f[2]), f[3])
		}
	}
}

// ownModule is what the file imports the module of another file as.
func (d *draft) ownModule(file, module string) string {
	if top := d.top(dirOf(d.Job.Path)); top != "" && below(file, top) {
		return d.module(file, top)
	}
	if dirOf(file) == dirOf(d.Job.Path) && d.top(dirOf(file)) == "" {
		return module[strings.LastIndexByte(module, '.')+1:]
	}
	return module
}

// importing are the edits that import what is wanted and not yet imported.
func (d *draft) importing(want map[string][]string) []edit.Edit {
	var edits []edit.Edit
	var lines []string
	var modules []string
	for m := range want {
		modules = append(modules, m)
	}
	slices.SortFunc(modules, func(a, b string) int { // the plain imports first
		pa, pb := want[a][0] == "", want[b][0] == ""
		if pa != pb {
			if pa {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	for _, m := range modules {
		var names []string
		for _, name := range want[m] {
			switch {
			case name == "" && d.source.imports[m] != m:
				lines = append(lines, "import "+m)
			case name != "" && !strings.HasSuffix("."+d.source.imports[name], "."+strings.TrimLeft(m, ".")+"."+name):
				names = append(names, name)
			}
		}
		slices.Sort(names)
		if len(names) == 0 {
			continue
		}
		if at := d.existing(m); at > 0 {
			edits = append(edits, edit.Edit{Start: at, End: at, New: ", " + strings.Join(names, ", ")})
			continue
		}
		lines = append(lines, "from "+m+" import "+strings.Join(names, ", "))
	}
	if len(lines) > 0 {
		edits = append(edits, d.insert(lines))
	}
	return edits
}

// existing is the end of the last name of a statement at the top of the file
// that imports from the module already.
func (s *source) existing(module string) int {
	for _, k := range s.Root.Kids {
		if k.Is("import_from_statement") && s.Str(k.Get("module_name")) == module && !page.Commented(k) && !k.Kids[len(k.Kids)-1].Is("wildcard_import") {
			return k.Kids[len(k.Kids)-1].End
		}
	}
	return 0
}

// insert puts lines behind the imports at the top of the file, or behind its
// docstring, or before its first statement.
func (s *source) insert(lines []string) edit.Edit {
	nl := s.Newline()
	var last, doc, first *grammar.Node
	for _, k := range s.Root.Kids {
		switch {
		case k.Is("comment"):
			continue
		case k.Is("import_statement", "import_from_statement", "future_import_statement"):
			last = k
			continue
		case first == nil && last == nil && doc == nil && isText(k):
			doc = k
			continue
		case last == nil && first == nil:
			first = k
		}
		if last != nil {
			break
		}
	}
	text := strings.Join(lines, nl)
	switch {
	case last != nil:
		return s.Below(last, text)
	case doc != nil:
		at := s.EOL(doc.End)
		return edit.Edit{Start: at, End: at, New: nl + nl + text}
	case first != nil:
		return s.Before(first, text)
	}
	return edit.Edit{Start: len(s.Text), End: len(s.Text), New: text + nl}
}

func isText(st *grammar.Node) bool { return expression(st).Is("string", "concatenated_string") }

func dirOf(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i]
	}
	return "."
}

// unused deletes "import x" lines of modules that only what was deleted used.
func (d *draft) unused(chosen []edit.Answer) []edit.Edit {
	if strings.HasSuffix(d.Job.Path, "__init__.py") {
		return nil
	}
	var edits []edit.Edit
	for _, k := range d.Root.Kids {
		if !k.Is("import_statement") || len(k.Kids) != 1 || !k.Kids[0].Is("dotted_name") {
			continue
		}
		name := d.Str(k.Kids[0])
		from, to, ok := d.Lines(k)
		if ok && !strings.Contains(name, ".") && d.freed(name, k, chosen) {
			edits = append(edits, edit.Edit{Start: from, End: to})
		}
	}
	return edits
}

// freed reports whether a name was used, and only in what the answers replace
// by text that does not use it.
func (d *draft) freed(name string, imp *grammar.Node, chosen []edit.Answer) bool {
	used := false
	for _, n := range d.named(d.Root, name) {
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
		return slices.ContainsFunc(a.Edits, func(e edit.Edit) bool { return strings.Contains(e.New, name+".") || strings.Contains(e.New, name+"(") })
	}) && !bytes.Contains(d.Text, []byte("__all__"))
}
