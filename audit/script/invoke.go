package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/table"
)

// invoke is a call that is to be seen through.
func (w *work) invoke(c *call, full string, self *effect.Value) *effect.Value {
	inv := &effect.Invocation{Args: c.args, Named: map[string]*effect.Value{}, Results: 1}
	for i, a := range inv.Args {
		if a == nil {
			inv.Args[i] = effect.NewUnknown(w.r.site(c.at) + "#" + string(rune('a'+i%26)))
		}
	}
	switch {
	case self != nil:
		inv.Method, inv.Recv = w.r.part(c.fn), self
		if self.Inner() != nil || self.Type == "file" { // of Deno's files
			inv.Method = strings.TrimSuffix(strings.Replace(inv.Method, "syncData", "datasync", 1), "Sync")
		}
		if v, ok := w.text(inv.Method, self); ok {
			return v
		}
		if self.Type != "" && self.Type != "str" {
			inv.Callees = []string{self.Type + "." + inv.Method}
		}
		if in := self.Inner(); in != nil && strings.HasSuffix(in.Site, ":r") && (inv.Method == "sync" || inv.Method == "datasync") {
			x := c.base
			x.Op, x.Path = effect.SyncDir, in.Args[0]
			w.emit(x)
			return effect.NewEmpty()
		}
	case full != "":
		inv.Callees, inv.System = []string{full}, w.handedOn(c, full)
	default:
		if c.fn.Is("super") {
			if cl := w.r.class[w.class]; cl != nil && len(cl.Bases) > 0 {
				inv.Callees, inv.Recv = []string{cl.Bases[0] + ".constructor"}, effect.NewSelf(w.class)
			}
		}
	}
	e := c.base
	e.Op, e.Call = effect.Invoke, inv
	name := strings.Join(inv.Callees, "")
	if w.r.async[name] && c.at.Parent.Is("expression_statement") {
		e.Unawaited = true
	}
	w.emit(e)
	if s := inv.System; s != nil && len(s.Gives) > 0 && fileSystems[part(s.Owner)] {
		return s.Gives[0] // what is done to it is understood here, and counts if it was opened
	}
	return effect.NewCall(e.At.Site(), name, 0)
}

// text is a method that keeps what a text or a random part is.
func (w *work) text(name string, self *effect.Value) (*effect.Value, bool) {
	switch name {
	case "toString", "toISOString", "digest", "update", "slice", "substring", "replace", "replaceAll":
		if self.Kind == effect.Random {
			return self, true
		}
	case "trim", "trimEnd":
		if self.Kind != effect.Call && self.Inner() == nil {
			return self, true
		}
	case "concat":
		return nil, false
	}
	return nil, false
}

// creates is new X(…).
func (w *work) creates(n *grammar.Node) *effect.Value {
	fn := n.Get("constructor")
	full := w.dotted(fn)
	c := &call{at: n, fn: fn, named: map[string]*effect.Value{}}
	c.base = effect.Effect{At: w.r.span(n), Fate: effect.Returned, API: "new " + w.r.text(fn)}
	funcs := w.arguments(c, kids(n.Get("arguments")))
	if full == "" {
		name := w.r.text(fn)
		for _, f := range funcs {
			w.inline(f) // new Promise((resolve, reject) => …)
		}
		if name == "Date" {
			return effect.NewRandom(w.r.site(n), "clock")
		}
		return effect.NewUnknown(w.r.site(n))
	}
	if full == "Date" {
		return effect.NewRandom(w.r.site(n), "clock")
	}
	if e := w.entry(full); e != nil {
		return w.does(c, e, full, nil)
	}
	if full != "Promise" {
		v := w.invoke(c, full, nil)
		for _, f := range funcs {
			w.within(effect.Region{Kind: effect.Lambda}, f, func() { w.inline(f) })
		}
		return v.Typed(full)
	}
	for _, f := range funcs {
		w.inline(f)
	}
	return effect.NewUnknown(w.r.site(n))
}

// callbacks reads the functions that a call was given: in source order, in a
// loop where each element is given to them, as a task where they run later.
//
// A callback of fs is given the error and what the call gave, v.
func (w *work) callbacks(c *call, e *table.Entry, full string, v *effect.Value, funcs []*grammar.Node) {
	name := full[strings.LastIndexByte(full, '.')+1:]
	if c.fn.Is("member_expression") {
		name = w.r.text(c.fn.Get("property"))
	}
	for _, f := range funcs {
		switch {
		case e != nil && e.Verb == "task":
			w.within(effect.Region{Kind: effect.Task}, f, func() { w.inline(f) })
		case name == "forEach" || name == "map" || name == "filter" || name == "flatMap" || name == "reduce":
			w.within(effect.Region{Kind: effect.Loop}, f, func() { w.inline(f) })
		case e != nil && f == c.back && strings.HasPrefix(full, "fs."):
			w.inline(f, nil, v)
		default:
			w.inline(f)
		}
	}
}
