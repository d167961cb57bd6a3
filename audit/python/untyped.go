package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/table"
)

// imported looks up a method of what another module defines. Whether that is a
// path is written there, so it shows by the method alone: as a module's own
// function, write_text would be told where to write.
func (w *work) imported(c *call, of, name string) (*table.Entry, bool, *effect.Value) {
	object := c.fn.Get("object")
	if !strings.Contains(of, ".") || object.Is("identifier") && !constant(of) && !w.r.from[w.r.text(object)] {
		return nil, false, nil
	}
	e, self := w.r.table.Call("Path."+name), effect.NewGlobal(of).Called(w.r.text(object))
	if e == nil || !e.Fits(w.shape(c)) {
		return nil, false, nil
	}
	n := len(w.shape(c).Args)
	switch name {
	case "write_text", "write_bytes":
		if n != 1 {
			return nil, false, nil
		}
	case "read_text", "read_bytes":
		if n != 0 {
			return nil, false, nil
		}
	case "open":
		if mode, given := w.modeOf(c); given && !isMode(mode) || !given && !constant(of) {
			return nil, false, nil
		}
	default:
		if !constant(of) || !e.Has("any") {
			return nil, false, nil
		}
		if e.Word("any") != "sure" {
			return e, false, self
		}
	}
	return e, true, self.Typed("Path")
}

// constant goes by the custom of the language: a module's constants are named
// in capitals, its functions and other modules never.
func constant(full string) bool {
	last := full[strings.LastIndexByte(full, '.')+1:]
	return len(last) > 1 && strings.ToUpper(last) == last && strings.ToLower(last) != last
}

// modeOf is the mode that a method called open is given, before it is evaluated.
func (w *work) modeOf(c *call) (mode string, given bool) {
	args := c.at.Get("arguments")
	if args == nil {
		return "", false
	}
	for _, a := range args.Kids {
		switch {
		case a.Is("keyword_argument") && w.r.text(a.Get("name")) == "mode":
			return w.r.text(a.Get("value")), true
		case !a.Is("keyword_argument", "comment"):
			return w.r.text(a), true
		}
	}
	return "", false
}

// isMode says whether a text in quotes says how to open a file, and not which.
func isMode(text string) bool {
	mode := strings.Trim(text, `"'`)
	return mode != "" && mode != text && strings.Trim(mode, "rwaxbt+U") == ""
}

// unknownOpen looks up open of a value whose type is not known: a path's is told
// how to open, what others call open is told which.
func (w *work) unknownOpen(c *call, self *effect.Value) (*table.Entry, bool, *effect.Value) {
	mode, given := w.modeOf(c)
	if given && isMode(mode) && len(w.shape(c).Args) < 3 {
		return w.r.table.Call("Path.open"), true, self
	}
	if !given && c.at.Up("with_item") != nil && !w.r.local["open"] { // it may as well be the project's own
		w.emit(effect.Effect{Op: effect.Read, Path: self, At: w.r.span(c.at), Fate: effect.Returned, API: w.r.text(c.fn)})
	}
	return nil, false, self
}
