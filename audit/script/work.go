package script

import (
	"maps"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

// work reads one function.
type work struct {
	r     *reader
	outer *work
	f     *effect.Func
	class string
	env   flow.Env
	names map[string]string // functions and imports of its own
	in    *effect.Region
	given []*effect.Value
	once  int // we are in a function of somebody's argument: its returns are not ours
}

func newWork(r *reader, outer *work, f *effect.Func, class string) *work {
	return &work{r: r, outer: outer, f: f, class: class, env: flow.Env{}, names: map[string]string{}}
}

// dotted returns the full name that a name or a member of one stands for, ""
// if it is a value.
func (w *work) dotted(n *grammar.Node) string {
	n = strip(n)
	switch {
	case n.Is("identifier"):
		return w.named(w.r.text(n))
	case n.Is("member_expression"):
		if up := w.dotted(n.Get("object")); up != "" {
			return member(up, w.r.text(n.Get("property")))
		}
	}
	return ""
}

func (w *work) named(name string) string {
	for o := w; o != nil; o = o.outer {
		if id := o.names[name]; id != "" {
			return id
		}
		if o.f.Name != "" && o.env[name] != nil {
			return ""
		}
	}
	if id := w.r.names[name]; id != "" {
		return id
	}
	if builtin[name] && w.r.file.Globals[w.r.id(name)] == nil {
		return name
	}
	return ""
}

var builtin = map[string]bool{"JSON": true, "process": true, "Date": true, "Math": true, "String": true, "Promise": true,
	"Bun": true, "Deno": true, "setTimeout": true, "setInterval": true, "setImmediate": true, "queueMicrotask": true,
	"console": true, "crypto": true, "performance": true, "vscode": true, "require": true, "exports": true}

// value returns what a name stands for.
func (w *work) value(n *grammar.Node) *effect.Value {
	name := w.r.text(n)
	for o := w; o != nil; o = o.outer {
		if v := o.env[name]; v != nil {
			return v
		}
	}
	id := w.r.id(name)
	if def := w.r.file.Globals[id]; def != nil {
		if def.Kind == effect.Lit || def.Kind == effect.Empty || def.Kind == effect.Global {
			return def.Called(name)
		}
		return effect.NewGlobal(id).Typed(def.Type).Called(name)
	}
	if full := w.named(name); full != "" {
		return effect.NewGlobal(full).Called(name)
	}
	if name == "__dirname" || name == "__filename" {
		return effect.NewGlobal(id).Called(name)
	}
	return effect.NewUnknown(w.r.site(n)).Called(name)
}

func (w *work) emit(e effect.Effect) {
	e.In = w.in
	w.f.Effects = append(w.f.Effects, e)
}

func (w *work) within(r effect.Region, n *grammar.Node, run func()) *effect.Region {
	up := w.in
	r.Up, r.At = up, w.r.span(n)
	w.in = &r
	run()
	w.in = up
	return &r
}

// branch runs one of several ways; see flow.Join.
func (w *work) branch(run func() (ended bool)) flow.Env {
	before := w.env
	w.env = maps.Clone(before)
	ended := run()
	after := w.env
	w.env = before
	if ended {
		return nil
	}
	return after
}

func (w *work) join(ways ...flow.Env) (ended bool) {
	after := flow.Join(ways...)
	if after == nil {
		return true
	}
	w.env = after
	return false
}

// block reads statements in order; ended says that nothing runs after them.
func (w *work) block(n *grammar.Node) (ended bool) {
	if n == nil {
		return false
	}
	up := w.in
	defer func() { w.in = up }()
	w.hoist(n)
	for _, k := range n.Kids {
		if w.statement(k) {
			return true
		}
	}
	return false
}

// hoist names the functions of a block before its first statement runs.
func (w *work) hoist(n *grammar.Node) {
	if w.f.Name == "" {
		return
	}
	for _, k := range n.Kids {
		if k.Is("function_declaration", "generator_function_declaration") {
			w.names[w.r.text(k.Get("name"))] = w.f.ID + "." + w.r.text(k.Get("name"))
		}
	}
}

func (w *work) statement(n *grammar.Node) (ended bool) {
	switch n.Kind {
	case "expression_statement":
		w.eval(n.Only())
		return w.quits(n.Only())
	case "lexical_declaration", "variable_declaration":
		for _, k := range n.Kids {
			if k.Is("variable_declarator") {
				w.declarator(k)
			}
		}
	case "return_statement":
		v := w.eval(n.Only())
		if w.once == 0 && n.Only() != nil {
			w.given = append(w.given, v)
		}
		return true
	case "throw_statement", "break_statement", "continue_statement":
		w.all(n)
		return true
	case "if_statement":
		return w.ifs(n)
	case "for_statement", "for_in_statement", "while_statement", "do_statement":
		w.loop(n)
	case "try_statement":
		return w.try(n)
	case "statement_block":
		return w.block(n)
	case "switch_statement":
		w.switches(n)
	case "export_statement":
		if d := n.Get("declaration"); d != nil {
			return w.statement(d)
		}
		if v := n.Get("value"); v != nil {
			w.defaultExport(v)
		}
	case "function_declaration", "generator_function_declaration":
		w.function(n, w.r.text(n.Get("name")))
	case "class_declaration", "abstract_class_declaration":
		w.classBody(n, w.r.text(n.Get("name")))
	case "comment", "import_statement", "empty_statement", "interface_declaration", "type_alias_declaration":
	default:
		w.all(n)
	}
	return false
}

func (w *work) defaultExport(v *grammar.Node) {
	if isFunc(v) {
		w.function(v, "default")
		return
	}
	w.eval(v)
}

func (w *work) all(n *grammar.Node) {
	for _, k := range n.Kids {
		if k.Is("statement_block") || k.Is("expression_statement") {
			w.statement(k)
		} else {
			w.eval(k)
		}
	}
}

func (w *work) quits(n *grammar.Node) bool {
	return n.Is("call_expression") && w.dotted(n.Get("function")) == "process.exit"
}

// declarator binds what a declaration gives.
func (w *work) declarator(n *grammar.Node) {
	name, value := n.Get("name"), strip(n.Get("value"))
	if value == nil {
		if name.Is("identifier") && w.f.Name != "" {
			w.env[w.r.text(name)] = effect.NewEmpty()
		}
		return
	}
	if w.f.Name == "" && w.r.required(value) != "" {
		return
	}
	if mod := w.r.required(value); mod != "" {
		w.local(name, mod)
		return
	}
	if isFunc(value) && name.Is("identifier") {
		w.function(value, w.r.text(name))
		return
	}
	v := w.eval(value)
	if t := w.r.typeOf(n.Get("type")); t != "" && v.Type == "" {
		v = v.Typed(t)
	}
	w.bind(name, v)
}

// local notes what a require inside of a function brings in.
func (w *work) local(name *grammar.Node, mod string) {
	if name.Is("identifier") {
		w.names[w.r.text(name)] = mod
		return
	}
	for _, k := range name.Kids {
		if k.Is("shorthand_property_identifier_pattern") {
			w.names[w.r.text(k)] = member(mod, w.r.text(k))
		} else if k.Is("pair_pattern") {
			w.names[w.r.text(k.Get("value"))] = member(mod, w.r.text(k.Get("key")))
		}
	}
}

// bind gives a name, a field of this, or the parts of a pattern a value.
func (w *work) bind(left *grammar.Node, v *effect.Value) {
	left = strip(left)
	switch {
	case left.Is("identifier", "shorthand_property_identifier_pattern"):
		name := w.r.text(left)
		if w.f.Name == "" && w.once == 0 {
			w.global(name, v)
			return
		}
		w.env[name] = v.Called(name)
	case left.Is("member_expression"):
		obj := w.eval(left.Get("object"))
		if obj.Kind == effect.Self {
			name := w.r.text(left.Get("property"))
			w.set(left, name, v.Called(name))
		}
	case left.Is("object_pattern"):
		for _, k := range left.Kids {
			switch {
			case k.Is("shorthand_property_identifier_pattern"):
				w.bind(k, effect.NewField(v, w.r.text(k)))
			case k.Is("pair_pattern"):
				w.bind(k.Get("value"), effect.NewField(v, w.r.text(k.Get("key"))))
			case k.Is("object_assignment_pattern"):
				w.bind(k.Get("left"), flow.Either(effect.NewField(v, w.r.text(k.Get("left"))), w.eval(k.Get("right"))))
			}
		}
	case left.Is("array_pattern"):
		for i, k := range left.Kids {
			w.bind(k, effect.NewUnknown(w.r.site(left)+"["+string(rune('a'+i%26))+"]"))
		}
	case left.Is("assignment_pattern"):
		w.bind(left.Get("left"), flow.Either(v, w.eval(left.Get("right"))))
	}
}

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
		w.r.file.Aliases[id] = v.Name
	}
}

func isCall(v *effect.Value) bool { return v.Kind == effect.Call }

func (w *work) set(at *grammar.Node, name string, v *effect.Value) {
	w.f.Sets = append(w.f.Sets, effect.Set{Field: name, Value: v, At: w.r.span(at)})
	if c := w.r.class[w.class]; c != nil && c.Fields[name] == "" && v.Type != "" {
		c.Fields[name] = v.Type
	}
	delete(w.env, "this."+name)
	if v.Inner() != nil || v.Kind == effect.Temp || v.Kind == effect.Call {
		w.env["this."+name] = v
	}
}
