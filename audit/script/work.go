package script

import (
	"maps"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

// work reads one function.
type work struct {
	r     *reader
	outer *work
	f     *effect.Func
	class string
	env   flow.Env
	names map[string]string // functions and imports of its own
	in    *effect.Region
	self  *effect.Value // the object of the module level that we are in
	given []*effect.Value
	once  int // we are in a function of somebody's argument: its returns are not ours
}

func newWork(r *reader, outer *work, f *effect.Func, class string) *work {
	return &work{r: r, outer: outer, f: f, class: class, env: flow.Env{}, names: map[string]string{}}
}

// dotted returns the full name that a name or a member of one stands for, ""
// if it is a value.
func (w *work) dotted(n *grammar.Node) string {
	n = strip(n)
	switch {
	case n.Is("identifier"):
		return w.named(w.r.text(n))
	case n.Is("member_expression", "subscript_expression"):
		up := w.dotted(n.Get("object"))
		if up == "" {
			return ""
		}
		if part := w.key(n); part != "" {
			return member(up, part)
		}
	case n.Is("call_expression", "await_expression"):
		return w.r.required(n)
	}
	return ""
}

func (w *work) named(name string) string {
	for o := w; o != nil; o = o.outer {
		if id := o.names[name]; id != "" {
			return id
		}
		if o.f.Name != "" && o.env[name] != nil {
			return ""
		}
	}
	if id := w.r.names[name]; id != "" {
		return id
	}
	if builtin[name] && w.r.file.Globals[w.r.id(name)] == nil {
		return name
	}
	return ""
}

var builtin = map[string]bool{"JSON": true, "process": true, "Date": true, "Math": true, "String": true, "Promise": true,
	"Bun": true, "Deno": true, "setTimeout": true, "setInterval": true, "setImmediate": true, "queueMicrotask": true,
	"console": true, "crypto": true, "performance": true, "vscode": true, "require": true, "exports": true}

// value returns what a name stands for.
func (w *work) value(n *grammar.Node) *effect.Value {
	name := w.r.text(n)
	for o := w; o != nil; o = o.outer {
		if v := o.env[name]; v != nil {
			return v
		}
	}
	id := w.r.id(name)
	if def := w.r.file.Globals[id]; def != nil {
		if def.Kind == effect.Lit || def.Kind == effect.Empty || def.Kind == effect.Global {
			return def.Called(name)
		}
		return effect.NewGlobal(id).Typed(def.Type).Called(name)
	}
	if full := w.named(name); full != "" {
		return named(full).Called(name)
	}
	if name == "__dirname" || name == "__filename" {
		return effect.NewGlobal(id).Called(name)
	}
	return effect.NewUnknown(w.r.site(n)).Called(name)
}

// named is what a full name stands for.
func named(full string) *effect.Value {
	if isFS(full) {
		return effect.NewGlobal(full).Typed(full)
	}
	return effect.NewGlobal(full)
}

func (w *work) emit(e effect.Effect) {
	e.In = w.in
	w.f.Effects = append(w.f.Effects, e)
}

func (w *work) within(r effect.Region, n *grammar.Node, run func()) *effect.Region {
	up := w.in
	r.Up, r.At = up, w.r.span(n)
	w.in = &r
	run()
	w.in = up
	return &r
}

// branch runs one of several ways; see flow.Join.
func (w *work) branch(run func() (ended bool)) flow.Env {
	before := w.env
	w.env = maps.Clone(before)
	ended := run()
	after := w.env
	w.env = before
	if ended {
		return nil
	}
	return after
}

func (w *work) join(ways ...flow.Env) (ended bool) {
	after := flow.Join(ways...)
	if after == nil {
		return true
	}
	w.env = after
	return false
}
