package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
)

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
		v := w.eval(c.fn)
		if v.Kind == effect.Param || v.Kind == effect.Field {
			return one(effect.NewUnknown(w.r.site(c.at)))
		}
		if v.Kind == effect.Self { // cls()
			full = v.Name
			inv.Callees = w.callees(full)
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
