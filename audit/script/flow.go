package script

import (
	"maps"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

func either(a, b *effect.Value) *effect.Value { return flow.Either(a, b) }

func (w *work) loop(n *grammar.Node) {
	before := maps.Clone(w.env)
	if init := n.Get("initializer"); init != nil {
		w.statement(init)
	}
	if right := n.Get("right"); right != nil {
		w.eval(right)
		w.bind(n.Get("left"), effect.NewUnknown(w.r.site(n.Get("left"))))
	}
	w.within(effect.Region{Kind: effect.Loop}, n, func() {
		w.cond(n.Get("condition"))
		w.way1(n.Get("body"))
		if inc := n.Get("increment"); inc != nil {
			w.eval(inc)
		}
	})
	w.join(before, w.env)
}

// way1 reads a statement that need not be a block.
func (w *work) way1(n *grammar.Node) bool {
	if n == nil {
		return false
	}
	return w.statement(n)
}

func (w *work) switches(n *grammar.Node) {
	w.eval(n.Get("value"))
	ways := []flow.Env{maps.Clone(w.env)}
	if body := n.Get("body"); body != nil {
		for _, k := range body.Kids {
			w.within(effect.Region{Kind: effect.Branch}, k, func() {
				ways = append(ways, w.branch(func() bool {
					for _, s := range k.Kids {
						if s.Field != "value" && w.statement(s) {
							return !s.Is("break_statement")
						}
					}
					return false
				}))
			})
		}
	}
	w.join(ways...)
}

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

// try reads a try statement: its body, its handler, its finally.
func (w *work) try(n *grammar.Node) (ended bool) {
	catch := n.Get("handler")
	region := effect.Region{Kind: effect.Try}
	if catch != nil {
		region.Handled = w.fate(catch.Get("body"), w.r.text(catch.Get("parameter")))
	}
	before := maps.Clone(w.env)
	from := len(w.f.Effects)
	var main flow.Env
	w.within(region, n, func() {
		main = w.branch(func() bool { return w.block(n.Get("body")) })
	})
	to := len(w.f.Effects)
	ways := []flow.Env{main}
	if catch != nil {
		if main != nil {
			w.join(before, maps.Clone(main))
		}
		w.within(effect.Region{Kind: effect.Handler}, catch, func() {
			ways = append(ways, w.branch(func() bool { return w.block(catch.Get("body")) }))
		})
		w.react(from, to, w.answer(catch.Get("body"), w.r.text(catch.Get("parameter"))), catch)
	}
	ended = w.join(ways...)
	if f := n.Get("finalizer"); f != nil {
		w.within(effect.Region{Kind: effect.Finally}, f, func() {
			if w.block(f.Get("body")) {
				ended = true
			}
		})
	}
	return ended
}

// react tells reads what follows their failure.
func (w *work) react(from, to int, a effect.Reaction, at *grammar.Node) {
	a.At, a.Text = w.r.span(at), strings.Join(strings.Fields(firstLines(w.r.text(at))), " ")
	open := func(x effect.Answer) bool { return x == effect.AnswerUnknown || x == effect.Fails }
	for i := from; i < to && i < len(w.f.Effects); i++ {
		e := &w.f.Effects[i]
		if e.Op != effect.Read && e.Op != effect.Parse && e.Op != effect.Invoke && e.Op != effect.Exists {
			continue
		}
		r := e.React
		if open(r.Absent) && a.Absent != effect.AnswerUnknown {
			r.Absent, r.At, r.Text = a.Absent, a.At, a.Text
		}
		if open(r.Broken) && a.Broken != effect.AnswerUnknown && e.Op != effect.Exists {
			r.Broken, r.At, r.Text = a.Broken, a.At, a.Text
		}
		e.React = r
	}
}

func firstLines(s string) string {
	lines := strings.SplitN(s, "\n", 3)
	return strings.Join(lines[:min(2, len(lines))], " ")
}

// fate is what a handler makes of the error, which is called name.
func (w *work) fate(body *grammar.Node, name string) effect.Fate {
	fate := effect.Dropped
	for n := range body.All() {
		switch {
		case n.Is("throw_statement"):
			return effect.Returned
		case n.Is("return_statement") && w.mentions(n, name):
			return effect.Returned
		case n.Is("call_expression") && w.quits(n):
			return effect.Returned
		case n.Is("call_expression") && w.logs(n):
			fate = effect.Logged
		case n.Is("call_expression") && n.Get("function").Is("identifier") && w.mentions(n.Get("arguments"), name):
			return effect.Returned // reject(e), next(e), callback(e)
		}
	}
	return fate
}

func (w *work) mentions(n *grammar.Node, name string) bool {
	if name == "" {
		return false
	}
	for k := range n.All() {
		if k.Is("identifier", "shorthand_property_identifier") && w.r.text(k) == name {
			return true
		}
	}
	return false
}

var logging = map[string]bool{"log": true, "warn": true, "error": true, "info": true, "debug": true, "trace": true, "write": true, "verbose": true, "fatal": true}

func (w *work) logs(n *grammar.Node) bool {
	fn := n.Get("function")
	if fn.Is("member_expression") {
		return logging[w.r.text(fn.Get("property"))]
	}
	return logging[w.r.text(fn)]
}

// answer is what a handler does about a read that failed: for a file that is
// not there, and for one that is not what it should be.
func (w *work) answer(body *grammar.Node, name string) effect.Reaction {
	if body == nil {
		return effect.Reaction{}
	}
	text := w.r.text(body)
	a := effect.Defaults
	throws := false
	for n := range body.All() {
		switch {
		case n.Is("throw_statement"), n.Is("return_statement") && w.mentions(n, name), n.Is("call_expression") && w.quits(n):
			throws = true
		case n.Is("continue_statement") && a == effect.Defaults:
			a = effect.AnswerUnknown
		case n.Is("call_expression"):
			a = w.answerOf(n, a)
		}
	}
	switch {
	case throws && strings.Contains(text, "ENOENT"):
		return effect.Reaction{Absent: a, Broken: effect.Fails}
	case throws:
		return effect.Reaction{Absent: effect.Fails, Broken: effect.Fails}
	}
	return effect.Reaction{Absent: a, Broken: a}
}

func (w *work) answerOf(n *grammar.Node, a effect.Answer) effect.Answer {
	fn := n.Get("function")
	name := w.r.text(fn)
	if fn.Is("member_expression") {
		name = w.r.text(fn.Get("property"))
	}
	switch strings.TrimSuffix(name, "Sync") {
	case "rename", "copyFile", "move":
		return effect.Recovers
	case "unlink", "rm":
		if a == effect.Defaults {
			return effect.Rebuilds
		}
	case "readFile", "readJson":
		return effect.Recovers
	}
	return a
}
