package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/grammar"
)

// dotted returns the full name that a name or an attribute of one stands for,
// "" if it is a value. Names that a function binds are values.
func (r *reader) dotted(n *grammar.Node, w *work) string {
	switch {
	case n.Is("identifier"):
		name := r.text(n)
		if id := w.lookup(name); id != "" {
			return id
		}
		if w.bound(name) {
			return ""
		}
		if id := r.names[name]; id != "" {
			return id
		}
		if builtin[name] {
			return name
		}
		return r.starred(n, name)
	case n.Is("attribute"):
		if up := r.dotted(n.Get("object"), w); up != "" {
			return up + "." + r.text(n.Get("attribute"))
		}
	case n.Is("type") || n.Is("parenthesized_expression"):
		return r.dotted(n.Only(), w)
	case n.Is("subscript"):
		return r.dotted(n.Get("value"), w)
	}
	return ""
}

// starred is the full name of what is called under a name that only an import
// of everything can have brought in.
func (r *reader) starred(n *grammar.Node, name string) string {
	if len(r.file.Stars) == 0 || !n.Parent.Is("call") || n.Field != "function" {
		return ""
	}
	for _, m := range r.file.Stars {
		if r.table.Call(m+"."+name) != nil {
			return m + "." + name
		}
	}
	return r.id(name)
}

var builtin = map[string]bool{"open": true, "str": true, "print": true, "exit": true, "quit": true, "super": true,
	"OSError": true, "IOError": true, "FileNotFoundError": true, "Exception": true, "BaseException": true,
	"PermissionError": true, "ValueError": true, "KeyError": true, "TypeError": true, "UnicodeDecodeError": true,
	"EnvironmentError": true, "FileExistsError": true}

// known are the types of the table, by their full names.
var known = map[string]string{
	"pathlib.Path": "Path", "pathlib.PurePath": "Path", "pathlib.PosixPath": "Path", "os.PathLike": "Path",
	"anyio.Path": "anyio.Path", "trio.Path": "anyio.Path", "str": "str", "bytes": "str", "upath.UPath": "Path",
	"typing.TextIO": "file", "typing.BinaryIO": "file", "typing.IO": "file", "io.TextIOWrapper": "file",
	"io.BytesIO": "memory", "io.StringIO": "memory",
}

// typeOf returns the type that an annotation names: of several, the one that
// knows about files.
func (r *reader) typeOf(n *grammar.Node, w *work) string {
	if n == nil {
		return ""
	}
	best := ""
	for k := range n.All() {
		t := ""
		switch {
		case k.Is("identifier", "attribute") && !k.Parent.Is("attribute"):
			t = r.dotted(k, w)
		case k.Is("string_content"):
			t = or(r.names[strings.TrimSpace(r.text(k))], "")
		}
		if to, ok := known[t]; ok {
			t = to
		} else if strings.HasPrefix(t, "typing.") || builtin[t] || strings.HasPrefix(t, "collections.") {
			continue
		}
		if t == "Path" || t == "anyio.Path" || t == "file" {
			if n.Kids[0].Is("generic_type") && !optional(r.text(n)) && t != "file" {
				return "" // a list of them
			}
			return t
		}
		if t != "" && best == "" || best == "str" && t != "" {
			best = t
		}
	}
	if n.Kids != nil && n.Kids[0].Is("generic_type") && !optional(r.text(n)) {
		return ""
	}
	return best
}

func optional(text string) bool {
	return strings.HasPrefix(text, "Optional[") || strings.HasPrefix(text, "Union[") || strings.HasPrefix(text, "typing.Optional[") ||
		strings.HasPrefix(text, "Annotated[") || strings.HasPrefix(text, "Final[") || strings.HasPrefix(text, "ClassVar[") ||
		strings.HasPrefix(text, "type[")
}

// fieldType is the type of a field of a class of this file or of its bases.
func (r *reader) fieldType(class, field string) string {
	for range 4 {
		c := r.class[class]
		if c == nil {
			return ""
		}
		if t := c.Fields[field]; t != "" {
			return t
		}
		if len(c.Bases) == 0 {
			return ""
		}
		class = c.Bases[0]
	}
	return ""
}

// property says whether the class or a base of this file has a property of
// this name; the ID is the property's.
func (r *reader) property(class, name string) (id string, ok bool) {
	for range 4 {
		id := class + "." + name
		if _, ok := r.props[id]; ok {
			return id, true
		}
		c := r.class[class]
		if c == nil || len(c.Bases) == 0 {
			return "", false
		}
		class = c.Bases[0]
	}
	return "", false
}
