package history

import (
	"fmt"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Place is where in a document something stands.
type Place struct {
	Line   int    `json:"line"`   // from 1; 0 for what was not read from a text
	Column int    `json:"column"` // from 1, in bytes
	Path   string `json:"path"`   // of keys: history[2].state.url; empty for the root
}

func (p Place) say(msg string) string {
	return (&lossless.Error{Line: p.Line, Column: p.Column, Path: p.Path, Msg: msg}).Error()
}

// SyntaxError says that a text is not a JSON document in UTF-8 within the
// limits (128 MiB, a thousand levels).
type SyntaxError struct {
	Place
	Msg string
}

// Error is "line 3, column 7, at history[0]: what".
func (e *SyntaxError) Error() string { return e.say(e.Msg) }

// SchemaError says that a JSON document is not what was to be read from it.
type SchemaError struct {
	Place
	Msg string
}

// Error is "line 3, column 7, at history[0].state.url: what".
func (e *SchemaError) Error() string { return e.say(e.Msg) }

// Warning says what was repaired or tolerated in a document that was read.
type Warning struct {
	Place
	Msg string `json:"message"`
}

// String is "line 3, column 7, at history[0].state: what".
func (w Warning) String() string { return w.say(w.Msg) }

// maxWarnings keeps a hostile document from being answered at length.
const maxWarnings = 100

// checker walks over a document that was parsed from data.
type checker struct {
	data     []byte
	warnings []Warning
	more     int  // than maxWarnings
	mended   bool // the present step
}

func (c *checker) add(p Place, msg string) {
	if len(c.warnings) == maxWarnings {
		c.more++
		return
	}
	c.warnings = append(c.warnings, Warning{p, msg})
}

func (c *checker) all() []Warning {
	if c.more > 0 {
		c.warnings = append(c.warnings, Warning{Msg: fmt.Sprintf("and %d more", c.more)})
		c.more = 0
	}
	return c.warnings
}

func (c *checker) warn(n *lossless.Node, at *path, format string, args ...any) {
	if len(c.warnings) == maxWarnings {
		c.more++
		return
	}
	c.add(c.place(n, at), fmt.Sprintf(format, args...))
}

func (c *checker) wrong(n *lossless.Node, at *path, want string) error {
	return &SchemaError{c.place(n, at), want + " is wanted here, not " + n.Kind().String()}
}

func (c *checker) place(n *lossless.Node, at *path) Place {
	p := Place{Path: at.String()}
	if offset := n.Offset(); offset >= 0 {
		p.Line, p.Column = lossless.Position(c.data, offset)
	}
	return p
}

// path is where a walk stands; it becomes a text when somebody asks.
type path struct {
	up  *path
	key string // of a member; empty for an item
	i   int    // of an item
	any bool   // a member whose key may be empty
}

func (p *path) member(key string) *path { return &path{up: p, key: key, any: true} }
func (p *path) item(i int) *path        { return &path{up: p, i: i} }

// String is the path as errors tell it; empty for nil, the root.
func (p *path) String() string { return p.text(func(key string) string { return key }) }

// text shows each key as show gives it.
func (p *path) text(show func(key string) string) string {
	switch {
	case p == nil:
		return ""
	case p.any:
		return lossless.Join(p.up.text(show), show(p.key))
	}
	return lossless.Index(p.up.text(show), p.i)
}
