package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// frozen is the object in Object.freeze(…), or what it is given.
func (r *reader) frozen(n *grammar.Node) *grammar.Node {
	n = strip(n)
	if args := kids(n.Get("arguments")); len(args) == 1 && args[0].Is("object") && n.Is("call_expression") && r.text(n.Get("function")) == "Object.freeze" {
		return args[0]
	}
	return n
}

// keyOf is the name of a part of an object, "" if it is computed.
func (r *reader) keyOf(n *grammar.Node) string {
	switch {
	case n.Is("shorthand_property_identifier"):
		return r.text(n)
	case n.Is("method_definition"):
		return r.text(n.Get("name"))
	case n.Is("pair") && !n.Get("key").Is("computed_property_name"):
		return strings.Trim(r.text(n.Get("key")), "'\"")
	}
	return ""
}

// declareObject notes what an object of the module level holds.
func (r *reader) declareObject(o *grammar.Node, id string) {
	for _, k := range o.Kids {
		key := r.keyOf(k)
		if key == "" {
			continue
		}
		part := id + "." + key
		r.parts[part] = true
		switch v := strip(k.Get("value")); {
		case k.Is("method_definition"):
			r.async[part] = asyncHead(r.text(k))
		case isFunc(v):
			r.async[part] = strings.HasPrefix(r.text(v), "async")
		case v.Is("object"):
			r.declareObject(v, part)
		}
	}
}

// object reads an object of the module level: its functions have names of their
// own, and what else it holds is like a variable.
func (w *work) object(o *grammar.Node, name string) {
	up := w.self
	w.self = effect.NewGlobal(w.r.id(name))
	defer func() { w.self = up }()
	for _, k := range o.Kids {
		key := w.r.keyOf(k)
		v := strip(k.Get("value"))
		switch {
		case key == "":
			w.eval(k)
		case k.Is("method_definition"):
			w.body(k, &effect.Func{ID: w.r.id(name + "." + key), Name: key, Text: key}, w.class)
		case isFunc(v):
			w.body(v, &effect.Func{ID: w.r.id(name + "." + key), Name: key, Text: key}, w.class)
		case v.Is("object"):
			w.object(v, name+"."+key)
		case k.Is("shorthand_property_identifier"):
			w.part(name+"."+key, w.eval(k), w.named(key))
		default:
			w.part(name+"."+key, w.eval(v), w.dotted(v))
		}
	}
}

// exports reads the object that a module is: its functions are the module's.
func (w *work) exports(o *grammar.Node) {
	up := w.self
	w.self = effect.NewGlobal(w.r.file.Module)
	defer func() { w.self = up }()
	for _, k := range o.Kids {
		key := w.r.keyOf(k)
		v := strip(k.Get("value"))
		switch {
		case k.Is("method_definition") && key != "":
			w.function(k, key)
		case isFunc(v) && key != "":
			w.function(v, key)
		case k.Is("pair") && key != "" && w.r.file.Globals[w.r.id(key)] == nil && !v.Is("identifier"):
			w.part(key, w.eval(v), w.dotted(v))
		default:
			w.eval(k)
		}
	}
}

// enum reads the texts of an enumeration.
func (w *work) enum(n *grammar.Node) {
	for _, k := range kids(n.Get("body")) {
		if k.Is("enum_assignment") && w.f.Name == "" {
			w.global(w.r.text(n.Get("name"))+"."+w.r.text(k.Get("name")), w.eval(k.Get("value")))
		}
	}
}

// part is what an object holds under a name: another name for full, if it has
// one, or a value.
func (w *work) part(name string, v *effect.Value, full string) {
	if full != "" {
		w.r.file.Aliases[w.r.id(name)] = full
		return
	}
	w.global(name, v)
}

// exported gives the parts of module.exports = { load, save: write } their other
// names.
func (r *reader) exported(o *grammar.Node) {
	r.declareObject(o, r.file.Module)
	for _, k := range o.Kids {
		if v := strip(k.Get("value")); k.Is("pair") && v.Is("identifier") && r.keyOf(k) != r.text(v) {
			r.file.Aliases[r.id(r.keyOf(k))] = r.id(r.text(v))
		}
		v := strip(k.Get("value"))
		if k.Is("shorthand_property_identifier") {
			v = k
		}
		if mod := r.required(v); isFS(mod) {
			r.file.Aliases[r.id(r.keyOf(k))] = mod
		}
	}
}

func (w *work) literal(n *grammar.Node) *effect.Value {
	if len(n.Kids) == 0 {
		return effect.NewEmpty()
	}
	for _, k := range n.Kids {
		switch {
		case k.Is("pair") && isFunc(strip(k.Get("value"))):
			w.function(strip(k.Get("value")), w.r.text(k.Get("key")))
		case k.Is("pair"):
			w.eval(k.Get("value"))
		case k.Is("method_definition"):
			w.function(k, w.r.text(k.Get("name")))
		default:
			w.eval(k)
		}
	}
	return effect.NewUnknown(w.r.site(n))
}
