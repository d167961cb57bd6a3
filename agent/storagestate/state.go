package storagestate

import (
	"fmt"
	"io"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// State is a storage state. The zero value is not one: see [New] and [Decode].
// A copy of a State is as good as the State; both share their parts, which no
// function of this package changes.
type State struct {
	root     *lossless.Node // an object, or the array of a bare list
	source   []byte         // what root was read from; nil for what was made
	dialect  Dialect
	indent   int // as read; 0 is the dialect's
	warnings []Finding
}

// New returns a state without cookies and origins, in no dialect yet.
func New() *State { return newState(Unknown) }

func newState(d Dialect) *State {
	if d == BareList {
		return &State{root: lossless.NewArray(), dialect: d}
	}
	root := lossless.NewObject()
	root.Set("cookies", lossless.NewArray())
	root.Set("origins", lossless.NewArray())
	return &State{root: root, dialect: d}
}

// Decode reads a state in any dialect. data must not be changed afterwards. On
// an error, a *[SyntaxError] or *[SchemaError], there is no state; what was
// tolerated is told by [State.Warnings]. Missing and null cookies and origins
// are none; a list in the place of the document is a bare list of cookies.
func Decode(data []byte) (*State, error) {
	root, warnings, err := lossless.Parse(data, lossless.Options{})
	if err != nil {
		return nil, syntaxError(err)
	}
	s := &State{root: root, source: data, indent: indentOf(data)}
	for _, w := range warnings {
		s.warnings = append(s.warnings, Finding{Severity: Warning, Line: w.Line, Column: w.Column, Path: w.Path, Msg: w.Msg})
	}
	if err := s.shape(); err != nil {
		return nil, err
	}
	s.dialect = s.dialectIn(s.Mix())
	s.warnings = append(s.warnings, s.oddities()...)
	return s, nil
}

// shape refuses what is no storage state at all.
func (s *State) shape() error {
	switch kind := s.root.Kind(); kind {
	case lossless.Array:
		return nil
	case lossless.Object:
	default:
		return s.schemaError(s.root, "", fmt.Sprintf("a storage state is an object or a list of cookies, not %s", kind))
	}
	for _, key := range []string{"cookies", "origins"} {
		n := s.root.Get(key)
		switch kind := n.Kind(); kind {
		case lossless.Absent, lossless.Null, lossless.Array:
		default:
			return s.schemaError(n, key, fmt.Sprintf("%s must be a list, not %s", key, kind))
		}
	}
	return nil
}

// Encode writes s as its dialect lays it out, or with the indent that it was
// read with, and without a line end behind it.
func Encode(w io.Writer, s *State) error {
	indent := s.indent
	if indent == 0 {
		indent = s.dialect.indent()
	}
	if err := s.root.Print(w, lossless.Style{Indent: indent}); err != nil {
		return fmt.Errorf("write storage state: %w", err)
	}
	return nil
}

// Codec is New, Decode and Encode as one value, for a document in a file. The
// zero value keeps the dialect that was read.
type Codec struct {
	// Dialect is that of a new state, and of one that gives no hint of its own.
	Dialect Dialect
}

// New returns a state without cookies and origins in the codec's dialect.
func (c Codec) New() *State { return newState(c.Dialect) }

// Decode is [Decode].
func (c Codec) Decode(data []byte) (*State, error) {
	s, err := Decode(data)
	if err == nil && s.dialect == Unknown && c.Dialect != BareList {
		s.dialect = c.Dialect
	}
	return s, err
}

// Encode is [Encode].
func (c Codec) Encode(w io.Writer, s *State) error { return Encode(w, s) }

// cookies returns the list of cookies, whatever the dialect.
func (s *State) cookies() []*lossless.Node {
	if s.root.Kind() == lossless.Array {
		return s.root.Items()
	}
	return s.root.Get("cookies").Items()
}

func (s *State) origins() []*lossless.Node { return s.root.Get("origins").Items() }

// cookiesPath is the path of the list of cookies.
func (s *State) cookiesPath() string {
	if s.root.Kind() == lossless.Array {
		return ""
	}
	return "cookies"
}

// Dialect is the dialect of the file as a whole, in which merges write.
func (s *State) Dialect() Dialect { return s.dialect }

// Warnings tells what Decode tolerated: a byte order mark, keys that stand
// twice, items that make no sense, two items of one identity. A hundred of a
// sort are told; Check tells all.
func (s *State) Warnings() []Finding { return s.warnings }
