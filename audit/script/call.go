package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/table"
)

// call is one call in the source.
type call struct {
	at    *grammar.Node
	fn    *grammar.Node
	args  []*effect.Value
	named map[string]*effect.Value // of an options object: opt.flag
	back  *grammar.Node            // a callback
	base  effect.Effect
}

// call evaluates a call: what the table knows of it, else an Invoke. Functions
// among the arguments run where they stand.
func (w *work) call(n *grammar.Node) *effect.Value {
	fn := strip(n.Get("function"))
	if isFunc(fn) {
		w.inline(fn)
		return effect.NewUnknown(w.r.site(n))
	}
	if v, ok := w.chain(n, fn); ok {
		return v
	}
	args := kids(n.Get("arguments"))
	if of, name := strip(fn.Get("object")), w.r.part(fn); name == "call" || name == "apply" || name == "bind" {
		switch full := w.alias(of, w.dotted(of)); {
		case full != "" && name == "bind":
			return w.bound(n, full, args)
		case full != "":
			fn, args = of, given(name, args)
		}
	}
	c := &call{at: n, fn: fn, named: map[string]*effect.Value{}}
	c.base = effect.Effect{At: w.r.span(n), Fate: effect.Returned, API: strings.Join(strings.Fields(w.r.text(fn)), ""), Async: n.Parent.Is("await_expression")}
	var self *effect.Value
	full := w.dotted(fn)
	if v := w.alias(fn, full); v != "" {
		full = v
	}
	if full == "" && fn.Is("member_expression", "subscript_expression") {
		self = w.eval(fn.Get("object"))
		if of, sure := w.method(self, fn); of != "" {
			full, self, c.base.Unsure = of, nil, !sure
		}
	}
	funcs := w.arguments(c, args)
	e, sure := w.find(c, full, self)
	c.base.Unsure = e != nil && (!sure || c.base.Unsure)
	v := w.does(c, e, full, self)
	w.callbacks(c, e, full, v, funcs)
	return v
}

// alias is the full name of what a constant stands for that is called: of
// const write = promisify(fs.writeFile).
func (w *work) alias(fn *grammar.Node, full string) string {
	if full != "" || !fn.Is("identifier") {
		return full
	}
	if v := w.value(fn); v.Kind == effect.Global {
		return v.Name
	}
	return ""
}

func kids(n *grammar.Node) []*grammar.Node {
	if n == nil {
		return nil
	}
	var out []*grammar.Node
	for _, k := range n.Kids {
		if !k.Is("comment") {
			out = append(out, k)
		}
	}
	return out
}

// arguments evaluates what a call is given and returns the functions in it.
func (w *work) arguments(c *call, args []*grammar.Node) (funcs []*grammar.Node) {
	for _, a := range args {
		switch {
		case isFunc(strip(a)):
			funcs = append(funcs, strip(a))
			c.args = append(c.args, nil)
		case a.Is("spread_element"):
			w.all(a)
			c.args = append(c.args, effect.NewUnknown(w.r.site(a)))
		case a.Is("object"):
			w.options(c, a)
			c.args = append(c.args, effect.NewUnknown(w.r.site(a)))
		default:
			c.args = append(c.args, w.eval(a))
		}
	}
	if len(funcs) > 0 {
		c.back = funcs[len(funcs)-1]
	}
	return funcs
}

func (w *work) options(c *call, n *grammar.Node) {
	for _, k := range n.Kids {
		switch {
		case k.Is("pair") && !isFunc(strip(k.Get("value"))):
			c.named["opt."+strings.Trim(w.r.text(k.Get("key")), "'\"")] = w.eval(k.Get("value"))
		case k.Is("shorthand_property_identifier"):
			c.named["opt."+w.r.text(k)] = w.eval(k)
		case k.Is("pair"):
			w.within(effect.Region{Kind: effect.Lambda}, k, func() { w.inline(strip(k.Get("value"))) })
		default:
			w.eval(k)
		}
	}
}

func (w *work) does(c *call, e *table.Entry, full string, self *effect.Value) *effect.Value {
	if e == nil {
		return w.invoke(c, full, self)
	}
	switch e.Verb {
	case "promisify":
		if len(c.args) > 0 && c.args[0] != nil {
			return c.args[0]
		}
		return effect.NewUnknown(w.r.site(c.at))
	case "global":
		return effect.NewGlobal(e.Name + "()")
	case "pipe":
		return w.pipes(c, e, self)
	case "run", "task":
		return effect.NewUnknown(w.r.site(c.at))
	}
	c.base.Fate = w.fateOf(c, full)
	c.base.Unawaited = w.unawaited(c, full)
	if c.base.Unawaited {
		c.base.Fate = effect.Dropped
	}
	if c.named["opt.signal"] == nil && c.base.Async {
		c.base.Whole = true
	}
	if f := denoFlag(c.named); f != nil && strings.HasPrefix(full, "Deno.") {
		c.named["deno"] = f
	}
	does, results := e.Apply(&table.Call{Effect: c.base, Self: self, Args: c.args, Named: c.named})
	from := len(w.f.Effects)
	for _, d := range does {
		w.emit(d)
	}
	if c.back != nil {
		body, name := c.back.Get("body"), firstParameter(w.r, c.back)
		w.react(from, len(w.f.Effects), w.answer(body, name), c.back)
	}
	if len(results) == 0 || results[0] == nil {
		return effect.NewUnknown(w.r.site(c.at))
	}
	return results[0]
}

// fateOf is what a callback makes of the error.
func (w *work) fateOf(c *call, full string) effect.Fate {
	if c.back == nil || !strings.HasPrefix(full, "fs.") {
		return effect.Returned
	}
	name := firstParameter(w.r, c.back)
	if !w.mentions(c.back.Get("body"), name) {
		return effect.Dropped
	}
	return w.fate(c.back.Get("body"), name)
}

// unawaited says whether a promise is left alone.
func (w *work) unawaited(c *call, full string) bool {
	if !strings.HasPrefix(full, "fsp.") && !strings.HasPrefix(full, "fsx.") || strings.HasSuffix(full, "Sync") || c.back != nil {
		return false
	}
	return c.at.Parent.Is("expression_statement")
}

// pipes is a stream written into another: the end of the chain is what is
// written.
func (w *work) pipes(c *call, e *table.Entry, self *effect.Value) *effect.Value {
	if len(c.args) == 0 {
		return effect.NewUnknown(w.r.site(c.at))
	}
	into := c.args[0]
	if e.Word("into") == "last" {
		for _, a := range c.args {
			if a.Inner() != nil {
				into = a
			}
		}
	}
	if into.Inner() == nil {
		if into.Kind == effect.Call || into.Kind == effect.Param || into.Kind == effect.Field {
			return w.invoke(c, "", self)
		}
		return into
	}
	x := c.base
	x.Op, x.Handle, x.Content = effect.Write, into, self
	w.emit(x)
	x.Op = effect.Close
	w.emit(x)
	return into
}
