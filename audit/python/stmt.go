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

func (w *work) assign(n *grammar.Node) {
	left, right := n.Get("left"), n.Get("right")
	declared := w.r.typeOf(n.Get("type"), w)
	if right == nil {
		return
	}
	if right.Is("assignment") {
		w.assign(right)
		right = right.Get("left")
	}
	if left.Is("pattern_list", "tuple_pattern", "list_pattern") {
		vs := w.several(right, len(left.Kids))
		for i, k := range left.Kids {
			w.bind(k, vs[i])
		}
		return
	}
	v := w.eval(right)
	if declared != "" {
		v = v.Typed(declared)
	}
	w.bind(left, v)
}

// several evaluates what is taken apart into n values.
func (w *work) several(right *grammar.Node, n int) []*effect.Value {
	vs := make([]*effect.Value, n)
	switch {
	case right.Is("expression_list", "tuple") && len(right.Kids) == n:
		for i, k := range right.Kids {
			vs[i] = w.eval(k)
		}
	default:
		copy(vs, w.multi(right))
	}
	for i := range vs {
		if vs[i] == nil {
			vs[i] = effect.NewUnknown(w.r.site(right) + "[" + string(rune('a'+i%26)) + "]")
		}
	}
	return vs
}

// bind gives a name, or a field of the receiver, a value.
func (w *work) bind(left *grammar.Node, v *effect.Value) {
	switch {
	case left.Is("identifier"):
		name := w.r.text(left)
		if w.f.Name == "" {
			w.global(name, v)
			return
		}
		w.env[name] = v.Called(name)
	case left.Is("attribute"):
		w.set(left, v.Called(w.r.text(left.Get("attribute"))))
	case left.Is("pattern_list", "tuple_pattern", "list_pattern"):
		for i, k := range left.Kids {
			w.bind(k, effect.NewUnknown(w.r.site(left)+"["+string(rune('a'+i%26))+"]"))
		}
	case left.Is("subscript", "list_splat_pattern"):
		w.all(left)
	}
}

// global is a definition of the module level. A name that is bound twice is
// one of two values.
func (w *work) global(name string, v *effect.Value) {
	id := w.r.id(name)
	if v.Any(isCall) { // made once: it is what its name says, whatever the call gave
		v = effect.NewUnknown("global:" + id).Typed(v.Type)
	}
	if old := w.r.file.Globals[id]; old != nil {
		v = flow.Either(old, v)
	}
	w.r.file.Globals[id] = v.Called(name)
	if v.Kind == effect.Global && v.Name != id {
		w.r.file.Aliases[id] = v.Name // save = storage.save_text
	}
}

func isCall(v *effect.Value) bool { return v.Kind == effect.Call }

func (w *work) set(left *grammar.Node, v *effect.Value) {
	obj, field := w.eval(left.Get("object")), w.r.text(left.Get("attribute"))
	if obj.Kind != effect.Self {
		return
	}
	w.f.Sets = append(w.f.Sets, effect.Set{Field: field, Value: v, At: w.r.span(left)})
	if c := w.r.class[w.class]; c != nil && c.Fields[field] == "" && v.Type != "" {
		c.Fields[field] = v.Type
	}
	key := "self." + field
	delete(w.env, key)
	if v.Inner() != nil || v.Kind == effect.Temp || v.Kind == effect.Call || v.Kind == effect.Empty {
		w.env[key] = v
	}
}

func (w *work) loop(n *grammar.Node) {
	before := maps.Clone(w.env)
	w.eval(n.Get("right"))
	if left := n.Get("left"); left != nil {
		w.bind(left, effect.NewUnknown(w.r.site(left)).Typed(w.element(n.Get("right"))))
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
