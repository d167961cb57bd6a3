package script

import (
	"maps"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

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
	absent := effect.Cond{Exists: w.tests(from, to), Not: true}
	ways := []flow.Env{main}
	if catch != nil {
		if main != nil {
			w.join(before, maps.Clone(main))
		}
		w.within(effect.Region{Kind: effect.Handler}, catch, func() {
			if absent.Exists != nil {
				w.in = &effect.Region{Kind: effect.Branch, Up: w.in, At: w.r.span(n), Cond: absent}
			}
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
	if !ended && main == nil && absent.Exists != nil { // a guard: what follows is for a path that is not there
		w.in = &effect.Region{Kind: effect.Branch, Up: w.in, At: w.r.span(n), Cond: absent}
	}
	return ended
}

// tests returns the path whose existence is all that effects ask, by an error:
// try { await access(path) }. It is nil if they do anything else.
func (w *work) tests(from, to int) *effect.Value {
	var path *effect.Value
	for _, e := range w.f.Effects[from:to] {
		if path != nil || e.Op != effect.Exists || strings.Contains(e.API, "xists") {
			return nil
		}
		path = e.Path
	}
	return path
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
