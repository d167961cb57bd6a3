package script

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

// declarator binds what a declaration gives.
func (w *work) declarator(n *grammar.Node) {
	name, value := n.Get("name"), strip(n.Get("value"))
	if value == nil {
		if name.Is("identifier") && w.f.Name != "" {
			w.env[w.r.text(name)] = effect.NewEmpty()
		}
		return
	}
	if w.f.Name == "" && w.r.required(value) != "" {
		return
	}
	if mod := w.r.required(value); mod != "" {
		w.local(name, mod)
		return
	}
	if isFunc(value) && name.Is("identifier") {
		w.function(value, w.r.text(name))
		return
	}
	if o := w.r.frozen(value); o.Is("object") && name.Is("identifier") && w.f.Name == "" {
		w.object(o, w.r.text(name))
		w.global(w.r.text(name), effect.NewUnknown(w.r.site(o)))
		return
	}
	v := w.eval(value)
	if t := w.r.typeOf(n.Get("type")); t != "" && v.Type == "" {
		v = v.Typed(t)
	}
	w.bind(name, v)
}

// local notes what a require inside of a function brings in.
func (w *work) local(name *grammar.Node, mod string) {
	w.r.take(name, mod, func(name, full string) { w.names[name] = full })
}

// bind gives a name, a field of this, or the parts of a pattern a value.
func (w *work) bind(left *grammar.Node, v *effect.Value) {
	left = strip(left)
	switch {
	case left.Is("identifier", "shorthand_property_identifier_pattern"):
		name := w.r.text(left)
		if w.f.Name == "" && w.once == 0 {
			w.global(name, v)
			return
		}
		w.env[name] = v.Called(name)
	case left.Is("member_expression"):
		obj := w.eval(left.Get("object"))
		if obj.Kind == effect.Self {
			name := w.r.text(left.Get("property"))
			w.set(left, name, v.Called(name))
		}
	case left.Is("object_pattern"):
		for _, k := range left.Kids {
			switch {
			case k.Is("shorthand_property_identifier_pattern"):
				w.bind(k, effect.NewField(v, w.r.text(k)))
			case k.Is("pair_pattern"):
				w.bind(k.Get("value"), effect.NewField(v, w.r.text(k.Get("key"))))
			case k.Is("object_assignment_pattern"):
				w.bind(k.Get("left"), flow.Either(effect.NewField(v, w.r.text(k.Get("left"))), w.eval(k.Get("right"))))
			}
		}
	case left.Is("array_pattern"):
		for i, k := range left.Kids {
			w.bind(k, effect.NewUnknown(w.r.site(left)+"["+string(rune('a'+i%26))+"]"))
		}
	case left.Is("assignment_pattern"):
		w.bind(left.Get("left"), flow.Either(v, w.eval(left.Get("right"))))
	}
}

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
		w.r.file.Aliases[id] = v.Name
	}
}

func isCall(v *effect.Value) bool { return v.Kind == effect.Call }

func (w *work) set(at *grammar.Node, name string, v *effect.Value) {
	w.f.Sets = append(w.f.Sets, effect.Set{Field: name, Value: v, At: w.r.span(at)})
	if c := w.r.class[w.class]; c != nil && c.Fields[name] == "" && v.Type != "" {
		c.Fields[name] = v.Type
	}
	delete(w.env, "this."+name)
	if v.Inner() != nil || v.Kind == effect.Temp || v.Kind == effect.Call {
		w.env["this."+name] = v
	}
}
