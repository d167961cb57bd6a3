package python

import (
	"maps"
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

// item is a named element: the same key of the same thing is the same.
func (w *work) item(n *grammar.Node, v *effect.Value) *effect.Value {
	key := n.Get("subscript")
	if key.Is("string") && (v.Kind == effect.Param || v.Kind == effect.Global || v.Kind == effect.Field) {
		return effect.NewField(v, "["+w.r.text(key)+"]")
	}
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

// attribute is a field of a value, a part of a path, or a name of a module.
func (w *work) attribute(n *grammar.Node) *effect.Value {
	name := w.r.text(n.Get("attribute"))
	if full := w.r.dotted(n, w); full != "" {
		if def := w.r.file.Globals[full]; def != nil && (def.Kind == effect.Lit || def.Kind == effect.Empty) {
			return def
		}
		if def := w.r.file.Globals[full]; def != nil {
			return effect.NewGlobal(full).Typed(def.Type).Called(name)
		}
		return effect.NewGlobal(full).Called(name)
	}
	obj := w.eval(n.Get("object"))
	switch {
	case obj.Kind == effect.Random:
		return obj
	case obj.Inner() != nil && name == "name":
		return obj.FilePath()
	case obj.Kind == effect.Temp && name == "name":
		return obj
	case name == "parent" && obj.Kind != effect.Self:
		return effect.NewDir(obj).Typed(obj.Type)
	case name == "name" && (obj.Type == "Path" || obj.Type == "anyio.Path"):
		return effect.NewBase(obj).Typed("str")
	}
	if obj.Kind == effect.Self {
		return w.field(n, obj, name)
	}
	t := ""
	if name == "stem" || name == "suffix" {
		t = "str"
	} else if obj.Type != "" {
		t = w.r.fieldType(obj.Type, name)
	}
	return effect.NewField(obj, name).Typed(t)
}

// field is a field of the receiver: what it was given here if that is a file,
// what a property returns, or the field.
func (w *work) field(n *grammar.Node, obj *effect.Value, name string) *effect.Value {
	if v := w.env["self."+name]; v != nil && v.Kind != effect.Empty {
		return v
	}
	if id, ok := w.r.property(w.class, name); ok {
		sp := w.r.span(n)
		w.emit(effect.Effect{Op: effect.Invoke, At: sp, Fate: effect.Returned, API: w.r.text(n),
			Call: &effect.Invocation{Callees: []string{id}, Recv: obj, Results: 1}})
		return effect.NewCall(sp.Site(), id, 0).Typed(w.r.props[id]).Called(name)
	}
	if def := w.r.file.Globals[w.class+"."+name]; def != nil && def.Kind == effect.Lit {
		return def
	}
	return effect.NewField(obj, name).Typed(w.r.fieldType(w.class, name))
}

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
