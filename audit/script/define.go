package script

import (
	"sort"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

// function reads a function that has a name, where it stands.
func (w *work) function(n *grammar.Node, name string) {
	id, text := w.r.id(name), name
	if w.f.Name != "" {
		id, text = w.f.ID+"."+name, w.f.Text+"."+name
		w.names[name] = id
	} else if w.r.class[id] != nil { // it has a prototype
		w.body(n, &effect.Func{ID: id + ".constructor", Name: "constructor", Class: id, Text: text}, id)
		return
	}
	w.body(n, &effect.Func{ID: id, Name: name, Text: text}, w.class)
}

// body reads parameters and body of any function.
func (w *work) body(n *grammar.Node, f *effect.Func, class string) {
	body := n.Get("body")
	if body == nil || body.Is("statement_block") && len(body.Kids) == 0 && f.Name != "constructor" {
		return // it was left out; parameters of a constructor may be fields
	}
	f.At, f.Async = w.r.span(n), asyncHead(w.r.text(n)+"(")
	w.r.async[f.ID] = w.r.async[f.ID] || f.Async
	in := newWork(w.r, w, f, class)
	if class != "" && f.Class != "" {
		in.env["this"] = effect.NewSelf(class)
	} else if w.self != nil {
		in.env["this"] = w.self
	}
	in.parameters(n)
	if body.Is("statement_block") {
		in.block(body)
	} else {
		in.given = append(in.given, in.eval(body))
	}
	f.Results = in.results()
	flow.Settle(f)
	w.r.add(f)
}

func (w *work) results() []*effect.Value {
	var v *effect.Value
	for _, g := range w.given {
		if v == nil || v.Kind == effect.Empty {
			v = g
		} else if g.Kind != effect.Empty {
			v = either(v, g)
		}
	}
	if v == nil {
		return nil
	}
	return []*effect.Value{v}
}

func (w *work) parameters(n *grammar.Node) {
	ps := n.Get("parameters")
	if ps == nil {
		if p := n.Get("parameter"); p != nil {
			w.parameter(p, nil)
		}
		return
	}
	for _, k := range ps.Kids {
		switch {
		case k.Is("required_parameter", "optional_parameter"):
			w.parameter(k.Get("pattern"), k)
		case k.Is("assignment_pattern"):
			w.parameter(k.Get("left"), k)
		case !k.Is("comment"):
			w.parameter(k, nil)
		}
	}
}

// parameter binds one parameter; whole is the node with its type and default.
func (w *work) parameter(name, whole *grammar.Node) {
	p := effect.Parameter{Name: w.r.text(name)}
	if name.Is("rest_pattern") {
		p.Name, p.Variadic = w.r.text(name.Only()), true
		name = name.Only()
	}
	if whole != nil {
		p.Type = w.r.typeOf(whole.Get("type"))
		def := whole.Get("value")
		if whole.Is("assignment_pattern") {
			def = whole.Get("right")
		}
		if def != nil && w.outer != nil {
			p.Default = w.outer.eval(def)
		}
	}
	if p.Default != nil && p.Type == "" && isFS(p.Default.Type) {
		p.Type = p.Default.Type
	}
	v := effect.NewParam(w.f.ID, len(w.f.Params), p.Name).Typed(p.Type)
	w.f.Params = append(w.f.Params, p)
	if name.Is("this") {
		return
	}
	w.bind(name, v)
	if whole != nil && strings.ContainsAny(accessed(w.r.text(whole)), "+") {
		w.set(whole, p.Name, v) // constructor(private path: string)
	}
}

// accessed marks a parameter that is a field at once.
func accessed(text string) string {
	for _, m := range []string{"private ", "public ", "protected ", "readonly "} {
		if strings.HasPrefix(text, m) {
			return "+"
		}
	}
	return ""
}

// classBody reads the methods, the constructor first: it says what fields are.
func (w *work) classBody(n *grammar.Node, name string) {
	body := n.Get("body")
	if body == nil {
		return
	}
	id, text := w.r.id(name), name
	if w.f.Name != "" {
		id, text = w.f.ID+"."+name, w.f.Text+"."+name
		w.names[name] = id
	}
	if w.r.class[id] == nil {
		w.r.declareClass(n, id, name)
	}
	w.fields(body, id, text)
	kids := append([]*grammar.Node{}, body.Kids...)
	sort.SliceStable(kids, func(i, j int) bool { return w.isConstructor(kids[i]) && !w.isConstructor(kids[j]) })
	for _, k := range kids {
		if k.Is("method_definition") {
			m := w.r.text(k.Get("name"))
			w.classMethod(k, id, text, m)
		} else if v := strip(k.Get("value")); k.Is("public_field_definition", "field_definition") && isFunc(v) {
			w.classMethod(v, id, text, w.r.text(field(k)))
		}
	}
}

func isStatic(text string) bool {
	head, _, _ := strings.Cut(text, "=")
	return strings.Contains(" "+head, " static ")
}

func (w *work) isConstructor(n *grammar.Node) bool {
	return n.Is("method_definition") && w.r.text(n.Get("name")) == "constructor"
}

func (w *work) classMethod(n *grammar.Node, class, text, name string) {
	w.body(n, &effect.Func{ID: class + "." + name, Name: name, Class: class, Text: text + "." + name}, class)
}

// fieldsName is the name of what gives the fields of a class their values. It
// spans the class, whose methods need not have been read with it.
const fieldsName = "(fields)"

// fields reads what a class gives its fields outside of the constructor.
func (w *work) fields(body *grammar.Node, class, text string) {
	f := &effect.Func{ID: class + "." + fieldsName, Name: fieldsName, Class: class, Text: text, At: w.r.span(body)}
	in := newWork(w.r, w, f, class)
	in.env["this"] = effect.NewSelf(class)
	for _, k := range body.Kids {
		if !k.Is("public_field_definition", "field_definition") {
			continue
		}
		if v := strip(k.Get("value")); v != nil && !isFunc(v) {
			given := in.eval(v)
			in.set(k, w.r.text(field(k)), given)
			if w.f.Name == "" && isStatic(w.r.text(k)) {
				w.global(strings.TrimPrefix(class, w.r.file.Module+".")+"."+w.r.text(field(k)), given)
			}
		}
	}
	if len(f.Sets) > 0 {
		w.r.add(f)
	}
}
