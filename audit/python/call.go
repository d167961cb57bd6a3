package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
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

// skip returns the nodes that a running call is given.
func (c *call) skip(*table.Entry) []*grammar.Node {
	args := c.at.Get("arguments")
	if args == nil {
		return nil
	}
	return args.Kids
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
	e, sure = w.r.table.Method(name, w.shape(c))
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
	if self != nil && self.Type != "" && results[0].Type == "" && (e.Verb == "suffix" || e.Verb == "withname" || e.Verb == "same" || e.Verb == "rename") {
		results[0] = results[0].Typed(self.Type)
	}
	if e.Verb == "join" && self != nil && self.Type == "anyio.Path" {
		results[0] = results[0].Typed(self.Type)
	}
	return results
}

// invoke is a call that is to be seen through.
func (w *work) invoke(c *call, self *effect.Value) []*effect.Value {
	e := w.base(c)
	e.Op = effect.Invoke
	inv := &effect.Invocation{Args: c.args, Named: c.named, Results: 2}
	full := w.full(c.fn)
	switch {
	case self != nil && c.fn.Is("attribute"):
		inv.Method, inv.Recv = w.r.text(c.fn.Get("attribute")), self
		if self.Type != "" {
			inv.Callees = []string{self.Type + "." + inv.Method}
		}
		full = strings.Join(inv.Callees, "")
	case full != "":
		inv.Callees = w.callees(full)
	case c.fn.Is("attribute") && c.fn.Get("object").Is("call") && w.r.text(c.fn.Get("object").Get("function")) == "super":
		w.super(c, inv)
	default:
		if v := w.eval(c.fn); v.Kind == effect.Param || v.Kind == effect.Field {
			return one(effect.NewUnknown(w.r.site(c.at)))
		}
	}
	e.Call = inv
	w.emit(e)
	t := w.r.yield[full]
	if w.r.class[full] != nil || t == "" && looksLikeClass(full) {
		t = full
	}
	site := e.At.Site()
	return []*effect.Value{effect.NewCall(site, full, 0).Typed(t), effect.NewCall(site, full, 1)}
}

// callees are the functions that a full name may mean: of a class method
// called on the class, the method.
func (w *work) callees(full string) []string {
	return []string{full}
}

func (w *work) super(c *call, inv *effect.Invocation) {
	inv.Method = w.r.text(c.fn.Get("attribute"))
	inv.Recv = effect.NewSelf(w.class)
	if cl := w.r.class[w.class]; cl != nil {
		for _, b := range cl.Bases {
			inv.Callees = append(inv.Callees, b+"."+inv.Method)
		}
	}
	inv.Method = ""
}

// looksLikeClass goes by the custom of the language: what is called with a
// capital makes an object.
func looksLikeClass(full string) bool {
	last := full[strings.LastIndexByte(full, '.')+1:]
	return last != "" && last[0] >= 'A' && last[0] <= 'Z' && strings.ToUpper(last) != last
}

// runs is a call that calls what it is given: in a worker, or as a task.
func (w *work) runs(c *call, e *table.Entry) []*effect.Value {
	kids := c.skip(e)
	at := 0
	if e.Word("fn") == "1" {
		at = 1
	}
	var fn *grammar.Node
	var rest []*grammar.Node
	i := 0
	for _, k := range kids {
		if k.Is("comment") {
			continue
		}
		if k.Is("keyword_argument") {
			if w.r.text(k.Get("name")) == e.Word("fn") {
				fn = k.Get("value")
			} else {
				w.eval(k.Get("value"))
			}
			continue
		}
		switch {
		case i == at && e.Word("fn") != "target":
			fn = k
		case i > at:
			rest = append(rest, k)
		default:
			w.eval(k)
		}
		i++
	}
	if fn == nil {
		return one(effect.NewUnknown(w.r.site(c.at)))
	}
	return w.run(c, e, fn, rest)
}

func (w *work) run(c *call, e *table.Entry, fn *grammar.Node, rest []*grammar.Node) []*effect.Value {
	if e.Has("whole") {
		w.whole++
		defer func() { w.whole-- }()
	}
	up := w.in
	defer func() { w.in = up }()
	if e.Verb == "task" {
		w.in = &effect.Region{Kind: effect.Task, Up: up, At: w.r.span(c.at)}
	}
	switch {
	case fn.Is("lambda"):
		return w.multi(fn.Get("body"))
	case fn.Is("call", "await") || e.Word("skip") == "9" && !fn.Is("identifier", "attribute"):
		for _, r := range rest {
			w.eval(r)
		}
		if p := partial(w.r.text(fn.Get("function"))); p && fn.Is("call") {
			return w.multi(fn)
		}
		return w.multi(fn)
	}
	in := &call{at: c.at, fn: fn, named: map[string]*effect.Value{}, kwds: map[string]*grammar.Node{}, async: c.async}
	for _, r := range rest {
		in.args = append(in.args, w.eval(r))
		in.nodes = append(in.nodes, r)
	}
	entry, sure, self := w.find(in, nil)
	return w.does(in, entry, sure, self)
}

func partial(name string) bool { return name == "partial" || name == "functools.partial" }

// textMethod is a method of texts that keeps or makes a path.
func (w *work) textMethod(c *call, self *effect.Value) (*effect.Value, bool) {
	name := w.r.text(c.fn.Get("attribute"))
	if c.fn.Get("object").Is("call") && w.r.text(c.fn.Get("object").Get("function")) == "super" {
		return nil, false
	}
	if self == nil {
		return w.environment(c)
	}
	switch {
	case self.Kind == effect.Random: // hexdigest, strftime, isoformat
		return self, true
	case name == "format" && self.Kind == effect.Lit:
		return w.format(self.Name, "{", c.at.Get("arguments")), true
	case name == "strip" || name == "rstrip" || name == "encode" || name == "decode":
		if self.Inner() == nil && self.Kind != effect.Call {
			return self, true
		}
	case self.Type == "str" && (name == "replace" || name == "lower" || name == "upper" || name == "removesuffix"):
		return effect.NewUnknown(w.r.site(c.at)).Typed("str"), true
	}
	return nil, false
}

// environment is what a program asks its surroundings once and for all.
func (w *work) environment(c *call) (*effect.Value, bool) {
	full := w.r.dotted(c.fn, w)
	switch full {
	case "os.getenv", "os.environ.get":
		if len(c.args) > 0 && c.args[0].Kind == effect.Lit {
			v := effect.NewGlobal("os.getenv(" + c.args[0].Name + ")").Typed("str")
			if len(c.args) > 1 {
				return flow.Either(v, c.args[1]), true
			}
			return v, true
		}
	case "pathlib.Path.home", "pathlib.Path.cwd", "os.getcwd":
		return effect.NewGlobal(full + "()").Typed("Path"), true
	case "uuid.uuid4", "datetime.datetime.now":
		return nil, false
	}
	return nil, false
}
