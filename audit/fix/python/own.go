package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// own is a writer of the project, and what its text says about it.
type own struct {
	audit.Writer
	text, bytes bool   // it takes them
	encoding    string // of text: "utf-8" if that is named, "" if another or none
	private     bool   // a new file is for its owner alone, as mkstemp makes it
}

// owns returns the first of the project's writers that takes a path and text,
// or bytes, and needs nothing else.
func (d *draft) owns(binary bool) (own, bool) {
	for _, w := range d.Job.Writers {
		if w.Async || isOurs(w.File) || d.recursive(w) || !plain(w) {
			continue
		}
		o := d.look(w)
		if binary && o.bytes || !binary && o.text {
			return o, true
		}
	}
	return own{}, false
}

// recursive reports whether the site is the writer's own.
func (d *draft) recursive(w audit.Writer) bool {
	return d.Job.Path == w.File && d.Site.Function == w.Name
}

// plain reports whether a call with path and content alone is enough.
func plain(w audit.Writer) bool {
	for i, p := range w.Params {
		if i != w.Path && i != w.Content && (p.Default == nil && !p.Variadic) {
			return false
		}
	}
	return w.Path < 2 && w.Content < 2 && w.Path != w.Content
}

// look reads the writer's own text.
func (d *draft) look(w audit.Writer) own {
	o := own{Writer: w}
	text, err := d.Job.Read(w.File)
	if err != nil {
		return o
	}
	s, err := read(w.File, text)
	if err != nil {
		return o
	}
	for n := range s.Root.All() {
		if !n.Is("function_definition") || s.Str(n.Get("name")) != w.Name {
			continue
		}
		body := s.Str(n)
		has := func(words ...string) bool {
			for _, word := range words {
				if strings.Contains(body, word) {
					return true
				}
			}
			return false
		}
		encodes := has(".encode(")
		o.text = encodes || has(`"w"`, `'w'`, "write_text(")
		o.bytes = has(`"wb"`, `'wb'`, "write_bytes(", "os.write(") && (!encodes || has("isinstance("))
		if has("utf-8", "utf8", "UTF-8") || encodes && !has("encoding") {
			o.encoding = "utf-8"
		}
		o.private = has("mkstemp(", "NamedTemporaryFile(") && !has("chmod(", "copymode(", "copystat(")
	}
	return o
}

// callOwn is a call of the project's writer. Reasons to ask are noted.
func (d *draft) callOwn(o own, path, content string) string {
	if o.private {
		d.Ask("the project's " + o.Name + " makes files that their owner alone can read")
	}
	first, second := path, content
	if o.Path > o.Content {
		first, second = content, path
	}
	d.Note("calls the project's own writer " + o.Name)
	d.Need("own " + o.File + " " + o.Module + " " + o.Name)
	d.Calls = o.ID
	return o.Name + "(" + first + ", " + second + ")"
}

// fits reports whether the writer encodes text as the site does.
func (d *draft) fits(o own, binary bool, encoding, errors, newline *grammar.Node) bool {
	switch {
	case errors != nil || newline != nil:
		return false
	case binary:
		return true
	case encoding == nil:
		if o.encoding != "" {
			d.Ask("the project's " + o.Name + " writes UTF-8, and this wrote in the encoding of the locale")
		}
		return true
	}
	name, ok := d.constant(encoding)
	return ok && strings.EqualFold(strings.ReplaceAll(name, "_", "-"), o.encoding)
}

// ownWhole rewrites p.write_text(…) to a call of the project's own writer.
func (d *draft) ownWhole(c, path *grammar.Node, args arguments) bool {
	binary := strings.HasSuffix(d.Str(c.Get("function")), "write_bytes")
	o, ok := d.owns(binary)
	if !ok || expression(statement(c)) != c || page.Commented(c) ||
		!d.fits(o, binary, args.value(1, "encoding"), args.value(2, "errors"), args.value(3, "newline")) {
		return false
	}
	d.Put(c.Start, c.End, d.callOwn(o, d.bare(path), d.Str(args.value(0, "data"))))
	return true
}

// ownInWith rewrites a block with one write to a call of the project's own
// writer; false if that cannot be.
func (d *draft) ownInWith(o *opening, st *grammar.Node, f string) (bool, error) {
	w, ok := d.owns(o.binary())
	body := st.Get("body")
	if !ok || len(st.Kids[0].Kids) != 1 || len(body.Kids) != 1 || page.Commented(st) {
		return false, nil
	}
	content, err := d.written(body.Kids[0], f, o.binary())
	if err != nil || !d.fits(w, o.binary(), o.text[0], o.text[1], o.text[2]) {
		return false, nil
	}
	d.Put(st.Start, st.End, d.callOwn(w, d.Str(o.path), content))
	return true, nil
}
