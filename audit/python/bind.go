package python

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

func (w *work) assign(n *grammar.Node) {
	left, right := n.Get("left"), n.Get("right")
	declared := w.r.typeOf(n.Get("type"), w)
	if right == nil {
		return
	}
	if right.Is("assignment") {
		w.assign(right)
		right = right.Get("left")
	}
	if left.Is("pattern_list", "tuple_pattern", "list_pattern") {
		vs := w.several(right, len(left.Kids))
		for i, k := range left.Kids {
			w.bind(k, vs[i])
		}
		return
	}
	v := w.eval(right)
	if w.f.Name == "" && v.Kind == effect.Empty && right.Is("list", "dictionary") {
		v = effect.NewUnknown(w.r.site(right)) // the functions fill it
	}
	if declared != "" {
		v = v.Typed(declared)
	}
	w.bind(left, v)
}

// several evaluates what is taken apart into n values.
func (w *work) several(right *grammar.Node, n int) []*effect.Value {
	vs := make([]*effect.Value, n)
	switch {
	case right.Is("expression_list", "tuple") && len(right.Kids) == n:
		for i, k := range right.Kids {
			vs[i] = w.eval(k)
		}
	default:
		copy(vs, w.multi(right))
	}
	for i := range vs {
		if vs[i] == nil {
			vs[i] = effect.NewUnknown(w.r.site(right) + "[" + string(rune('a'+i%26)) + "]")
		}
	}
	return vs
}

// bind gives a name, or a field of the receiver, a value.
func (w *work) bind(left *grammar.Node, v *effect.Value) {
	switch {
	case left.Is("identifier"):
		name := w.r.text(left)
		if w.f.Name == "" {
			w.global(name, v)
			return
		}
		w.env[name] = v.Called(name)
	case left.Is("attribute"):
		w.set(left, v.Called(w.r.text(left.Get("attribute"))))
	case left.Is("pattern_list", "tuple_pattern", "list_pattern"):
		for i, k := range left.Kids {
			w.bind(k, effect.NewUnknown(w.r.site(left)+"["+string(rune('a'+i%26))+"]"))
		}
	case left.Is("subscript", "list_splat_pattern"):
		w.all(left)
		w.fills(left.Get("value"))
	}
}

// fillers are the methods by which a list, a dictionary or a set gets content.
var fillers = map[string]bool{"append": true, "extend": true, "insert": true, "add": true, "update": true, "setdefault": true, "appendleft": true}

// fills notes that the name n, which may have been bound to an empty list or
// dictionary, holds something from here on.
func (w *work) fills(n *grammar.Node) {
	if !n.Is("identifier") {
		return
	}
	name := w.r.text(n)
	if v := w.env[name]; v != nil && v.Kind == effect.Empty {
		w.env[name] = effect.NewUnknown(w.r.site(n)).Called(name)
	}
}

// global is a definition of the module level. A name that is bound twice is
// one of two values.
func (w *work) global(name string, v *effect.Value) {
	id := w.r.id(name)
	if v.Any(isCall) { // made once: it is what its name says, whatever the call gave
		v = effect.NewUnknown("global:" + id).Typed(v.Type)
	}
	if old := w.r.file.Globals[id]; old != nil {
		v = flow.Either(old, v)
	}
	w.r.file.Globals[id] = v.Called(name)
	if v.Kind == effect.Global && v.Name != id {
		w.r.file.Aliases[id] = v.Name // save = storage.save_text
	}
}

func isCall(v *effect.Value) bool { return v.Kind == effect.Call }

func (w *work) set(left *grammar.Node, v *effect.Value) {
	obj, field := w.eval(left.Get("object")), w.r.text(left.Get("attribute"))
	if obj.Kind != effect.Self {
		return
	}
	w.r.given[w.class+"."+field] = true
	w.f.Sets = append(w.f.Sets, effect.Set{Field: field, Value: v, At: w.r.span(left)})
	if c := w.r.class[w.class]; c != nil && c.Fields[field] == "" && v.Type != "" {
		c.Fields[field] = v.Type
	}
	key := "self." + field
	delete(w.env, key)
	if v.Inner() != nil || v.Kind == effect.Temp || v.Kind == effect.Call || v.Kind == effect.Empty {
		w.env[key] = v
	}
}
