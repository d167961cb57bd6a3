package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/grammar"
)

// imports returns the names that an import statement brings in.
func (r *reader) imports(n *grammar.Node) map[string]string {
	out := map[string]string{}
	from := ""
	if n.Is("import_from_statement") {
		from = r.relative(n.Get("module_name"))
	}
	for _, k := range n.Kids {
		if k.Is("wildcard_import") && from != "" {
			r.file.Stars = append(r.file.Stars, from)
		}
		if k.Field != "name" {
			continue
		}
		name, as := r.text(k), ""
		if k.Is("aliased_import") {
			name, as = r.text(k.Get("name")), r.text(k.Get("alias"))
		}
		switch {
		case from != "":
			out[or(as, name)] = from + "." + name
			r.from[or(as, name)] = true
		case as != "":
			out[as] = name
		default:
			first, _, _ := strings.Cut(name, ".")
			out[first] = first
		}
	}
	return out
}

// relative is the full name of the module that an import names.
func (r *reader) relative(n *grammar.Node) string {
	text := r.text(n)
	rest := strings.TrimLeft(text, ".")
	up := len(text) - len(rest)
	if up == 0 {
		return text
	}
	parts := strings.Split(r.file.Module, ".")
	if r.isPkg {
		up--
	}
	parts = parts[:max(0, len(parts)-up)]
	if rest != "" {
		parts = append(parts, rest)
	}
	return strings.Join(parts, ".")
}
