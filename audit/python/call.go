package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/table"
)

// call is one call in the source: where it stands, what it is given.
type call struct {
	at    *grammar.Node
	fn    *grammar.Node
	args  []*effect.Value
	nodes []*grammar.Node // of the args
	named map[string]*effect.Value
	kwds  map[string]*grammar.Node
	async bool
}

// call evaluates a call: what the table knows of it, else an Invoke.
func (w *work) call(n *grammar.Node) []*effect.Value {
	c := &call{at: n, fn: n.Get("function"), named: map[string]*effect.Value{}, kwds: map[string]*grammar.Node{},
		async: n.Parent.Is("await")}
	e, sure, self := w.find(c, nil)
	deferred := e != nil && (e.Verb == "run" || e.Verb == "task")
	if deferred && len(c.skip(e)) > 0 {
		return w.runs(c, e)
	}
	w.arguments(c, n.Get("arguments"))
	if c.fn.Is("attribute") && fillers[w.r.text(c.fn.Get("attribute"))] {
		w.fills(c.fn.Get("object"))
	}
	if e == nil || e.Has("any") {
		e, sure, self = w.find(c, self)
	}
	if c.fn.Is("attribute") && e == nil {
		if v, ok := w.textMethod(c, self); ok {
			return one(v)
		}
	}
	return w.does(c, e, sure, self)
}

// full is the full name of what is called, also through another name that the
// module gave it.
func (w *work) full(fn *grammar.Node) string {
	full := w.r.dotted(fn, w)
	if full != "" || !fn.Is("identifier") || w.r.file.Globals[w.r.id(w.r.text(fn))] == nil {
		return full
	}
	if v := w.value(fn); v.Kind == effect.Global {
		return v.Name
	}
	return ""
}

func (w *work) arguments(c *call, args *grammar.Node) {
	if args == nil {
		return
	}
	if args.Is("generator_expression") {
		w.eval(args)
		return
	}
	for _, a := range args.Kids {
		switch a.Kind {
		case "comment":
		case "keyword_argument":
			name := w.r.text(a.Get("name"))
			c.named[name], c.kwds[name] = w.eval(a.Get("value")), a.Get("value")
		case "dictionary_splat":
			w.all(a)
			c.named["**"] = effect.NewUnknown(w.r.site(a))
		case "list_splat":
			w.all(a)
			c.args = append(c.args, effect.NewUnknown(w.r.site(a)))
			c.nodes = append(c.nodes, a)
		default:
			c.args = append(c.args, w.eval(a))
			c.nodes = append(c.nodes, a)
		}
	}
}

// find looks the call up in the table. Names are resolved before they are
// matched: what the project defines itself is not the table's.
func (w *work) find(c *call, self *effect.Value) (e *table.Entry, sure bool, recv *effect.Value) {
	if full := w.full(c.fn); full != "" {
		if full == "str" && c.fn.Is("identifier") || !w.own(full) {
			if e := w.r.table.Call(full); e != nil {
				return e, true, nil
			}
		}
		if i := strings.LastIndexByte(full, '.'); i > 0 && !w.own(full) && !c.fn.Is("identifier") {
			if e, ok := w.r.table.Method(full[i+1:], w.shape(c)); e != nil && ok && strings.HasPrefix(e.Name, ".") {
				return e, true, effect.NewGlobal(full[:i])
			}
			return w.imported(c, full[:i], full[i+1:])
		}
		return nil, false, nil
	}
	if !c.fn.Is("attribute") {
		return nil, false, nil
	}
	if self == nil {
		self = w.eval(c.fn.Get("object"))
	}
	name := w.r.text(c.fn.Get("attribute"))
	switch t := self.Type; {
	case t == "Path", t == "anyio.Path":
		if e := w.r.table.Call("Path." + name); e != nil && e.Fits(w.shape(c)) {
			return e, true, self
		}
		return nil, false, self
	case t == "str" || t == "memory":
		return nil, false, self
	case t != "":
		if e := w.r.table.Call(t + "." + name); e != nil {
			return e, true, self
		}
		if w.r.class[t] != nil {
			return nil, false, self
		}
	}
	if self.Inner() != nil { // an open archive: what it unpacks to is written
		e, sure = w.r.table.Method(name, w.shape(c))
		if _, handle := effect.HandleMethod(name); handle || !sure || !strings.HasPrefix(e.Name, ".") {
			return nil, false, self
		}
		return e, sure, self
	}
	if self.Kind == effect.Self || w.r.local[name] || self.Kind == effect.Random {
		return nil, false, self
	}
	if name == "open" {
		return w.unknownOpen(c, self)
	}
	e, sure = w.r.table.Method(name, w.shape(c))
	if e != nil && strings.HasPrefix(e.Name, "Path.write_") && len(w.shape(c).Args) > 1 {
		return nil, false, self // io.write_text(path, text) is the project's own
	}
	if e != nil && (self.Kind == effect.Concat || self.Kind == effect.Lit) && !sure {
		return nil, false, self
	}
	return e, sure, self
}

// shape is the call as far as the table asks for it before it is evaluated.
func (w *work) shape(c *call) *table.Call {
	t := &table.Call{Args: c.args, Named: c.named}
	if args := c.at.Get("arguments"); args != nil && len(c.args)+len(c.named) == 0 {
		t.Named = map[string]*effect.Value{}
		for _, a := range args.Kids {
			if a.Is("keyword_argument") {
				t.Named[w.r.text(a.Get("name"))] = effect.NewEmpty()
			} else if !a.Is("comment") {
				t.Args = append(t.Args, effect.NewEmpty())
			}
		}
	}
	return t
}

// own says whether the project defines the name itself.
func (w *work) own(full string) bool {
	return w.r.file.Module != "" && strings.HasPrefix(full, w.r.file.Module+".")
}

// base is what every effect of the call carries.
func (w *work) base(c *call) effect.Effect {
	return effect.Effect{At: w.r.span(c.at), Fate: effect.Returned, API: strings.Join(strings.Fields(w.r.text(c.fn)), ""), Async: c.async}
}

func (w *work) does(c *call, e *table.Entry, sure bool, self *effect.Value) []*effect.Value {
	if e == nil {
		return w.invoke(c, self)
	}
	base := w.base(c)
	base.Unsure = !sure
	if self != nil && self.Type == "anyio.Path" {
		base.Async, base.Whole = true, true
	}
	t := &table.Call{Effect: base, Self: self, Args: c.args, Named: c.named}
	does, results := e.Apply(t)
	if len(does) == 0 && len(results) == 0 && e.Has("any") {
		return w.invoke(c, self) // to_json() without a file gives a text
	}
	if e.Name == "Path.open" && self.Type == "anyio.Path" {
		for i := range does {
			does[i].Whole = false
		}
	}
	for _, d := range does {
		w.emit(d)
	}
	if !sure && (e.Verb == "rename" || e.Verb == "exists" || e.Verb == "put") {
		w.invoke(c, self) // it may be a method of the project's own
	}
	if len(results) == 0 {
		return one(effect.NewUnknown(w.r.site(c.at)))
	}
	if self != nil && self.Type == "" && (e.Verb == "suffix" || e.Verb == "withname") {
		results[0] = results[0].Typed("Path")
	}
	if self != nil && self.Type != "" && results[0].Type == "" && (e.Verb == "suffix" || e.Verb == "withname" || e.Verb == "same" || e.Verb == "rename") {
		results[0] = results[0].Typed(self.Type)
	}
	if e.Verb == "join" && self != nil && self.Type == "anyio.Path" {
		results[0] = results[0].Typed(self.Type)
	}
	return results
}
