package python

import (
	"sort"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

// definition reads a function or a class where it stands.
func (w *work) definition(n *grammar.Node) {
	def := definition(n)
	name := w.r.text(def.Get("name"))
	id := w.r.id(name)
	text := name
	if w.f.Name != "" {
		id, text = w.f.ID+"."+name, w.f.Text+"."+name
		w.names[name] = id
		if def.Is("class_definition") {
			w.r.declareClass(def, id, name)
		}
	}
	if def.Is("class_definition") {
		w.classBody(def, id, text)
		return
	}
	w.function(n, id, text, w.class, "")
}

// classBody reads the methods, constructors first: they say what fields are.
func (w *work) classBody(def *grammar.Node, id, text string) {
	body := def.Get("body")
	if body == nil {
		return
	}
	kids := append([]*grammar.Node{}, body.Kids...)
	sort.SliceStable(kids, func(i, j int) bool { return first(w.r, kids[i]) && !first(w.r, kids[j]) })
	inner := newWork(w.r, w, &effect.Func{ID: id, Name: "", Text: text, Class: id}, id)
	for _, k := range kids {
		d := definition(k)
		switch {
		case d.Is("function_definition"):
			m := w.r.text(d.Get("name"))
			w.function(k, id+"."+m, text+"."+m, id, id)
		case d.Is("class_definition"):
			m := w.r.text(d.Get("name"))
			w.r.declareClass(d, id+"."+m, m)
			w.classBody(d, id+"."+m, text+"."+m)
		case d.Is("expression_statement") && d.Only().Is("assignment"):
			a := d.Only()
			if t := a.Get("type"); t != nil && !strings.Contains(w.r.text(t), "ClassVar") {
				w.r.start[id+"."+w.r.text(a.Get("left"))] = true // a default, as of a data class
			}
			if right := a.Get("right"); right != nil {
				w.r.file.Globals[id+"."+w.r.text(a.Get("left"))] = inner.eval(right)
			}
		}
	}
}

func first(r *reader, n *grammar.Node) bool {
	d := definition(n)
	name := r.text(d.Get("name"))
	return d.Is("function_definition") && (name == "__init__" || name == "__post_init__" || name == "__enter__")
}

// function reads a function or method; owner is the class whose method it is.
func (w *work) function(n *grammar.Node, id, text, class, owner string) {
	def := definition(n)
	if body := def.Get("body"); body == nil || empty(body) {
		return // it was left out, or says only what another does
	}
	f := &effect.Func{ID: id, Name: w.r.text(def.Get("name")), Class: owner, At: w.r.span(n), Text: text}
	f.Manager = decorated(w.r, n, "contextmanager", "asynccontextmanager")
	head := w.r.text(def)
	f.Async = len(head) > 5 && head[:5] == "async"
	in := newWork(w.r, w, f, class)
	if t := w.r.typeOf(def.Get("return_type"), w); t != "" {
		w.r.yield[id] = t
	}
	in.parameters(def.Get("parameters"), owner != "" && !decorated(w.r, n, "staticmethod"))
	in.block(def.Get("body"))
	f.Results = in.results()
	flow.Settle(f)
	w.r.add(f)
}

// empty says whether a body has no statement but "…" and its description.
func empty(body *grammar.Node) bool {
	for _, k := range body.Kids {
		if !k.Is("comment") && (!k.Is("expression_statement") || !k.Only().Is("ellipsis", "string")) {
			return false
		}
	}
	return true
}

// parameters binds the parameters; the first of a method is the receiver.
func (w *work) parameters(n *grammar.Node, method bool) {
	if n == nil {
		return
	}
	for _, k := range n.Kids {
		name, p := k, effect.Parameter{}
		switch k.Kind {
		case "identifier":
		case "default_parameter", "typed_default_parameter":
			name = k.Get("name")
			p.Default = w.outer.eval(k.Get("value"))
			p.Type = w.r.typeOf(k.Get("type"), w.outer)
		case "typed_parameter":
			name = k.Only()
			p.Type = w.r.typeOf(k.Get("type"), w.outer)
		case "list_splat_pattern", "dictionary_splat_pattern":
			name, p.Variadic = k.Only(), true
		default:
			continue
		}
		p.Name = w.r.text(name)
		if method {
			method = false
			w.env[p.Name] = effect.NewSelf(w.class).Called(p.Name)
			continue
		}
		if name.Is("list_splat_pattern", "dictionary_splat_pattern") {
			p.Name, p.Variadic = w.r.text(name.Only()), true
		}
		w.env[p.Name] = effect.NewParam(w.f.ID, len(w.f.Params), p.Name).Typed(p.Type)
		w.f.Params = append(w.f.Params, p)
	}
}
