package python

import (
	"maps"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

// handler is one except clause, summed up.
type handler struct {
	types string // as written; "" catches all
	name  string // what the error is called
	body  *grammar.Node
	fate  effect.Fate
	at    effect.Span
	text  string
}

// absence and garbage are the errors of a file that is not there, and of one
// that is not what it should be.
var (
	all      = []string{"Exception", "BaseException"}
	absence  = append([]string{"FileNotFoundError", "OSError", "IOError", "EnvironmentError"}, all...)
	garbage  = append([]string{"JSONDecodeError", "ValueError", "UnicodeDecodeError", "YAMLError", "PickleError", "UnpicklingError", "ValidationError", "TOMLDecodeError", "KeyError", "TypeError"}, all...)
	failures = append([]string{"OSError", "IOError", "PermissionError", "EnvironmentError"}, all...)
)

func (h *handler) catches(names []string) bool {
	if h.types == "" {
		return true
	}
	for _, n := range names {
		for at := strings.Index(h.types, n); at >= 0; {
			if end := at + len(n); end == len(h.types) || !isLetter(h.types[end]) {
				if at == 0 || !isLetter(h.types[at-1]) {
					return true
				}
			}
			next := strings.Index(h.types[at+1:], n)
			if next < 0 {
				break
			}
			at += next + 1
		}
	}
	return false
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

// try reads a try statement: its body, what its handlers make of errors, and
// its finally.
func (w *work) try(n *grammar.Node) (ended bool) {
	var hs []*handler
	for _, k := range n.Kids {
		if k.Is("except_clause", "except_group_clause") {
			hs = append(hs, w.handler(k))
		}
	}
	reg := &effect.Region{Kind: effect.Try, Up: w.in, At: w.r.span(n), Handled: handled(hs)}
	before := maps.Clone(w.env)
	from := len(w.f.Effects)
	up := w.in
	w.in = reg
	main := w.branch(func() bool {
		done := w.block(n.Get("body"))
		if e := child(n, "else_clause"); e != nil && !done {
			done = w.block(e.Get("body"))
		}
		return done
	})
	w.in = up
	to := len(w.f.Effects)
	ways := []flow.Env{main}
	if main != nil {
		w.join(before, maps.Clone(main)) // a handler runs with what the body got to
	}
	for _, h := range hs {
		w.within(effect.Handler, h.body, func() {
			ways = append(ways, w.branch(func() bool { return w.block(h.body) }))
		})
	}
	w.react(hs, from, to)
	ended = w.join(ways...)
	if f := child(n, "finally_clause"); f != nil {
		w.within(effect.Finally, f, func() {
			if w.block(f.Only()) {
				ended = true
			}
		})
	}
	return ended
}

func child(n *grammar.Node, kind string) *grammar.Node {
	for _, k := range n.Kids {
		if k.Is(kind) {
			return k
		}
	}
	return nil
}

// handler sums up an except clause.
func (w *work) handler(n *grammar.Node) *handler {
	h := &handler{at: w.r.span(n)}
	for _, k := range n.Kids {
		switch {
		case k.Is("block"):
			h.body = k
		case k.Is("as_pattern"):
			h.types, h.name = w.r.text(k.Only()), w.r.text(k.Get("alias"))
		case !k.Is("comment"):
			h.types = w.r.text(k)
		}
	}
	if h.body == nil {
		h.body = &grammar.Node{Kind: "block", Range: n.Range}
	}
	h.fate, h.text = w.fate(h), w.r.text(n)
	lines := strings.SplitN(h.text, "\n", 3)
	h.text = strings.TrimSpace(lines[0])
	if len(lines) > 1 {
		h.text += " " + strings.TrimSpace(lines[1])
	}
	return h
}

// fate is what a handler makes of the error.
func (w *work) fate(h *handler) effect.Fate {
	fate := effect.Dropped
	for n := range h.body.All() {
		switch {
		case n.Is("function_definition", "lambda"):
		case n.Is("raise_statement"):
			return effect.Returned
		case n.Is("return_statement", "yield") && h.name != "" && w.names1(n, h.name):
			return effect.Returned
		case n.Is("call") && w.logs(n):
			fate = effect.Logged
		case n.Is("call") && w.quits(n):
			return effect.Returned
		}
	}
	return fate
}

func (w *work) names1(n *grammar.Node, name string) bool {
	for k := range n.All() {
		if k.Is("identifier") && w.r.text(k) == name {
			return true
		}
	}
	return false
}

var logging = []string{"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "echo", "secho", "print_exc", "write"}

// logs says whether a call tells a log or a terminal.
func (w *work) logs(n *grammar.Node) bool {
	fn := n.Get("function")
	name := w.r.text(fn)
	if fn.Is("attribute") {
		name = w.r.text(fn.Get("attribute"))
	}
	for _, l := range logging {
		if name == l {
			return true
		}
	}
	return false
}

// handled is the fate that the broadest handler gives to a failed write.
func handled(hs []*handler) effect.Fate {
	fate := effect.FateNone
	for _, h := range hs {
		if h.catches(failures) {
			fate = h.fate
		}
	}
	return fate
}
