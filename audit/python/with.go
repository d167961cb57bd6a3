package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// with opens each item, runs the block and closes them in reverse.
func (w *work) with(n *grammar.Node) (ended bool) {
	var open []*effect.Value
	var at []*grammar.Node
	up := w.in
	defer func() { w.in = up }()
	for item := range n.All() {
		if !item.Is("with_item") || item.Up("with_statement") != n {
			continue
		}
		v, call := item.Get("value"), item.Get("value")
		if v.Is("as_pattern") {
			call = v.Only()
		}
		if w.suppresses(call) {
			w.in = &effect.Region{Kind: effect.Try, Up: w.in, At: w.r.span(n), Handled: effect.Dropped}
			continue
		}
		got := w.eval(call)
		if v.Is("as_pattern") && v.Get("alias") != nil {
			w.bind(v.Get("alias").Only(), got)
		}
		open, at = append(open, got), append(at, call)
	}
	w.within(effect.With, n, func() { ended = w.block(n.Get("body")) })
	for i := len(open) - 1; i >= 0; i-- {
		w.leave(open[i], at[i])
	}
	return ended
}

// leave is the end of a with-block.
func (w *work) leave(v *effect.Value, at *grammar.Node) {
	sp := w.r.span(at)
	if v.Kind == effect.Temp && v.Type == "tempfile.TemporaryDirectory" {
		w.emit(effect.Effect{Op: effect.RemoveTree, Path: v, At: sp, Fate: effect.Returned, API: "TemporaryDirectory"})
		return
	}
	if v.Inner() != nil || v.Kind == effect.Call {
		w.emit(effect.Effect{Op: effect.Close, Handle: v, At: sp, Fate: effect.Returned, API: "with"})
		if in := v.Inner(); in != nil && in.Args[0] != nil && in.Args[0].Kind == effect.Temp && w.deletes(at) {
			w.emit(effect.Effect{Op: effect.Remove, Path: in.Args[0], At: sp, Fate: effect.Returned, API: "with"})
		}
	}
}

// deletes says whether a NamedTemporaryFile is gone when it is closed.
func (w *work) deletes(n *grammar.Node) bool {
	if n.Is("await") {
		n = n.Only()
	}
	args := n.Get("arguments")
	e := w.r.table.Call(w.r.dotted(n.Get("function"), w))
	if args == nil || e == nil || !e.Has("delete") {
		return false
	}
	for _, a := range args.Kids {
		if a.Is("keyword_argument") && strings.HasPrefix(w.r.text(a.Get("name")), "delete") {
			return w.r.text(a.Get("value")) != "False"
		}
	}
	return true
}

func (w *work) suppresses(n *grammar.Node) bool {
	if !n.Is("call") {
		return false
	}
	e := w.r.table.Call(w.r.dotted(n.Get("function"), w))
	return e != nil && e.Verb == "suppress"
}
