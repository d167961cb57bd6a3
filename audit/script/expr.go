package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// eval returns what an expression stands for and records what it does.
func (w *work) eval(n *grammar.Node) *effect.Value {
	if n == nil {
		return effect.NewEmpty()
	}
	if v := w.simple(n); v != nil {
		return v
	}
	switch n.Kind {
	case "call_expression":
		if mod := w.r.required(n); isFS(mod) {
			return named(mod)
		}
		return w.call(n)
	case "new_expression":
		return w.creates(n)
	case "await_expression", "parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression":
		return w.eval(n.Only())
	case "type_assertion":
		return w.eval(strip(n))
	case "member_expression":
		return w.member(n)
	case "template_string":
		return w.template(n)
	case "binary_expression":
		return w.binary(n)
	case "ternary_expression":
		w.cond(n.Get("condition"))
		return either(w.eval(n.Get("consequence")), w.eval(n.Get("alternative")))
	case "assignment_expression":
		return w.assign(n)
	case "augmented_assignment_expression":
		left, right := w.eval(n.Get("left")), w.eval(n.Get("right"))
		v := either(left, right)
		if w.r.text(n.Get("operator")) == "+=" {
			v = effect.NewConcat(left, right)
		}
		w.bind(n.Get("left"), v)
		return v
	case "subscript_expression":
		return w.subscript(n)
	case "arrow_function", "function_expression", "generator_function":
		w.within(effect.Region{Kind: effect.Lambda}, n, func() { w.inline(n) })
		return effect.NewUnknown(w.r.site(n))
	case "class":
		w.classBody(n, "(class)")
	case "object", "array":
		return w.literal(n)
	default:
		w.all(n)
	}
	return effect.NewUnknown(w.r.site(n))
}

// simple is the value of a word.
func (w *work) simple(n *grammar.Node) *effect.Value {
	switch n.Kind {
	case "identifier", "shorthand_property_identifier":
		return w.value(n)
	case "this":
		for o := w; o != nil; o = o.outer {
			if v := o.env["this"]; v != nil {
				return v
			}
		}
		return effect.NewUnknown(w.r.site(n))
	case "string":
		s := strings.Trim(w.r.text(n), "'\"")
		if s == "" {
			return effect.NewEmpty()
		}
		return effect.NewLit(strings.ReplaceAll(s, `\\`, "/"))
	case "meta_property":
		return effect.NewGlobal(w.r.text(n)) // import.meta
	case "number", "true", "false":
		return effect.NewLit(w.r.text(n))
	case "null", "undefined":
		return effect.NewEmpty()
	}
	return nil
}

// inline reads a function where it is given, as if its body stood here. Its
// parameters are new names for what it is known to be called with.
func (w *work) inline(n *grammar.Node, given ...*effect.Value) {
	w.once++
	defer func() { w.once-- }()
	before := w.env
	w.env = cloneEnv(before)
	if ps := n.Get("parameters"); ps != nil {
		for i, k := range kids(ps) {
			if k.Is("required_parameter", "optional_parameter") {
				k = k.Get("pattern")
			}
			w.bind(k, w.passed(k, i, given))
		}
	} else if p := n.Get("parameter"); p != nil {
		w.bind(p, w.passed(p, 0, given))
	}
	if body := n.Get("body"); body.Is("statement_block") {
		w.block(body)
	} else {
		w.eval(body)
	}
	w.env = before
}

// passed is what parameter i of an inline function stands for.
func (w *work) passed(name *grammar.Node, i int, given []*effect.Value) *effect.Value {
	if i < len(given) && given[i] != nil {
		return given[i]
	}
	return effect.NewUnknown(w.r.site(name))
}

func cloneEnv(m map[string]*effect.Value) map[string]*effect.Value {
	c := make(map[string]*effect.Value, len(m)+4)
	for k, v := range m {
		c[k] = v
	}
	return c
}

func (w *work) template(n *grammar.Node) *effect.Value {
	var parts []*effect.Value
	for _, k := range n.Kids {
		switch {
		case k.Is("string_fragment"):
			parts = append(parts, effect.NewLit(w.r.text(k)))
		case k.Is("template_substitution"):
			parts = append(parts, w.eval(k.Only()))
		}
	}
	return effect.NewConcat(parts...)
}

func (w *work) binary(n *grammar.Node) *effect.Value {
	a := w.eval(n.Get("left"))
	b := w.eval(n.Get("right"))
	switch w.r.text(n.Get("operator")) {
	case "+":
		return effect.NewConcat(a, b)
	case "??", "||":
		return either(a, b)
	case "|":
		return effect.NewLit(strings.Trim(flag(a)+"|"+flag(b), "|"))
	case "&&":
		return b
	}
	return effect.NewUnknown(w.r.site(n))
}

func flag(v *effect.Value) string {
	if v.Kind == effect.Lit || v.Kind == effect.Global {
		return v.Name[strings.LastIndexByte(v.Name, '.')+1:]
	}
	return ""
}

func (w *work) assign(n *grammar.Node) *effect.Value {
	left, right := n.Get("left"), strip(n.Get("right"))
	if w.f.Name == "" && w.methods(left, right) {
		return effect.NewUnknown(w.r.site(right))
	}
	if isFunc(right) {
		name := w.r.text(left)
		if left.Is("member_expression") {
			name = w.r.text(left.Get("property"))
		}
		w.function(right, name)
		return effect.NewUnknown(w.r.site(right))
	}
	if w.f.Name == "" && right.Is("object") && w.r.text(left) == "module.exports" {
		w.exports(right)
		return effect.NewUnknown(w.r.site(right))
	}
	v := w.eval(right)
	w.bind(left, v)
	return v
}

func (w *work) subscript(n *grammar.Node) *effect.Value {
	v := w.eval(n.Get("object"))
	key := n.Get("index")
	w.eval(key)
	switch {
	case v.Kind == effect.Random:
		return v
	case v.Kind == effect.Global && v.Name == "process.argv":
		return effect.NewGlobal(effect.Arguments)
	case key.Is("string"):
		return effect.NewField(v, "["+w.r.text(key)+"]")
	}
	return effect.NewUnknown(w.r.site(n))
}

// member is a field of a value or a name of a module.
func (w *work) member(n *grammar.Node) *effect.Value {
	name := w.r.text(n.Get("property"))
	if full := w.dotted(n); full != "" {
		switch {
		case full == "process.pid":
			return effect.NewRandom(w.r.site(n), "pid")
		case strings.HasPrefix(full, "fs.constants.O_"), strings.HasPrefix(full, "fs.O_"):
			return effect.NewLit(full[strings.LastIndexByte(full, '.')+1:])
		}
		if def := w.r.file.Globals[full]; def != nil && def.Kind == effect.Lit {
			return def
		}
		return named(full).Called(name)
	}
	obj := w.eval(n.Get("object"))
	if obj.Kind == effect.Random {
		return obj
	}
	if obj.Kind == effect.Self {
		if v := w.env["this."+name]; v != nil {
			return v
		}
	}
	if full := obj.Name + "." + name; obj.Kind == effect.Global && w.r.parts[full] {
		return effect.NewGlobal(full).Called(name)
	}
	if obj.Inner() != nil && name == "fd" {
		return obj.Inner()
	}
	if obj.Inner() != nil && name == "path" {
		return obj.FilePath()
	}
	t := ""
	if c := w.r.class[obj.Type]; c != nil {
		t = c.Fields[name]
	} else if full := member(obj.Type, name); isFS(obj.Type) && isFS(full) {
		t = full
	}
	return effect.NewField(obj, name).Typed(t)
}
