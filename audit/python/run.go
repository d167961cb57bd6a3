package python

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/table"
)

// skip returns the nodes that a running call is given.
func (c *call) skip(*table.Entry) []*grammar.Node {
	args := c.at.Get("arguments")
	if args == nil {
		return nil
	}
	return args.Kids
}

// runs is a call that calls what it is given: in a worker, or as a task.
func (w *work) runs(c *call, e *table.Entry) []*effect.Value {
	kids := c.skip(e)
	at := 0
	if e.Word("fn") == "1" {
		at = 1
	}
	var fn *grammar.Node
	var rest []*grammar.Node
	i := 0
	for _, k := range kids {
		if k.Is("comment") {
			continue
		}
		if k.Is("keyword_argument") {
			if w.r.text(k.Get("name")) == e.Word("fn") {
				fn = k.Get("value")
			} else {
				w.eval(k.Get("value"))
			}
			continue
		}
		switch {
		case i == at && e.Word("fn") != "target":
			fn = k
		case i > at:
			rest = append(rest, k)
		default:
			w.eval(k)
		}
		i++
	}
	if fn == nil {
		return one(effect.NewUnknown(w.r.site(c.at)))
	}
	return w.run(c, e, fn, rest)
}

func (w *work) run(c *call, e *table.Entry, fn *grammar.Node, rest []*grammar.Node) []*effect.Value {
	if e.Has("whole") {
		w.whole++
		defer func() { w.whole-- }()
	}
	up := w.in
	defer func() { w.in = up }()
	if e.Verb == "task" {
		kind := effect.Task
		if e.Has("later") {
			kind = effect.Lambda // long after what stands behind it
		}
		w.in = &effect.Region{Kind: kind, Up: up, At: w.r.span(c.at)}
	}
	switch {
	case fn.Is("lambda"):
		return w.multi(fn.Get("body"))
	case fn.Is("call", "await") || e.Word("skip") == "9" && !fn.Is("identifier", "attribute"):
		for _, r := range rest {
			w.eval(r)
		}
		if p := partial(w.r.text(fn.Get("function"))); p && fn.Is("call") {
			return w.multi(fn)
		}
		return w.multi(fn)
	}
	in := &call{at: c.at, fn: fn, named: map[string]*effect.Value{}, kwds: map[string]*grammar.Node{}, async: c.async}
	for _, r := range rest {
		in.args = append(in.args, w.eval(r))
		in.nodes = append(in.nodes, r)
	}
	entry, sure, self := w.find(in, nil)
	return w.does(in, entry, sure, self)
}

func partial(name string) bool { return name == "partial" || name == "functools.partial" }
