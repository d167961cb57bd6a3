package python

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// item is a named element: the same key of the same thing is the same.
func (w *work) item(n *grammar.Node, v *effect.Value) *effect.Value {
	key := n.Get("subscript")
	if key.Is("string") && (v.Kind == effect.Param || v.Kind == effect.Global || v.Kind == effect.Field) {
		return effect.NewField(v, "["+w.r.text(key)+"]")
	}
	return effect.NewUnknown(w.r.site(n))
}

// attribute is a field of a value, a part of a path, or a name of a module.
func (w *work) attribute(n *grammar.Node) *effect.Value {
	name := w.r.text(n.Get("attribute"))
	if full := w.r.dotted(n, w); full != "" {
		if def := w.r.file.Globals[full]; def != nil && (def.Kind == effect.Lit || def.Kind == effect.Empty) {
			return def
		}
		if def := w.r.file.Globals[full]; def != nil {
			return effect.NewGlobal(full).Typed(def.Type).Called(name)
		}
		return effect.NewGlobal(full).Called(name)
	}
	obj := w.eval(n.Get("object"))
	switch {
	case obj.Kind == effect.Random:
		return obj
	case obj.Inner() != nil && name == "name":
		return obj.FilePath()
	case obj.Kind == effect.Temp && name == "name":
		return obj
	case name == "parent" && obj.Kind != effect.Self:
		return effect.NewDir(obj).Typed(obj.Type)
	case name == "name" && (obj.Type == "Path" || obj.Type == "anyio.Path"):
		return effect.NewBase(obj).Typed("str")
	}
	if obj.Kind == effect.Self {
		return w.field(n, obj, name)
	}
	if id, ok := w.r.property(obj.Type, name); ok {
		return w.asked(n, obj, id, name)
	}
	t := ""
	if name == "stem" || name == "suffix" {
		t = "str"
	} else if obj.Type != "" {
		t = w.r.fieldType(obj.Type, name)
	}
	return effect.NewField(obj, name).Typed(t)
}

// field is a field of the receiver: what it was given here if that is a file,
// what a property returns, or the field.
func (w *work) field(n *grammar.Node, obj *effect.Value, name string) *effect.Value {
	if v := w.env["self."+name]; v != nil && v.Kind != effect.Empty {
		return v
	}
	if id, ok := w.r.property(w.class, name); ok {
		return w.asked(n, obj, id, name)
	}
	if def := w.r.file.Globals[w.class+"."+name]; def != nil && def.Kind == effect.Lit && !w.r.given[w.class+"."+name] {
		return def
	}
	if id, def := w.shared(name); def != nil {
		return effect.NewGlobal(id).Typed(def.Type).Called(name)
	}
	return effect.NewField(obj, name).Typed(w.r.fieldType(w.class, name))
}

// shared is the path that a class, or a base of this file, defines once for all
// its objects, and its ID: self.FILE is then the same as Store.FILE.
func (w *work) shared(name string) (id string, def *effect.Value) {
	class := w.class
	for range 4 {
		id := class + "." + name
		if w.r.given[id] || w.r.start[id] {
			return "", nil
		}
		if def := w.r.file.Globals[id]; def != nil {
			switch def.Kind {
			case effect.Join, effect.Concat, effect.Suffix, effect.Phi, effect.Global:
				return id, def
			}
			return "", nil
		}
		c := w.r.class[class]
		if c == nil || len(c.Bases) == 0 {
			return "", nil
		}
		class = c.Bases[0]
	}
	return "", nil
}

// asked is what a property of obj returns.
func (w *work) asked(n *grammar.Node, obj *effect.Value, id, name string) *effect.Value {
	sp := w.r.span(n)
	w.emit(effect.Effect{Op: effect.Invoke, At: sp, Fate: effect.Returned, API: w.r.text(n),
		Call: &effect.Invocation{Callees: []string{id}, Recv: obj, Results: 1}})
	return effect.NewCall(sp.Site(), id, 0).Typed(w.r.props[id]).Called(name)
}
