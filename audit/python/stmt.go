package python

import (
	"maps"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

// block reads statements in order; ended says that nothing runs after them.
func (w *work) block(n *grammar.Node) (ended bool) {
	if n == nil {
		return false
	}
	up := w.in
	defer func() { w.in = up }()
	for _, k := range n.Kids {
		if w.statement(k) {
			return true
		}
	}
	return false
}

func (w *work) statement(n *grammar.Node) (ended bool) {
	switch n.Kind {
	case "expression_statement":
		for _, k := range n.Kids {
			w.expression(k)
		}
		return w.quits(n.Only())
	case "return_statement":
		w.returns(n.Only())
		return true
	case "raise_statement", "continue_statement", "break_statement":
		w.eval(n.Only())
		return true
	case "if_statement":
		return w.ifs(n)
	case "for_statement", "while_statement":
		w.loop(n)
	case "with_statement":
		return w.with(n)
	case "try_statement":
		return w.try(n)
	case "function_definition", "class_definition", "decorated_definition":
		w.definition(n)
	case "import_statement", "import_from_statement":
		if w.f.Name != "" {
			maps.Copy(w.names, w.r.imports(n))
		}
	case "match_statement":
		w.match(n)
	case "comment", "pass_statement", "global_statement", "nonlocal_statement", "future_import_statement":
	default:
		w.all(n)
	}
	return false
}

// all evaluates everything in n for what it does.
func (w *work) all(n *grammar.Node) {
	for _, k := range n.Kids {
		w.expression(k)
	}
}

func (w *work) quits(n *grammar.Node) bool {
	if !n.Is("call") {
		return false
	}
	e := w.r.table.Call(w.r.dotted(n.Get("function"), w))
	return e != nil && e.Verb == "quit"
}

func (w *work) returns(n *grammar.Node) {
	var vs []*effect.Value
	if n.Is("expression_list", "tuple") {
		for _, k := range n.Kids {
			vs = append(vs, w.eval(k))
		}
	} else if n != nil {
		vs = []*effect.Value{w.eval(n)}
	}
	if len(vs) > 0 {
		w.given = append(w.given, vs)
	}
}

// results brings what the returns give to one value a position.
func (w *work) results() []*effect.Value {
	var out []*effect.Value
	for _, vs := range w.given {
		for i, v := range vs {
			if i >= len(out) {
				out = append(out, v)
			} else if v.Kind != effect.Empty {
				out[i] = flow.Either(out[i], v)
			}
		}
	}
	return out
}

func (w *work) expression(n *grammar.Node) {
	switch n.Kind {
	case "assignment":
		w.assign(n)
	case "augmented_assignment":
		left, right := n.Get("left"), w.eval(n.Get("right"))
		v := effect.NewUnknown(w.r.site(n))
		if strings.HasPrefix(w.r.text(n.Get("operator")), "+") {
			v = effect.NewConcat(w.eval(left), right)
		} else if strings.HasPrefix(w.r.text(n.Get("operator")), "/") {
			v = effect.NewJoin(w.eval(left), right).Typed("Path")
		}
		w.bind(left, v)
	default:
		w.eval(n)
	}
}

func (w *work) loop(n *grammar.Node) {
	before := maps.Clone(w.env)
	one := w.each(n.Get("right"))
	if left := n.Get("left"); left != nil {
		w.bind(left, or3(one, effect.NewUnknown(w.r.site(left)).Typed(w.element(n.Get("right")))))
	}
	w.within(effect.Loop, n, func() {
		w.cond(n.Get("condition"))
		w.block(n.Get("body"))
	})
	w.join(before, w.env)
	if alt := n.Get("alternative"); alt != nil {
		w.block(alt.Get("body"))
	}
}

// each evaluates what a loop goes over. Of a few values that are written there
// it hands out one; of anything else, nil.
func (w *work) each(n *grammar.Node) (one *effect.Value) {
	const few = 6
	if !n.Is("tuple", "list") || len(n.Kids) == 0 || len(n.Kids) > few {
		w.eval(n)
		return nil
	}
	for _, k := range n.Kids {
		if k.Is("comment") {
			continue
		}
		v := w.eval(k)
		if one != nil {
			v = flow.Either(one, v)
		}
		one = v
	}
	return one
}

func or3(a, b *effect.Value) *effect.Value {
	if a != nil {
		return a
	}
	return b
}

// element is the type of what a loop over n hands out.
func (w *work) element(n *grammar.Node) string {
	if n.Is("call") && n.Get("function").Is("attribute") {
		switch w.r.text(n.Get("function").Get("attribute")) {
		case "glob", "rglob", "iterdir":
			return "Path"
		}
	}
	return ""
}

func (w *work) match(n *grammar.Node) {
	w.eval(n.Get("subject"))
	ways := []flow.Env{maps.Clone(w.env)}
	if b := n.Get("body"); b != nil {
		for _, k := range b.Kids {
			w.within(effect.Branch, k, func() {
				ways = append(ways, w.branch(func() bool { return w.block(k.Get("consequence")) }))
			})
		}
	}
	w.join(ways...)
}
