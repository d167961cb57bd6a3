package splice

import (
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
)

const (
	maxHops  = 3   // calls seen through that touch files
	maxStack = 7   // calls seen through at all: those that only make a path cost no hop
	maxSteps = 600 // of one function; what is over stays a call
)

// Step is an effect, and the calls through which it was reached.
type Step struct {
	effect.Effect
	Through []Hop // outermost first; none: it stands in the function itself
}

// Hop is one call that was seen through.
type Hop struct {
	At   effect.Span
	Func *effect.Func // the callee
	In   *effect.Region
}

// Expanded is a function with its calls seen through.
type Expanded struct {
	Func    *effect.Func
	Steps   []Step
	Results []*effect.Value
	Sets    []effect.Set
}

// Expand returns what f does, with calls replaced by what the callees do, to a
// depth of three. Deferred effects stand at the end.
func (x *Index) Expand(f *effect.Func) *Expanded {
	return x.expand(f, maxHops, nil)
}

func (x *Index) expand(f *effect.Func, depth int, stack []string) *Expanded {
	key := memo{f, depth}
	if e := x.done[key]; e != nil {
		return e
	}
	w := &work{x: x, f: f, depth: depth, stack: append(slices.Clip(stack), f.ID),
		calls: map[string][]*effect.Value{}, exits: map[string][]Step{}}
	out := w.run()
	if len(stack) == 0 || !w.cut {
		x.done[key] = out
	}
	return out
}

// work is the expansion of one function.
type work struct {
	x     *Index
	f     *effect.Func
	depth int
	stack []string
	calls map[string][]*effect.Value // results by site
	exits map[string][]Step          // what the end of a with-block does, by site
	cut   bool                       // a recursion was cut: the result depends on the way here
	steps []Step
	late  []Step
}

func (w *work) run() *Expanded {
	for i := range w.f.Effects {
		w.one(w.f.Effects[i])
	}
	b := w.binding()
	slices.Reverse(w.late)
	out := &Expanded{Func: w.f, Steps: append(w.steps, w.late...), Results: b.values(w.f.Results)}
	for _, s := range w.f.Sets {
		s.Value = b.value(s.Value)
		out.Sets = append(out.Sets, s)
	}
	return out
}

func (w *work) binding() *binding {
	return &binding{calls: w.calls, seen: map[*effect.Value]*effect.Value{}}
}

// one puts in what is known so far and adds the effect or what it stands for.
func (w *work) one(e effect.Effect) {
	e = w.binding().effect(e)
	switch {
	case e.Op == effect.Invoke:
		w.invoke(e)
	case e.Op == effect.Close && w.leave(e):
	default:
		w.add(e, Step{Effect: e})
	}
}

// add appends steps, at the end of the function if the effect is deferred.
func (w *work) add(e effect.Effect, steps ...Step) {
	if e.In.Within(effect.Defer) {
		for _, s := range slices.Backward(steps) {
			w.late = append(w.late, s)
		}
		return
	}
	w.steps = append(w.steps, steps...)
}

func (w *work) invoke(e effect.Effect) {
	if w.handle(e) {
		return
	}
	fn, self := w.resolve(e)
	e.Unsure = e.Unsure || fn != nil && e.Call.Recv != nil && fn == w.x.only(e.Call)
	switch {
	case fn == nil:
		w.construct(e, nil, nil)
		w.outside(e)
		w.escape(e)
	case w.depth == 0 && w.x.touches[fn.ID] || len(w.stack) > maxStack || slices.Contains(w.stack, fn.ID) || len(w.steps) > maxSteps:
		w.cut = w.cut || w.depth > 0 || len(w.stack) > maxStack
		w.add(e, Step{Effect: e})
	default:
		w.through(e, fn, self)
	}
}

// handle turns a method call on an open file, or on a writer over one, into
// its effect.
func (w *work) handle(e effect.Effect) bool {
	c := e.Call
	if !w.isFile(c) {
		return false
	}
	if v, ok := asked(c); ok {
		w.calls[e.At.Site()] = []*effect.Value{v}
		return true
	}
	op, ok := effect.HandleMethod(c.Method)
	if !ok {
		return false
	}
	e.Op, e.Handle = op, c.Recv
	if op == effect.Write && len(c.Args) > 0 {
		e.Content = c.Args[0]
	}
	e.Call = nil
	w.add(e, Step{Effect: e})
	return true
}

// isFile reports whether a call is a method of an open file, its own or by
// embedding, and not one that the object's class has itself.
func (w *work) isFile(c *effect.Invocation) bool {
	return c.Recv.Inner() != nil && (c.Recv.Kind != effect.Object || w.x.Method(c.Recv.Type, c.Method) == nil)
}

// resolve finds the callee, and the receiver that its effects are to have.
func (w *work) resolve(e effect.Effect) (*effect.Func, *effect.Value) {
	c := e.Call
	for _, id := range c.Callees {
		if f := w.x.Func(id); f != nil {
			return f, c.Recv
		}
		if f, self := w.x.instance(id); f != nil {
			return f, self
		}
	}
	if c.Method != "" && c.Recv != nil {
		for _, alt := range c.Recv.Alternatives() {
			class := alt.Type
			if class == "" && alt.Kind == effect.Field {
				class = w.x.fieldType(alt)
			}
			if f := w.x.Method(class, c.Method); f != nil {
				return f, alt
			}
		}
	}
	for _, id := range c.Callees {
		if f := w.x.constructor(id); f != nil {
			return f, nil
		}
	}
	return w.x.only(c), c.Recv
}

// only returns the one method in the tree of a name that is called on a value
// of an unknown type, if it takes what it is given. The call's effects are
// unsure: nothing above low rests on them.
func (x *Index) only(c *effect.Invocation) *effect.Func {
	if c.Method == "" || c.Recv == nil || len(c.Callees) > 0 || c.Recv.Type != "" || len(x.named[c.Method]) != 1 {
		return nil
	}
	if _, every := effect.HandleMethod(c.Method); every {
		return nil
	}
	if f := x.named[c.Method][0]; len(c.Args) > 0 && len(c.Args) <= len(f.Params) {
		return f
	}
	return nil
}

// outside keeps what an unknown function was given with its result: a token,
// marshalled, is still a token. Open files are left out, they are not handed on.
func (w *work) outside(e effect.Effect) {
	site := e.At.Site()
	if w.calls[site] != nil {
		return
	}
	var args []*effect.Value
	for _, v := range append([]*effect.Value{e.Call.Recv}, e.Call.Args...) {
		if v != nil && v.Inner() == nil {
			args = append(args, v)
		}
	}
	name := e.Call.Method
	if len(e.Call.Callees) > 0 {
		name = e.Call.Callees[0]
	}
	w.calls[site] = []*effect.Value{effect.NewResult(site, name, args)}
}

// escape keeps a call that nothing is known about. An open file that it is
// given is taken to be written there.
func (w *work) escape(e effect.Effect) {
	for _, a := range e.Call.Args {
		if a.Inner() != nil {
			we := e
			we.Op, we.Handle = effect.Write, a
			w.add(we, Step{Effect: we})
			return
		}
	}
	w.add(e, Step{Effect: e})
}
