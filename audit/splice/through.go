package splice

import (
	"maps"
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
)

// through replaces the call e of fn by what fn does.
func (w *work) through(e effect.Effect, fn *effect.Func, self *effect.Value) {
	site := e.At.Site()
	isNew := w.x.Class(fn.Class) != nil && slices.ContainsFunc(e.Call.Callees, func(id string) bool {
		return w.x.Class(id) != nil && w.x.Func(id) == nil
	})
	sub := w.x.expand(fn, max(w.depth-1, 0), w.stack)
	b := &binding{fn: fn.ID, args: arguments(fn, e.Call), self: self, at: site, hook: fn.Hook, seen: map[*effect.Value]*effect.Value{}}
	if isNew {
		w.construct(e, sub, b)
	} else {
		w.calls[site] = w.x.pure(fn, b.args, b.values(sub.Results))
	}
	if !w.x.touches[fn.ID] {
		return
	}
	steps := w.carryAll(b, sub.Steps, e, fn)
	if y := slices.IndexFunc(steps, func(s Step) bool { return s.Op == effect.Yield }); y >= 0 && fn.Manager {
		given := steps[y].Handle
		if given == nil {
			given = steps[y].Path
		}
		w.calls[site] = []*effect.Value{given}
		w.exits[effect.NewCall(site, "", 0).Site] = steps[y+1:]
		if given != nil {
			w.exits[given.Key()] = steps[y+1:]
		}
		steps = steps[:y]
	}
	w.add(e, steps...)
}

// pure replaces what is not understood of a function's results: one that
// touches no file gives the same for the same arguments.
func (x *Index) pure(fn *effect.Func, args, results []*effect.Value) []*effect.Value {
	if x.touches[fn.ID] || len(args) == 0 || slices.ContainsFunc(args, vague) {
		return results
	}
	out := slices.Clone(results)
	for i, v := range out {
		if v == nil || !slices.ContainsFunc(v.Alternatives(), opaque) {
			continue
		}
		alts := []*effect.Value{effect.NewPure(fn.ID, i, args)}
		for _, a := range v.Alternatives() {
			if !opaque(a) {
				alts = append(alts, a)
			}
		}
		out[i] = effect.NewPhi(alts...).Called(v.Words).Typed(v.Type)
	}
	return out
}

func opaque(v *effect.Value) bool { return v.Kind == effect.Unknown || v.Kind == effect.Call }

// vague is an argument that may differ from one call to the next.
func vague(v *effect.Value) bool {
	return v == nil || v.Any(func(p *effect.Value) bool {
		return p.Kind == effect.Unknown || p.Kind == effect.Random || p.Kind == effect.Call && p.Site != ""
	})
}

// carryAll brings a callee's steps into the caller. A method call on what turns
// out to be an open file only now becomes its effect.
func (w *work) carryAll(b *binding, from []Step, e effect.Effect, fn *effect.Func) []Step {
	steps := make([]Step, 0, len(from))
	known := &binding{calls: map[string][]*effect.Value{}}
	for _, s := range from {
		s = carry(b, s, e, fn)
		if len(known.calls) > 0 {
			known.seen = map[*effect.Value]*effect.Value{}
			s.Effect = known.effect(s.Effect)
		}
		if s.Op == effect.Invoke && w.isFile(s.Call) {
			if path, ok := asked(s.Call); ok {
				known.calls[s.site()] = []*effect.Value{path}
				continue
			}
			if op, ok := effect.HandleMethod(s.Call.Method); ok {
				s.Op, s.Handle = op, s.Call.Recv
				if op == effect.Write && len(s.Call.Args) > 0 {
					s.Content = s.Call.Args[0]
				}
				s.Call = nil
			}
		}
		steps = append(steps, s)
	}
	return steps
}

// site is the name of a step's place in the values of the function that it was
// carried to.
func (s *Step) site() string {
	name := ""
	for _, h := range s.Through {
		name += h.At.Site() + ">"
	}
	return name + s.At.Site()
}

// asked is what a method tells of an open file: its path, or the descriptor,
// which stands for the file.
func asked(c *effect.Invocation) (*effect.Value, bool) {
	switch c.Method {
	case "fileno", "Fd", "fd":
		return c.Recv, true
	case "Name", "name":
		return c.Recv.FilePath(), true
	}
	return nil, false
}

// carry brings a callee's step into the caller: its values, the region of the
// call around it, and what the caller does with its error.
func carry(b *binding, s Step, e effect.Effect, fn *effect.Func) Step {
	s.Effect = b.effect(s.Effect)
	passed := !fn.Infallible && !s.In.Within(effect.Lambda, effect.Task)
	if passed && (s.Fate == effect.FateNone || s.Fate == effect.Returned) && e.Fate != effect.FateNone {
		s.Fate = e.Fate
	}
	if s.Op == effect.Read || s.Op == effect.Exists || s.Op == effect.Parse || s.Op == effect.Invoke {
		s.React = inherit(s.React, e.React)
	}
	s.In = under(s.In, e.In)
	s.Async = s.Async || e.Async
	s.Whole = s.Whole || e.Whole
	s.Unawaited = s.Unawaited || e.Unawaited
	s.Unsure = s.Unsure || e.Unsure
	if fn.Hook {
		s.At, s.API = e.At, e.API
		return s
	}
	s.Through = append([]Hop{{At: e.At, Func: fn, In: e.In}}, s.Through...)
	return s
}

// inherit adds what the caller does about an error that the callee passes on.
func inherit(own, callers effect.Reaction) effect.Reaction {
	pass := func(a effect.Answer) bool { return a == effect.AnswerUnknown || a == effect.Fails }
	r := own
	if pass(own.Absent) && callers.Absent != effect.AnswerUnknown {
		r.Absent, r.At, r.Text = callers.Absent, callers.At, callers.Text
	}
	if pass(own.Broken) && callers.Broken != effect.AnswerUnknown {
		r.Broken, r.At, r.Text = callers.Broken, callers.At, callers.Text
	}
	return r
}

// under hangs the regions of a callee below the region of the call. A defer of
// the callee has run when the call returns.
func under(r, call *effect.Region) *effect.Region {
	if r == nil {
		return call
	}
	if call == nil && !r.Within(effect.Defer) && r.Precedes(nil) {
		return r
	}
	c := *r
	c.Leaves, c.Early = false, c.Early || c.Leaves // the callee's end is not its caller's
	if c.Kind == effect.Defer {
		c.Kind = effect.Finally
	}
	c.Up = under(r.Up, call)
	return &c
}

// arguments puts the arguments of a call in the order of fn's parameters.
func arguments(fn *effect.Func, c *effect.Invocation) []*effect.Value {
	args := make([]*effect.Value, len(fn.Params))
	for i, p := range fn.Params {
		switch {
		case i < len(c.Args):
			args[i] = c.Args[i]
		case c.Named[p.Name] != nil:
			args[i] = c.Named[p.Name]
		default:
			args[i] = p.Default
		}
		if args[i] != nil && args[i].Type == "" {
			args[i] = args[i].Typed(p.Type)
		}
	}
	return args
}

// construct makes the object that a constructor call returns.
func (w *work) construct(e effect.Effect, sub *Expanded, b *binding) {
	for _, id := range e.Call.Callees {
		c := w.x.Class(id)
		if c == nil {
			continue
		}
		var names []string
		var fields []*effect.Value
		if sub != nil {
			for _, s := range sub.Sets {
				if !slices.Contains(names, s.Field) {
					names, fields = append(names, s.Field), append(fields, b.value(s.Value))
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(e.Call.Named)) {
			if !slices.Contains(names, name) {
				names, fields = append(names, name), append(fields, e.Call.Named[name])
			}
		}
		w.calls[e.At.Site()] = []*effect.Value{effect.NewObject(e.At.Site(), c.ID, names, fields)}
		return
	}
}

// leave runs the end of a with-block: what a context manager does after its
// yield, or the exit method of an object.
func (w *work) leave(e effect.Effect) bool {
	if e.Handle == nil {
		return false
	}
	for _, key := range []string{e.Handle.Site, e.Handle.Key()} {
		if steps, ok := w.exits[key]; ok {
			delete(w.exits, key)
			w.add(e, steps...)
			return true
		}
	}
	if e.Handle.Type == "" || e.Handle.Kind == effect.Open || e.Handle.Kind == effect.Wrap {
		return false
	}
	names := []string{"__exit__", "__aexit__", "Close", "close"}
	if c := w.x.Class(e.Handle.Type); c != nil && c.Exit != "" {
		names = append([]string{c.Exit}, names...)
	}
	for _, name := range names {
		if f := w.x.Method(e.Handle.Type, name); f != nil && w.depth > 0 && !slices.Contains(w.stack, f.ID) {
			e.Op, e.Call = effect.Invoke, &effect.Invocation{Method: name, Recv: e.Handle}
			w.through(e, f, e.Handle)
			return true
		}
	}
	return false
}
