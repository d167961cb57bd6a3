package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/table"
)

// find looks the call up in the table; names are resolved before they are
// matched, and a method is matched by its name alone only where the table says.
func (w *work) find(c *call, full string, self *effect.Value) (*table.Entry, bool) {
	if full != "" {
		return w.entry(full), true
	}
	if self == nil || self.Kind == effect.Self || self.Inner() != nil {
		return nil, false
	}
	name := w.r.part(c.fn)
	if self.Type != "" {
		if e := w.r.front.table.Call(self.Type + "." + name); e != nil {
			return e, true
		}
	}
	if w.r.local[name] {
		return nil, false
	}
	return w.r.front.table.Method(name, &table.Call{Args: c.args, Named: c.named})
}

// entry finds a function by its full name: fs, its promises and fs-extra, with
// and without Sync, are one.
func (w *work) entry(full string) *table.Entry {
	for _, mod := range []string{"fsp.", "fsx."} {
		if rest, ok := strings.CutPrefix(full, mod); ok {
			full = "fs." + rest
		}
	}
	if e := w.r.front.table.Call(full); e != nil {
		return e
	}
	for _, way := range []string{"Sync", "Async"} { // the second of promisifyAll
		if rest, ok := strings.CutSuffix(full, way); ok {
			return w.r.front.table.Call(rest)
		}
	}
	return nil
}

// denoFlag is how Deno's options say to open, in letters; nil: as the function
// does by itself.
func denoFlag(named map[string]*effect.Value) *effect.Value {
	on := func(key string) bool {
		v := named["opt."+key]
		return v != nil && v.Kind == effect.Lit && v.Name == "true"
	}
	switch {
	case on("createNew"):
		return effect.NewLit("wx")
	case on("append"):
		return effect.NewLit("a")
	case on("write") && on("truncate"):
		return effect.NewLit("w")
	case on("write") && on("create"):
		return effect.NewLit("O_WRONLY|O_CREAT")
	case on("write"):
		return effect.NewLit("r+")
	}
	return nil
}
