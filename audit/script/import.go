package script

import (
	"path"
	"strings"

	"github.com/wholly-go/wholly/audit/grammar"
)

// part is what a.part or a['part'] takes of a.
func (r *reader) part(n *grammar.Node) string {
	if p := n.Get("property"); p != nil {
		return r.text(p)
	}
	if i := n.Get("index"); i.Is("string") {
		return strings.Trim(r.text(i), "'\"")
	}
	return ""
}

// source is the full name of the module that a specifier means.
func (r *reader) source(n *grammar.Node) string {
	s := strings.Trim(r.text(n), "'\"`")
	if strings.HasPrefix(s, ".") {
		s = path.Join(path.Dir(r.file.Path), s)
		switch path.Ext(s) {
		case ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx":
			s = strings.TrimSuffix(s, path.Ext(s))
		}
		if path.Base(s) == "index" {
			s = path.Dir(s)
		}
		r.ours[s] = true
		return s
	}
	s = strings.TrimPrefix(s, "node:")
	if full := moduleNames[s]; full != "" {
		return full
	}
	return s
}

// moduleNames are modules that the table knows by another name.
var moduleNames = map[string]string{"fs/promises": "fsp", "graceful-fs": "fs", "original-fs": "fs", "fs-extra": "fsx", "fs-extra/esm": "fsx",
	"mz/fs": "fsx", "fs-promise": "fsx", "bun": "Bun"}

// member is a part of a module: of fs, its promises are a module of their own.
func member(mod, name string) string {
	switch {
	case (mod == "fs" || mod == "fsx") && name == "promises":
		return "fsp"
	case (mod == "fs" || mod == "fsp" || mod == "fsx" || mod == "path") && (name == "default" || name == "posix"):
		return mod
	}
	return mod + "." + name
}

// imports notes what an import statement brings in.
func (r *reader) imports(n *grammar.Node) {
	src := n.Get("source")
	if only := n.Only(); only.Is("import_require_clause") { // import fs = require('fs')
		r.names[r.text(only.Kids[0])] = r.source(only.Get("source"))
		return
	}
	if src == nil {
		return
	}
	mod := r.source(src)
	for k := range n.All() {
		switch {
		case k.Is("import_specifier"):
			name := r.text(k.Get("name"))
			as := name
			if a := k.Get("alias"); a != nil {
				as = r.text(a)
			}
			r.names[as] = member(mod, name)
		case k.Is("namespace_import"):
			r.names[r.text(k.Only())] = mod
		case k.Is("identifier") && k.Parent.Is("import_clause"):
			r.names[r.text(k)] = mod
			if strings.HasPrefix(strings.Trim(r.text(src), "'\"`"), ".") {
				r.names[r.text(k)] = mod + ".default"
			}
		}
	}
}

// exports notes under which other names others see what is here.
func (r *reader) exports(n *grammar.Node) {
	if d := n.Get("declaration"); d != nil {
		r.declare(d)
		if name := r.text(d.Get("name")); strings.HasPrefix(strings.TrimPrefix(r.text(n), "export "), "default") && name != "" {
			r.file.Aliases[r.id("default")] = r.id(name)
		}
		return
	}
	if v := n.Get("value"); v.Is("identifier") {
		r.file.Aliases[r.id("default")] = r.id(r.text(v))
	} else if o := r.frozen(v); o.Is("object") {
		r.declareObject(o, r.id("default"))
	}
	from := ""
	if src := n.Get("source"); src != nil {
		from = r.source(src)
	}
	if all := n.Only(); from != "" && all == n.Get("source") {
		r.file.Stars = append(r.file.Stars, from)
	}
	for k := range n.All() {
		if !k.Is("export_specifier") {
			continue
		}
		name := r.text(k.Get("name"))
		as := name
		if a := k.Get("alias"); a != nil {
			as = r.text(a)
		}
		if from != "" {
			r.file.Aliases[r.id(as)] = from + "." + name
		} else if as != name {
			r.file.Aliases[r.id(as)] = r.id(name)
		} else if to := r.names[name]; to != "" && to != r.id(name) {
			r.file.Aliases[r.id(as)] = to
		}
	}
}

// commonJS notes module.exports and exports.name.
func (r *reader) commonJS(n *grammar.Node) {
	if !n.Is("assignment_expression") {
		return
	}
	r.declarePrototype(n.Get("left"), strip(n.Get("right")))
	left, right := r.text(n.Get("left")), n.Get("right")
	if mod := r.required(right); left == "module.exports" && isFS(mod) {
		r.file.Aliases[r.file.Module], r.file.Aliases[r.id("default")] = mod, mod
	} else if left == "module.exports" && right.Is("identifier") {
		r.file.Aliases[r.file.Module] = r.id(r.text(right))
		r.file.Aliases[r.id("default")] = r.id(r.text(right))
	} else if left == "module.exports" && right.Is("object") {
		r.exported(right)
	}
	name, ok := strings.CutPrefix(strings.TrimPrefix(left, "module."), "exports.")
	if !ok {
		return
	}
	if isFunc(right) {
		r.declareFunc(name, right)
	} else if mod := r.required(right); isFS(mod) {
		r.file.Aliases[r.id(name)] = mod
	} else if right.Is("identifier") && r.text(right) != name {
		r.file.Aliases[r.id(name)] = r.id(r.text(right))
	}
}
