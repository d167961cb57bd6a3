package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/table"
)

// method is the full name of a method that is called on a value, if the value
// is known to be the file system: a field that was given it, a parameter that
// is by default. Sure is false where only its name says so.
func (w *work) method(self *effect.Value, fn *grammar.Node) (full string, sure bool) {
	name := w.key(fn)
	if name == "" || self.Kind == effect.Self || self.Inner() != nil {
		return "", false
	}
	if full := self.Name + "." + name; self.Kind == effect.Global && w.r.parts[full] {
		return full, true
	}
	for _, alt := range self.Alternatives() {
		if isFS(alt.Type) {
			return member(alt.Type, name), true
		}
	}
	if self.Type != "" || w.r.local[name] || !plain[strings.TrimSuffix(name, "Sync")] || !fileSystems[lastName(self)] {
		return "", false
	}
	if fn.Parent.Parent.Is("await_expression") && !strings.HasSuffix(name, "Sync") {
		return "fsp." + name, false
	}
	return "fs." + name, false
}

// handedOn is what a call does if the module of the tree that full begins with
// hands on the file system.
func (w *work) handedOn(c *call, full string) *effect.System {
	dot := strings.LastIndexByte(full, '.')
	if dot < 0 || !w.r.imported(full) || !fileSystems[part(full[:dot])] && !plain[strings.TrimSuffix(full[dot+1:], "Sync")] {
		return nil
	}
	e := w.entry("fs" + full[dot:])
	if e == nil {
		return nil
	}
	x := c.base
	x.Fate = w.fateOf(c, "fs"+full[dot:])
	does, gives := e.Apply(&table.Call{Effect: x, Args: c.args, Named: c.named})
	return &effect.System{Owner: full[:dot], Does: does, Gives: gives}
}

// part is the last part of a full name.
func part(full string) string { return full[strings.LastIndexByte(full, '.')+1:] }

// imported reports whether a full name begins with a module of the tree.
func (r *reader) imported(full string) bool {
	for i, c := range full {
		if c == '.' && r.ours[full[:i]] {
			return true
		}
	}
	return false
}

// fileSystems are names that people give to the file system where it is handed
// to them.
var fileSystems = map[string]bool{"fs": true, "_fs": true, "fsp": true, "fsPromises": true, "nodeFs": true, "fsImpl": true, "fse": true, "promises": true}

// plain are the functions of fs whose names few other things have.
var plain = map[string]bool{"writeFile": true, "appendFile": true, "readFile": true, "createWriteStream": true, "copyFile": true,
	"rename": true, "unlink": true, "open": true, "fsync": true, "exists": true, "mkdir": true, "mkdtemp": true}

// lastName is the name that a value was last known by: of a field its own.
func lastName(v *effect.Value) string {
	if v.Kind == effect.Field || v.Kind == effect.Param {
		return v.Words
	}
	return ""
}

// key is what a.key or a[key] takes of a; "" if that is not constant.
func (w *work) key(n *grammar.Node) string {
	if part := w.r.part(n); part != "" || !n.Is("subscript_expression") {
		return part
	}
	for _, alt := range w.eval(n.Get("index")).Alternatives() { // of write and writeSync, either
		if alt.Kind == effect.Lit {
			return alt.Name
		}
	}
	return ""
}
