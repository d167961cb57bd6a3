package script

import (
	"maps"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

func (w *work) cond(n *grammar.Node) effect.Cond {
	c, _ := w.asks(n, false)
	return c
}

// asks returns what is known when n is true, and the index of the Exists.
func (w *work) asks(n *grammar.Node, not bool) (effect.Cond, int) {
	n = strip(n)
	switch {
	case n == nil:
		return effect.Cond{}, -1
	case n.Is("unary_expression") && w.r.text(n.Get("operator")) == "!":
		return w.asks(n.Get("argument"), !not)
	case n.Is("binary_expression") && (w.r.text(n.Get("operator")) == "&&" || w.r.text(n.Get("operator")) == "||"):
		a, i := w.asks(n.Get("left"), not)
		b, j := w.asks(n.Get("right"), not)
		if a.Exists != nil {
			return a, i
		}
		return b, j
	}
	from := len(w.f.Effects)
	w.eval(n)
	c := w.system(n, not)
	for i := from; i < len(w.f.Effects); i++ {
		if e := &w.f.Effects[i]; e.Op == effect.Exists && n.Is("call_expression", "await_expression") {
			c.Exists, c.Not = e.Path, not
			return c, i
		}
	}
	return c, -1
}

// system says of a test for a system which way is usual.
func (w *work) system(n *grammar.Node, not bool) effect.Cond {
	text := w.r.text(n)
	if !strings.Contains(text, "win32") {
		return effect.Cond{}
	}
	usual := strings.Contains(text, "!=") != not
	return effect.Cond{Always: usual, Rare: !usual}
}

func (w *work) ifs(n *grammar.Node) (ended bool) {
	c, at := w.asks(n.Get("condition"), false)
	from := len(w.f.Effects)
	first := w.way(n, n.Get("consequence"), c)
	if at >= 0 {
		w.absent(n, at, c, w.f.Effects[from:])
	}
	rest := c
	rest.Not, rest.Always, rest.Rare = !c.Not, c.Rare, c.Always
	alt := n.Get("alternative")
	other := maps.Clone(w.env)
	if alt != nil {
		other = w.way(alt, alt.Only(), rest)
	}
	ended = w.join(first, other)
	if !ended && alt == nil && first == nil && c.Exists != nil { // a guard: what follows is the other way
		w.in = &effect.Region{Kind: effect.Branch, Up: w.in, At: w.r.span(n), Cond: rest}
	}
	return ended
}

func (w *work) way(n, body *grammar.Node, c effect.Cond) flow.Env {
	var env flow.Env
	w.within(effect.Region{Kind: effect.Branch, Cond: c}, n, func() {
		in := w.in
		env = w.branch(func() bool {
			in.Leaves = w.way1(body)
			return in.Leaves
		})
	})
	return env
}

// absent says what follows when the path does not exist.
func (w *work) absent(n *grammar.Node, at int, c effect.Cond, body []effect.Effect) {
	e := &w.f.Effects[at]
	react := effect.Reaction{At: w.r.span(n), Text: firstLine(w.r.text(n))}
	if !c.Not {
		for i := range body {
			if b := &body[i]; b.Op == effect.Read && effect.Same(b.Path, e.Path) {
				react.Absent = effect.Defaults
			}
		}
	} else {
		react.Absent = w.answer(n.Get("consequence"), "").Absent
		for i := range body {
			if b := &body[i]; b.Op == effect.OpenFile && b.Mode.Access != effect.ReadOnly && effect.Same(b.Path, e.Path) {
				react.Absent = effect.Rebuilds
			}
		}
	}
	if react.Absent != effect.AnswerUnknown {
		e.React = react
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSpace(s)
}
