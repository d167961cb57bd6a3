package python

import (
	"maps"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

// cond evaluates a condition; where it asks whether a path exists, it says so.
func (w *work) cond(n *grammar.Node) effect.Cond {
	c, _ := w.asks(n, false)
	return c
}

// asks returns what is known when n is true, and the index of the Exists.
func (w *work) asks(n *grammar.Node, not bool) (effect.Cond, int) {
	switch {
	case n == nil:
		return effect.Cond{}, -1
	case n.Is("parenthesized_expression"):
		return w.asks(n.Only(), not)
	case n.Is("not_operator"):
		return w.asks(n.Get("argument"), !not)
	case n.Is("boolean_operator"):
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
		if e := &w.f.Effects[i]; e.Op == effect.Exists && n.Is("call", "await") {
			c.Exists, c.Not = e.Path, not
			return c, i
		}
	}
	return c, -1
}

// system says of a test for a system or a feature which way is usual.
func (w *work) system(n *grammar.Node, not bool) effect.Cond {
	text := w.r.text(n)
	windows := strings.Contains(text, "win32") || strings.Contains(text, `"nt"`) || strings.Contains(text, "'nt'") || strings.Contains(text, "Windows")
	switch {
	case windows:
		usual := strings.Contains(text, "!=") != not
		return effect.Cond{Always: usual, Rare: !usual}
	case strings.HasPrefix(text, "hasattr(os,") || strings.Contains(text, "posix"):
		usual := strings.Contains(text, "!=") == not
		return effect.Cond{Always: usual, Rare: !usual}
	}
	return effect.Cond{}
}

// ifs reads the ways of a condition.
func (w *work) ifs(n *grammar.Node) (ended bool) {
	c, at := w.asks(n.Get("condition"), false)
	var ways []flow.Env
	from := len(w.f.Effects)
	first := w.way(n, n.Get("consequence"), c)
	ways = append(ways, first)
	body := w.f.Effects[from:]
	alt := false
	var rest effect.Cond = invert(c)
	for _, k := range n.Kids {
		if k.Field != "alternative" {
			continue
		}
		if k.Is("elif_clause") {
			next, i := w.asks(k.Get("condition"), false)
			start := len(w.f.Effects)
			ways = append(ways, w.way(k, k.Get("consequence"), next))
			if i >= 0 {
				w.absent(k, i, next, w.f.Effects[start:])
			}
			continue
		}
		alt = true
		ways = append(ways, w.way(k, k.Get("body"), rest))
	}
	if at >= 0 {
		w.absent(n, at, c, body)
	}
	if !alt {
		ways = append(ways, maps.Clone(w.env))
	}
	ended = w.join(ways...)
	if !ended && !alt && first == nil && c.Exists != nil { // a guard: what follows is the other way
		w.in = &effect.Region{Kind: effect.Branch, Up: w.in, At: w.r.span(n), Cond: rest}
	}
	return ended
}

func invert(c effect.Cond) effect.Cond {
	c.Not = !c.Not
	c.Always, c.Rare = c.Rare, c.Always
	return c
}

func (w *work) way(n, body *grammar.Node, c effect.Cond) flow.Env {
	up := w.in
	in := &effect.Region{Kind: effect.Branch, Up: up, At: w.r.span(n), Cond: c}
	w.in = in
	defer func() { w.in = up }()
	return w.branch(func() bool {
		in.Leaves = w.block(body)
		return in.Leaves
	})
}

// absent says what follows when the path does not exist.
func (w *work) absent(n *grammar.Node, at int, c effect.Cond, body []effect.Effect) {
	e := &w.f.Effects[at]
	react := effect.Reaction{At: w.r.span(n), Text: firstLine(w.r.text(n))}
	if !c.Not { // if it exists: read it; else go on without
		for i := range body {
			if b := &body[i]; b.Op == effect.Read && effect.Same(b.Path, e.Path) || b.Op == effect.Invoke && mentions(b.Call, e.Path) {
				react.Absent = effect.Defaults
			}
		}
	} else {
		react.Absent = w.answer(n.Get("consequence"), e.Path, "")
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

func mentions(c *effect.Invocation, path *effect.Value) bool {
	if c == nil {
		return false
	}
	for _, a := range c.Args {
		if effect.Same(a, path) {
			return true
		}
	}
	return false
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSpace(s)
}
