package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// isFS says whether a name stands for the file system as a whole: its module,
// its promises, or fs-extra. The types of values that are one are called so too.
func isFS(name string) bool { return name == "fs" || name == "fsp" || name == "fsx" }

// required returns the module that require(…) names, or a name of the file
// system's, with what is taken of it.
func (r *reader) required(n *grammar.Node) string {
	switch n = strip(n); {
	case n.Is("identifier", "shorthand_property_identifier"):
		if mod := r.names[r.text(n)]; isFS(mod) {
			return mod
		}
	case n.Is("member_expression", "subscript_expression"):
		if mod, part := r.required(n.Get("object")), r.part(n); mod != "" && part != "" {
			return member(mod, part)
		}
	case n.Is("await_expression"):
		return r.required(n.Only())
	case n.Is("ternary_expression"):
		return r.system(n.Get("consequence"), n.Get("alternative"))
	case n.Is("binary_expression"):
		return r.system(n.Get("left"), n.Get("right"))
	case n.Is("assignment_expression"):
		return r.required(n.Get("right"))
	case n.Is("object"): // { ...fs, more }
		for _, k := range n.Kids {
			if k.Is("spread_element") {
				return r.system(k.Only())
			}
		}
	case n.Is("call_expression"):
		return r.requiring(n)
	}
	return ""
}

// system is the first of ways that is the file system.
func (r *reader) system(ways ...*grammar.Node) string {
	for _, n := range ways {
		if mod := r.required(n); isFS(mod) {
			return mod
		}
	}
	return ""
}

// asIs are functions that give a module back as it is, or with promises in
// place of callbacks: those of compilers, and of libraries.
var asIs = map[string]bool{"__importDefault": true, "__importStar": true, "_interopRequireDefault": true, "_interopRequireWildcard": true,
	"_interopDefault": true, "__toESM": true, "promisifyAll": true, "pify": true, "gracefulify": true, "denodeify": true, "thenifyAll": true, "assign": true}

func (r *reader) requiring(n *grammar.Node) string {
	fn := n.Get("function")
	name := r.text(fn)
	args := kids(n.Get("arguments"))
	if (name == "require" || fn.Is("import")) && len(args) == 1 && args[0].Is("string") {
		return r.source(args[0])
	}
	if !asIs[name[strings.LastIndexByte(name, '.')+1:]] {
		return ""
	}
	return r.system(args...)
}

// take notes under which names a pattern takes a module, or parts of it.
func (r *reader) take(name *grammar.Node, mod string, note func(name, full string)) {
	switch {
	case name.Is("identifier", "shorthand_property_identifier_pattern"):
		note(r.text(name), mod)
	case name.Is("object_pattern"):
		for _, k := range name.Kids {
			switch {
			case k.Is("shorthand_property_identifier_pattern"):
				note(r.text(k), member(mod, r.text(k)))
			case k.Is("pair_pattern"):
				r.take(k.Get("value"), member(mod, r.text(k.Get("key"))), note)
			case k.Is("object_assignment_pattern"):
				note(r.text(k.Get("left")), member(mod, r.text(k.Get("left"))))
			}
		}
	case name.Is("assignment_pattern"):
		r.take(name.Get("left"), mod, note)
	}
}

// given are the arguments of f.call(this, a, b) and of f.apply(this, [a, b]).
func given(name string, args []*grammar.Node) []*grammar.Node {
	switch {
	case len(args) < 2:
		return nil
	case name == "apply" && args[1].Is("array"):
		return kids(args[1])
	case name == "apply":
		return nil
	}
	return args[1:]
}

// bound is f.bind(this): f itself, unless it is given arguments already.
func (w *work) bound(n *grammar.Node, full string, args []*grammar.Node) *effect.Value {
	for _, a := range args {
		w.eval(a)
	}
	if len(args) > 1 {
		return effect.NewUnknown(w.r.site(n))
	}
	return named(full)
}

// later notes a module that a variable is given after its declaration:
// try { fs = require('graceful-fs') } catch { fs = require('fs') }.
func (r *reader) later(n *grammar.Node) {
	switch {
	case isFunc(n), n.Is("function_declaration", "class_declaration"):
		return
	case n.Is("assignment_expression") && n.Get("left").Is("identifier"):
		if mod := r.required(n.Get("right")); mod != "" {
			r.names[r.text(n.Get("left"))] = mod
		}
	}
	for _, k := range n.Kids {
		r.later(k)
	}
}
