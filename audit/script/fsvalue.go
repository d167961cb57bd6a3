package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
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
