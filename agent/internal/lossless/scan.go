package lossless

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Limits of a document. CPython's parser gives up at about a thousand levels.
const (
	MaxDepth = 1000
	MaxSize  = 128 << 20 // bytes
)

// Options widen what is taken for JSON.
type Options struct {
	// NaN takes the bare words NaN, Infinity and -Infinity, which Python
	// writes, as null, with a warning.
	NaN bool
}

// Parse checks that data is one JSON value in UTF-8 and returns its root. data
// belongs to the Node from then on and must not be changed. What was tolerated
// is returned as warnings: a byte order mark, a key that stands twice (the last
// one counts, as for Python), NaN where the options allow it. An error is of
// type *Error.
func Parse(data []byte, o Options) (root *Node, warnings []Error, err error) {
	s := scanner{data: data, options: o}
	if err := s.encoding(); err != nil {
		return nil, nil, err
	}
	start, end, err := s.document()
	if err != nil {
		return nil, nil, err
	}
	return &Node{text: s.data[start:end], at: start + 1}, s.warnings, nil
}

// scanner walks over the whole text once, without recursion.
type scanner struct {
	data     []byte
	i        int
	options  Options
	frames   []frame
	warnings []Error
}

// frame is an object or array that is open.
type frame struct {
	array    bool
	n        int    // elements before the present one
	key      []byte // of the present member, with its quotes
	few      [][]byte
	seen     map[string]struct{}
	expected bool // after a comma: an end would be an error
}

// encoding refuses what is not UTF-8 and steps over a byte order mark.
func (s *scanner) encoding() error {
	if len(s.data) > MaxSize {
		return &Error{Msg: fmt.Sprintf("%d bytes are more than a document may have (%d)", len(s.data), MaxSize)}
	}
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(s.data, []byte(mark)) {
			return &Error{Line: 1, Column: 1, Msg: "text in UTF-16, not in UTF-8"}
		}
	}
	if bytes.IndexByte(s.data[:min(4, len(s.data))], 0) >= 0 {
		return &Error{Line: 1, Column: 1, Msg: "zero bytes: text in UTF-16, or no text at all"}
	}
	if !utf8.Valid(s.data) {
		i := 0
		for {
			r, n := utf8.DecodeRune(s.data[i:])
			if r == utf8.RuneError && n == 1 {
				s.i = i
				return s.errorf("invalid UTF-8")
			}
			i += n
		}
	}
	if bytes.HasPrefix(s.data, []byte("\uFEFF")) {
		s.i = 3
		s.warn("a byte order mark in front was skipped")
	}
	return nil
}

func (s *scanner) errorf(format string, args ...any) *Error {
	line, column := Position(s.data, s.i)
	return &Error{line, column, s.path(), fmt.Sprintf(format, args...)}
}

// maxWarnings keeps a hostile document from being answered at length.
const maxWarnings = 100

func (s *scanner) warn(format string, args ...any) {
	if len(s.warnings) < maxWarnings {
		s.warnings = append(s.warnings, *s.errorf(format, args...))
	}
}

func (s *scanner) path() string {
	path := ""
	for depth, f := range s.frames {
		if depth > 20 {
			return path + "…"
		}
		switch {
		case f.array:
			path = Index(path, f.n)
		case f.key != nil:
			path = Join(path, unquote(f.key))
		}
	}
	return path
}

func (s *scanner) space() {
	for s.i < len(s.data) {
		switch s.data[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// document scans the root value and what surrounds it.
func (s *scanner) document() (start, end int, err error) {
	s.space()
	if s.i == len(s.data) {
		return 0, 0, s.errorf("empty, not a JSON value")
	}
	start = s.i
	for first := true; first || len(s.frames) > 0; first = false {
		if err := s.step(); err != nil {
			return 0, 0, err
		}
	}
	end = s.i
	s.space()
	if s.i < len(s.data) {
		return 0, 0, s.errorf("more text after the end of the value")
	}
	return start, end, nil
}

// step goes on to the next value of the innermost frame, or closes the frame.
func (s *scanner) step() error {
	s.space()
	if len(s.frames) == 0 {
		return s.value()
	}
	f := &s.frames[len(s.frames)-1]
	closing := byte('}')
	if f.array {
		closing = ']'
	}
	c := s.peek()
	if c == closing && !f.expected {
		s.i++
		s.frames = s.frames[:len(s.frames)-1]
		return s.after()
	}
	if c == 0 {
		return s.cut()
	}
	if !f.array {
		if err := s.member(f); err != nil {
			return err
		}
	}
	f.expected = false
	return s.value()
}

// after takes the comma behind a value, if there is one.
func (s *scanner) after() error {
	if len(s.frames) == 0 {
		return nil
	}
	f := &s.frames[len(s.frames)-1]
	s.space()
	switch c := s.peek(); {
	case c == ',':
		s.i++
		f.n++
		f.key, f.expected = nil, true
	case c == 0:
		return s.cut()
	case f.array && c != ']':
		return s.errorf("a comma or ] is wanted here, not %q", s.rune())
	case !f.array && c != '}':
		return s.errorf("a comma or } is wanted here, not %q", s.rune())
	}
	return nil
}

// peek returns the next byte, 0 at the end. A zero byte in the text is none
// that is wanted anywhere.
func (s *scanner) peek() byte {
	if s.i < len(s.data) {
		return s.data[s.i]
	}
	return 0
}

func (s *scanner) rune() rune {
	r, _ := utf8.DecodeRune(s.data[s.i:])
	return r
}

func (s *scanner) cut() error {
	if s.i < len(s.data) {
		return s.errorf("a zero byte")
	}
	return s.errorf("the text ends in the middle of a value")
}

// member takes a key and its colon.
func (s *scanner) member(f *frame) error {
	if s.peek() != '"' {
		return s.errorf("a key in double quotes is wanted here, not %q", s.rune())
	}
	start := s.i
	if err := s.str(); err != nil {
		return err
	}
	f.key = s.data[start:s.i]
	if f.repeats(f.key) {
		end := s.i
		s.i = start
		s.warn("the key stands twice: the last one counts")
		s.i = end
	}
	s.space()
	if s.peek() == 0 {
		return s.cut()
	}
	if s.peek() != ':' {
		return s.errorf("a colon is wanted here, not %q", s.rune())
	}
	s.i++
	s.space()
	return nil
}

// repeats notes key and reports whether the object had it before.
func (f *frame) repeats(key []byte) bool {
	const few = 16
	if f.seen == nil && len(f.few) < few {
		for _, k := range f.few {
			if sameKey(k, key) {
				return true
			}
		}
		f.few = append(f.few, key)
		return false
	}
	if f.seen == nil {
		f.seen = make(map[string]struct{}, 4*few)
		for _, k := range f.few {
			f.seen[unquote(k)] = struct{}{}
		}
	}
	text := unquote(key)
	_, twice := f.seen[text]
	f.seen[text] = struct{}{}
	return twice
}

func sameKey(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	return (bytes.IndexByte(a, '\\') >= 0 || bytes.IndexByte(b, '\\') >= 0) && unquote(a) == unquote(b)
}

// value takes a scalar, or opens a frame.
func (s *scanner) value() error {
	switch c := s.peek(); {
	case c == '{' || c == '[':
		if len(s.frames) == MaxDepth {
			return s.errorf("more than %d levels of nesting", MaxDepth)
		}
		s.i++
		s.push(c == '[')
		return nil
	case c == '"':
		if err := s.str(); err != nil {
			return err
		}
	case c == '-' || c >= '0' && c <= '9':
		if err := s.number(); err != nil {
			return err
		}
	case c == 0:
		return s.cut()
	default:
		if err := s.word(); err != nil {
			return err
		}
	}
	return s.after()
}

// push opens a frame, in the memory of one that was closed.
func (s *scanner) push(array bool) {
	n := len(s.frames)
	if n == cap(s.frames) {
		s.frames = append(s.frames, frame{array: array})
		return
	}
	s.frames = s.frames[:n+1]
	s.frames[n] = frame{array: array, few: s.frames[n].few[:0]}
}
