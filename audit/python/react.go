package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// react tells the reads of a try body what follows their failure.
func (w *work) react(hs []*handler, from, to int) {
	for i := from; i < to && i < len(w.f.Effects); i++ {
		e := &w.f.Effects[i]
		switch e.Op {
		case effect.Read, effect.Parse, effect.Invoke:
		default:
			continue
		}
		if e.In.Within(effect.Handler) && !e.In.Within(effect.Try) {
			continue
		}
		e.React = w.reaction(hs, e)
	}
}

func (w *work) reaction(hs []*handler, e *effect.Effect) effect.Reaction {
	r := e.React
	if h := firstOf(hs, absence); h != nil && (r.Absent == effect.AnswerUnknown || r.Absent == effect.Fails) {
		if a := w.answer(h.body, e.Path, h.name); a != effect.AnswerUnknown {
			r.Absent, r.At, r.Text = a, h.at, h.text
		}
	}
	wrong := garbage
	if e.Op == effect.Read {
		wrong = append(append([]string{}, garbage...), failures...)
	}
	if h := firstOf(hs, wrong); h != nil && (r.Broken == effect.AnswerUnknown || r.Broken == effect.Fails) {
		if a := w.answer(h.body, e.Path, h.name); a != effect.AnswerUnknown {
			r.Broken, r.At, r.Text = a, h.at, h.text
		}
	}
	return r
}

func firstOf(hs []*handler, names []string) *handler {
	for _, h := range hs {
		if h.catches(names) {
			return h
		}
	}
	return nil
}

// answer is what a block that runs after a failed read does: it fails, goes on
// with defaults, makes the content anew, or falls back to another copy.
func (w *work) answer(body *grammar.Node, path *effect.Value, name string) effect.Answer {
	if body == nil {
		return effect.AnswerUnknown
	}
	a := effect.Defaults
	for n := range body.All() {
		switch {
		case n.Is("raise_statement"):
			return effect.Fails
		case n.Is("continue_statement"):
			return effect.AnswerUnknown
		case n.Is("return_statement") && name != "" && w.names1(n, name):
			return effect.Fails
		case n.Is("call"):
			a = w.answerOf(n, a)
			if w.quits(n) {
				return effect.Fails
			}
		}
	}
	return a
}

// answerOf sees in a handler's call that the bad file is set aside, thrown away
// to be made anew, or that another copy is read.
func (w *work) answerOf(n *grammar.Node, a effect.Answer) effect.Answer {
	fn := n.Get("function")
	name := w.r.text(fn)
	if fn.Is("attribute") {
		name = w.r.text(fn.Get("attribute"))
	}
	switch name {
	case "rename", "replace", "move", "copy", "copy2", "copyfile":
		if name != "replace" || fn.Is("attribute") && len(n.Get("arguments").Kids) == 1 || w.r.dotted(fn, w) == "os.replace" {
			return effect.Recovers
		}
	case "unlink", "remove", "rmtree":
		if a == effect.Defaults {
			return effect.Rebuilds
		}
	case "open":
		if !strings.Contains(w.r.text(n.Get("arguments")), "w") {
			return effect.Recovers
		}
	case "read_text", "read_bytes", "load":
		return effect.Recovers
	}
	return a
}
