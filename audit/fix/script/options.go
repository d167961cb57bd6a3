package script

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// settings reads the options, which must be constants.
func (d *draft) settings(w *whole) error {
	o := w.options
	switch {
	case o == nil || o.Is("null", "undefined"):
		return nil
	case o.Is("string"):
		if !w.json {
			w.keep = append(w.keep, "encoding: "+d.Str(o))
		}
		return nil
	case !o.Is("object") || page.Commented(o):
		return refuse("its options are not constants here")
	}
	for _, k := range o.Kids {
		key, value := d.Str(k.Get("key")), k.Get("value")
		switch {
		case k.Is("shorthand_property_identifier"):
			return refuse("its option %s is one that the writer does not take", d.Str(k))
		case !k.Is("pair"):
			return refuse("its options are not constants here")
		case key == "flag" && d.quoted(value) == "w", key == "flush":
		case key == "encoding" && (value.Is("string") || value.Is("null")), key == "mode" && d.constant(value):
			w.keep = append(w.keep, d.Str(k))
		case w.json && key == "spaces" && value.Is("number", "string"):
			w.spaces = d.Str(value)
		default:
			return refuse("its option %s is one that the writer does not take", key)
		}
	}
	return nil
}

// constant reports whether a permission is one: a number, a text, or a
// variable, whose value is the same before and after.
func (d *draft) constant(n *grammar.Node) bool {
	return n.Is("number", "string", "identifier", "member_expression")
}

// options writes the options that go on, if they are not there as they are.
func (d *draft) options(w *whole) {
	text := "{ " + strings.Join(w.keep, ", ") + " }"
	switch {
	case w.options == nil && len(w.keep) > 0:
		d.Put(w.data.End, w.data.End, ", "+text)
	case w.options == nil, w.options.Is("null", "undefined"):
	case len(w.keep) == 0:
		d.Put(w.data.End, w.options.End, "")
	case w.options.Is("string") && len(w.keep) == 1 && strings.HasPrefix(w.keep[0], "encoding: "):
	case w.options.Is("object") && len(w.options.Kids) == len(w.keep) && d.same(w):
	default:
		d.Put(w.options.Start, w.options.End, text)
	}
}

func (d *draft) same(w *whole) bool {
	for i, k := range w.options.Kids {
		if d.Str(k) != w.keep[i] {
			return false
		}
	}
	return true
}

// narrow moves a chmod of the same path that follows into the call, so that
// nobody can read the content before it.
func (d *draft) narrow(w *whole) {
	st := statement(w.call)
	c, awaited := action(st)
	if c != w.call || w.callback != nil {
		return
	}
	rest := page.After(st)
	if len(rest) == 0 {
		return
	}
	if bits := d.chmodOf(rest[0], d.Str(w.path), awaited); bits != "" && d.Absorb(rest[0], st) == nil {
		w.keep = append(slices.DeleteFunc(w.keep, func(k string) bool { return strings.HasPrefix(k, "mode") }), "chmod: "+bits)
	}
}

// chmodOf returns the constant mode that a statement gives to path.
func (d *draft) chmodOf(st *grammar.Node, path string, awaited bool) string {
	c, too := action(st)
	if c == nil || too != awaited {
		return ""
	}
	switch d.resolve(c.Get("function")) {
	case "fs.chmodSync", "fs.promises.chmod", "extra.chmodSync", "extra.chmod":
	default:
		return ""
	}
	if args, ok := arguments(c); ok && len(args) == 2 && d.Str(args[0]) == path && args[1].Is("number") {
		return d.Str(args[1])
	}
	return ""
}
