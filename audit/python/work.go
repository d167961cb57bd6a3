package python

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
	class string // ID of the class whose method it is, or a function inside of one
	env   flow.Env
	names map[string]string // imports and functions of its own
	in    *effect.Region
	whole int               // we are in something that a worker runs to its end
	given [][]*effect.Value // what its returns give
}

func newWork(r *reader, outer *work, f *effect.Func, class string) *work {
	return &work{r: r, outer: outer, f: f, class: class, env: flow.Env{}, names: map[string]string{}}
}

// lookup returns the full name that a function-level name stands for.
func (w *work) lookup(name string) string {
	for ; w != nil; w = w.outer {
		if id := w.names[name]; id != "" {
			return id
		}
	}
	return ""
}

// bound says whether a function binds the name to a value.
func (w *work) bound(name string) bool {
	for ; w != nil && w.f.Name != ""; w = w.outer {
		if w.env[name] != nil {
			return true
		}
	}
	return false
}

// value returns what a name stands for.
func (w *work) value(n *grammar.Node) *effect.Value {
	name := w.r.text(n)
	for o := w; o != nil && o.f.Name != ""; o = o.outer {
		if v := o.env[name]; v != nil {
			return v
		}
	}
	id := w.r.id(name)
	if w.r.later[name] && w.f.Name != "" && w.r.names[name] == "" {
		v := effect.NewGlobal(id).Called(name)
		if def := w.r.file.Globals[id]; def != nil {
			v = v.Typed(def.Type)
		}
		return v
	}
	if def := w.r.file.Globals[id]; def != nil {
		if def.Kind == effect.Lit || def.Kind == effect.Empty || def.Kind == effect.Global {
			return def.Called(name)
		}
		return effect.NewGlobal(id).Typed(def.Type).Called(name)
	}
	if full := w.r.dotted(n, w); full != "" {
		return effect.NewGlobal(full).Called(name)
	}
	if name == "__file__" {
		return effect.NewGlobal(id).Called(name)
	}
	return effect.NewUnknown(w.r.site(n)).Called(name)
}

// emit adds an effect that stands at n.
func (w *work) emit(e effect.Effect) int {
	e.In = w.in
	if w.whole > 0 {
		e.Async, e.Whole = true, true
	}
	w.f.Effects = append(w.f.Effects, e)
	return len(w.f.Effects) - 1
}

// within runs what stands in a block of the kind.
func (w *work) within(kind effect.RegionKind, n *grammar.Node, run func()) *effect.Region {
	up := w.in
	reg := &effect.Region{Kind: kind, Up: up, At: w.r.span(n)}
	w.in = reg
	run()
	w.in = up
	return reg
}

// branch runs one of several ways and returns what its names are worth after
// it; the way's own changes are undone. A way that does not go on is nil.
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

// join makes the names what the ways leave. All ways ended: nothing follows.
func (w *work) join(ways ...flow.Env) (ended bool) {
	after := flow.Join(ways...)
	if after == nil {
		return true
	}
	w.env = after
	return false
}
