package script

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// chain is a method of promises: what stands before it happens first, what it
// is given follows.
func (w *work) chain(n, fn *grammar.Node) (*effect.Value, bool) {
	if !fn.Is("member_expression") || !strip(fn.Get("object")).Is("call_expression", "new_expression") {
		return nil, false
	}
	name := w.r.text(fn.Get("property"))
	args := kids(n.Get("arguments"))
	switch name {
	case "catch":
		return w.caught(n, fn, args), true
	case "then", "finally":
		v := w.eval(fn.Get("object"))
		for i, a := range args {
			if isFunc(a) && name == "then" && i == 0 {
				w.inline(a, v)
			} else if isFunc(a) {
				w.inline(a)
			} else {
				w.eval(a)
			}
		}
		return v, true
	}
	return nil, false
}

// caught is x.catch(handler).
func (w *work) caught(n, fn *grammar.Node, args []*grammar.Node) *effect.Value {
	region := effect.Region{Kind: effect.Try, Handled: effect.Dropped}
	var body *grammar.Node
	name := ""
	if len(args) > 0 && isFunc(args[0]) {
		body = args[0].Get("body")
		name = firstParameter(w.r, args[0])
		region.Handled = w.fate(body, name)
	}
	from := len(w.f.Effects)
	var v *effect.Value
	w.within(region, n, func() { v = w.eval(fn.Get("object")) })
	if body != nil {
		to := len(w.f.Effects)
		w.within(effect.Region{Kind: effect.Handler}, args[0], func() { w.inline(args[0]) })
		w.react(from, to, w.answer(body, name), n)
	}
	return v
}

func firstParameter(r *reader, fn *grammar.Node) string {
	if p := fn.Get("parameter"); p != nil {
		return r.text(p)
	}
	ps := kids(fn.Get("parameters"))
	if len(ps) == 0 {
		return ""
	}
	if p := ps[0].Get("pattern"); p != nil {
		return r.text(p)
	}
	return r.text(ps[0])
}
