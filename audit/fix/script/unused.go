package script

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// unused deletes the imports of functions of fs that only what was replaced
// used.
func (d *draft) unused(chosen []edit.Answer) []edit.Edit {
	if strings.HasPrefix(path.Base(d.Job.Path), "index.") && bytes.Contains(d.Text, []byte("export {")) {
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
