package script

import (
	"regexp"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/internal/page"
)

// ownWhole rewrites a call to one of the project's own writer, if that takes
// path and content, is of the same kind, and can be imported here.
func (d *draft) ownWhole(w *whole) bool {
	if w.json || w.parents || w.callback != nil || len(w.keep) > 0 && !d.utf8(w) {
		return false
	}
	for _, o := range d.Job.Writers {
		if isOurs(o.File) || o.Async != (w.writer == "writeAtomic") || !plain(o) || d.Site.Function == o.Name || !d.exports(o) {
			continue
		}
		if d.bound[o.Name] && o.File != d.Job.Path && !d.imported(o.Name) {
			continue
		}
		first, second := w.path, w.data
		if o.Path > o.Content {
			first, second = w.data, w.path
		}
		if page.Commented(w.call) {
			return false
		}
		d.Put(w.call.Start, w.call.End, o.Name+"("+d.Str(first)+", "+d.Str(second)+")")
		d.Need("own " + o.File + " " + o.Name)
		d.Calls = o.ID
		d.Note("calls the project's own writer " + o.Name)
		return true
	}
	return false
}

// utf8 reports whether the only option is the encoding that is usual.
func (d *draft) utf8(w *whole) bool {
	if len(w.keep) != 1 {
		return false
	}
	name, ok := strings.CutPrefix(w.keep[0], "encoding: ")
	return ok && len(name) > 2 && strings.ReplaceAll(strings.ToLower(name[1:len(name)-1]), "-", "") == "utf8"
}

// plain reports whether a call with path and content alone is enough.
func plain(w audit.Writer) bool {
	for i, p := range w.Params {
		if i != w.Path && i != w.Content && p.Default == nil && !p.Variadic {
			return false
		}
	}
	return w.Path < 2 && w.Content < 2 && w.Path != w.Content
}

// exports reports whether others can import the writer, in the way in which
// the file imports.
func (d *draft) exports(o audit.Writer) bool {
	if o.File == d.Job.Path {
		return true
	}
	text, err := d.Job.Read(o.File)
	if err != nil {
		return false
	}
	name := regexp.QuoteMeta(o.Name)
	if d.styled() == "require" {
		return regexp.MustCompile(`exports\.` + name + `\b|module\.exports\s*=\s*\{[^}]*\b` + name + `\b`).Match(text)
	}
	return regexp.MustCompile(`export\s+(async\s+)?(function|const)\s+` + name + `\b|export\s*\{[^}]*\b` + name + `\b`).Match(text)
}
