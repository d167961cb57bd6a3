package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// prototype returns the class and the method in Store.prototype.save, the
// method empty in Store.prototype.
func (r *reader) prototype(left *grammar.Node) (class, method string) {
	if !left.Is("member_expression") {
		return "", ""
	}
	name, rest, ok := strings.Cut(r.text(left), ".prototype")
	id := r.id(name)
	if !ok || strings.Contains(name, ".") || r.names[name] != id && r.class[id] == nil {
		return "", ""
	}
	return id, strings.TrimPrefix(rest, ".")
}

// declarePrototype makes a class of a function whose prototype is given
// methods.
func (r *reader) declarePrototype(left, right *grammar.Node) {
	id, m := r.prototype(left)
	switch {
	case id == "" || m == "" && !right.Is("object") || m != "" && !isFunc(right):
		return
	case r.class[id] == nil:
		c := &effect.Class{ID: id, Name: id[strings.LastIndexByte(id, '.')+1:], Fields: map[string]string{}}
		for f, t := range r.known[id] {
			c.Fields[f] = t
		}
		r.class[id] = c
		r.file.Classes = append(r.file.Classes, c)
	}
	if m != "" {
		r.local[m] = true
		return
	}
	for _, k := range right.Kids {
		if key := r.keyOf(k); key != "" {
			r.local[key] = true
		}
	}
}

// methods reads what a prototype is given; it reports whether it is one.
func (w *work) methods(left, right *grammar.Node) bool {
	id, m := w.r.prototype(left)
	if w.r.class[id] == nil {
		return false
	}
	if m != "" && isFunc(right) {
		w.prototypeMethod(right, id, m)
		return true
	}
	if m != "" || !right.Is("object") {
		return false
	}
	for _, k := range right.Kids {
		switch v := strip(k.Get("value")); {
		case k.Is("method_definition"):
			w.prototypeMethod(k, id, w.r.keyOf(k))
		case isFunc(v):
			w.prototypeMethod(v, id, w.r.keyOf(k))
		}
	}
	return true
}

func (w *work) prototypeMethod(n *grammar.Node, class, name string) {
	w.body(n, &effect.Func{ID: class + "." + name, Name: name, Class: class, Text: name}, class)
}
