package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

// eval returns what an expression stands for and records what it does.
func (w *work) eval(n *grammar.Node) *effect.Value {
	if n == nil {
		return effect.NewEmpty()
	}
	vs := w.multi(n)
	if len(vs) == 0 || vs[0] == nil {
		return effect.NewUnknown(w.r.site(n))
	}
	return vs[0]
}

// multi is eval for what may be taken apart.
func (w *work) multi(n *grammar.Node) []*effect.Value {
	switch n.Kind {
	case "call":
		return w.call(n)
	case "await", "parenthesized_expression":
		return w.multi(or2(n.Only(), n))
	case "identifier":
		return one(w.value(n))
	case "attribute":
		return one(w.attribute(n))
	case "string":
		return one(w.str(n))
	case "concatenated_string":
		var parts []*effect.Value
		for _, k := range n.Kids {
			parts = append(parts, w.eval(k))
		}
		return one(effect.NewConcat(parts...))
	case "integer":
		return one(effect.NewLit(w.r.text(n)))
	case "none":
		return one(effect.NewEmpty())
	case "true":
		return one(effect.NewLit("True"))
	case "false":
		return one(effect.NewLit("False"))
	}
	return one(w.compound(n))
}

func or2(a, b *grammar.Node) *grammar.Node {
	if a != nil && a != b {
		return a
	}
	return &grammar.Node{Kind: "none", Range: b.Range}
}

func one(v *effect.Value) []*effect.Value { return []*effect.Value{v} }

func (w *work) compound(n *grammar.Node) *effect.Value {
	switch n.Kind {
	case "binary_operator":
		return w.binary(n)
	case "boolean_operator":
		a := w.eval(n.Get("left"))
		b := w.eval(n.Get("right"))
		if w.r.text(n.Get("operator")) == "or" {
			return flow.Either(a, b)
		}
		return b
	case "conditional_expression":
		if len(n.Kids) == 3 {
			w.cond(n.Kids[1])
			return flow.Either(w.eval(n.Kids[0]), w.eval(n.Kids[2]))
		}
	case "named_expression":
		v := w.eval(n.Get("value"))
		w.bind(n.Get("name"), v)
		return v
	case "assignment", "augmented_assignment":
		w.expression(n)
		return effect.NewUnknown(w.r.site(n))
	case "list", "dictionary", "tuple", "set":
		if len(n.Kids) == 0 {
			return effect.NewEmpty()
		}
	case "lambda":
		w.within(effect.Lambda, n, func() { w.branch(func() bool { w.eval(n.Get("body")); return false }) })
		return effect.NewUnknown(w.r.site(n))
	case "subscript":
		v := w.eval(n.Get("value"))
		for _, k := range n.Kids[1:] {
			w.eval(k)
		}
		if v.Kind == effect.Random {
			return v
		}
		if v.Kind == effect.Global && v.Name == "sys.argv" {
			return effect.NewGlobal(effect.Arguments)
		}
		return w.item(n, v)
	case "yield":
		return w.yields(n)
	case "list_comprehension", "generator_expression", "set_comprehension", "dictionary_comprehension":
		w.within(effect.Loop, n, func() {
			w.branch(func() bool { w.comprehension(n); return false })
		})
		return effect.NewUnknown(w.r.site(n))
	}
	w.all(n)
	return effect.NewUnknown(w.r.site(n))
}

func (w *work) comprehension(n *grammar.Node) {
	for _, k := range n.Kids {
		if k.Is("for_in_clause") {
			w.eval(k.Get("right"))
			w.bind(k.Get("left"), effect.NewUnknown(w.r.site(k)).Typed(w.element(k.Get("right"))))
		}
	}
	for _, k := range n.Kids {
		if !k.Is("for_in_clause") {
			w.all(&grammar.Node{Kids: []*grammar.Node{k}})
		}
	}
}

func (w *work) yields(n *grammar.Node) *effect.Value {
	v := w.eval(n.Only())
	e := effect.Effect{Op: effect.Yield, At: w.r.span(n), Fate: effect.Returned}
	if v.Inner() != nil {
		e.Handle = v
	} else {
		e.Path = v
	}
	w.emit(e)
	return effect.NewUnknown(w.r.site(n))
}

func (w *work) binary(n *grammar.Node) *effect.Value {
	a := w.eval(n.Get("left"))
	b := w.eval(n.Get("right"))
	switch w.r.text(n.Get("operator")) {
	case "/":
		t := a.Type
		if t != "anyio.Path" {
			t = "Path"
		}
		return effect.NewJoin(a, b).Typed(t)
	case "+":
		return effect.NewConcat(a, b)
	case "|":
		return flags(a, b)
	case "%":
		if a.Kind == effect.Lit {
			return w.format(a.Name, "%", n.Get("right"))
		}
	}
	return effect.NewUnknown(w.r.site(n))
}

// flags joins constants like os.O_CREAT. One that comes from a condition, as
// getattr(os, "O_BINARY", 0) does, adds nothing to what we ask of them.
func flags(a, b *effect.Value) *effect.Value {
	name := func(v *effect.Value) string {
		switch {
		case v.Kind == effect.Lit:
			return v.Name
		case v.Kind == effect.Global && strings.Contains(v.Name, ".O_"):
			return v.Name[strings.LastIndexByte(v.Name, '.')+1:]
		}
		return ""
	}
	return effect.NewLit(strings.Trim(name(a)+"|"+name(b), "|"))
}

// format puts values in the places of a "%" or "{" format.
func (w *work) format(text, mark string, args *grammar.Node) *effect.Value {
	var vs []*effect.Value
	if args.Is("tuple", "argument_list") {
		for _, k := range args.Kids {
			if k.Is("keyword_argument") {
				k = k.Get("value")
			}
			vs = append(vs, w.eval(k))
		}
	} else {
		vs = []*effect.Value{w.eval(args)}
	}
	var parts []*effect.Value
	for _, v := range vs {
		before, rest, ok := strings.Cut(text, mark)
		if !ok {
			break
		}
		parts = append(parts, effect.NewLit(before), v)
		if mark == "%" {
			rest = strings.TrimLeft(rest, "0123456789.-+")
			rest = rest[min(1, len(rest)):]
		} else {
			_, rest, _ = strings.Cut(rest, "}")
		}
		text = rest
	}
	return effect.NewConcat(append(parts, effect.NewLit(text))...)
}

// str is a literal, or an f-string put together.
func (w *work) str(n *grammar.Node) *effect.Value {
	var parts []*effect.Value
	for _, k := range n.Kids {
		switch k.Kind {
		case "string_content":
			parts = append(parts, effect.NewLit(strings.ReplaceAll(w.r.text(k), "\\\\", "/")))
		case "interpolation":
			parts = append(parts, w.eval(or2(k.Get("expression"), k)))
		}
	}
	if len(parts) == 0 {
		return effect.NewEmpty()
	}
	return effect.NewConcat(parts...)
}
