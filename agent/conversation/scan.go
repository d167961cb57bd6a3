package conversation

import (
	"encoding/json"
	"fmt"
)

// maxDepth is how deep JSON may nest: about as deep as Python reads it.
const maxDepth = 1000

// node is a JSON value and where it stands in the input. It keeps no decoded
// value: numbers and escapes are still as written.
type node struct {
	kind       byte // its first byte, '0' for every number
	start, end int
	keys       []string // of an object, decoded
	items      []node   // of an object or array
}

// scanner reads JSON strictly. encoding/json does not tell the path of what is
// wrong, and lets duplicate keys and lone surrogates pass.
type scanner struct {
	data string
	pos  int
	path []string // of the value being read: "messages", "[2]", …
}

// scan reads data, which is UTF-8, as one JSON value.
func scan(data string) (node, error) {
	s := scanner{data: data}
	n, err := s.value()
	if err != nil {
		return node{}, err
	}
	if s.space(); s.pos < len(data) {
		return node{}, s.errorf(s.pos, "more after the end of the JSON value")
	}
	return n, nil
}

func (s *scanner) errorf(at int, format string, args ...any) error {
	return fail(s.data, at, joinPath(s.path), fmt.Errorf(format, args...))
}

// unexpected says what was wanted at the present place.
func (s *scanner) unexpected(want string) error {
	if s.pos >= len(s.data) {
		return s.errorf(len(s.data), "the input ends here, want %s", want)
	}
	return s.errorf(s.pos, "%q here, want %s", []rune(s.data[s.pos:min(s.pos+4, len(s.data))])[0], want)
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// next skips space and tells whether c follows; if so it is consumed.
func (s *scanner) next(c byte) bool {
	s.space()
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) value() (node, error) {
	s.space()
	if s.pos >= len(s.data) {
		return node{}, s.unexpected("a value")
	}
	n := node{kind: s.data[s.pos], start: s.pos}
	var err error
	switch c := n.kind; {
	case (c == '{' || c == '[') && len(s.path) >= maxDepth:
		// The path of a thousand steps would help nobody.
		err = fail(s.data, s.pos, "", fmt.Errorf("nested deeper than %d levels", maxDepth))
	case c == '{':
		err = s.object(&n)
	case c == '[':
		err = s.array(&n)
	case c == '"':
		err = s.text()
	case c == '-' || c >= '0' && c <= '9':
		n.kind = '0'
		err = s.number()
	default:
		err = s.word()
	}
	n.end = s.pos
	return n, err
}

func (s *scanner) object(n *node) error {
	s.pos++
	if s.next('}') {
		return nil
	}
	seen := map[string]bool{}
	for {
		s.space()
		at := s.pos
		if at >= len(s.data) || s.data[at] != '"' {
			return s.unexpected("a key in double quotes")
		}
		if err := s.text(); err != nil {
			return err
		}
		key := decodeKey(s.data[at:s.pos])
		if seen[key] {
			return s.errorf(at, "key %q a second time", key)
		}
		seen[key] = true
		if !s.next(':') {
			return s.unexpected("a colon")
		}
		if err := s.item(n, key); err != nil {
			return err
		}
		n.keys = append(n.keys, key)
		if s.next('}') {
			return nil
		}
		if !s.next(',') {
			return s.unexpected("a comma or }")
		}
	}
}

func (s *scanner) array(n *node) error {
	s.pos++
	if s.next(']') {
		return nil
	}
	for {
		if err := s.item(n, index(len(n.items))); err != nil {
			return err
		}
		if s.next(']') {
			return nil
		}
		if !s.next(',') {
			return s.unexpected("a comma or ]")
		}
	}
}

// item reads a value inside n, one step of the path down.
func (s *scanner) item(n *node, step string) error {
	s.path = append(s.path, step)
	v, err := s.value()
	s.path = s.path[:len(s.path)-1]
	n.items = append(n.items, v)
	return err
}

// number takes what could belong to a number; encoding/json knows its grammar.
func (s *scanner) number() error {
	begin := s.pos
	for s.pos < len(s.data) && isNumber(s.data[s.pos]) {
		s.pos++
	}
	if !json.Valid([]byte(s.data[begin:s.pos])) {
		if s.pos == len(s.data) {
			return s.errorf(s.pos, "the input ends inside a number")
		}
		return s.errorf(begin, "%q is not a JSON number", clip(s.data[begin:s.pos]))
	}
	return nil
}

func isNumber(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

func (s *scanner) word() error {
	rest := s.data[s.pos:]
	for _, w := range []string{"true", "false", "null"} {
		if len(rest) >= len(w) && rest[:len(w)] == w {
			s.pos += len(w)
			return nil
		}
		if len(rest) < len(w) && w[:len(rest)] == rest {
			return s.errorf(len(s.data), "the input ends inside %s", w)
		}
	}
	for _, w := range []string{"NaN", "Infinity", "-Infinity"} {
		if len(rest) >= len(w) && rest[:len(w)] == w {
			return s.errorf(s.pos, "%s is Python's, not JSON", w)
		}
	}
	return s.unexpected("a value")
}

// clip shortens s for an error message.
func clip(s string) string {
	for i := range s {
		if i >= 40 {
			return s[:i] + "…"
		}
	}
	return s
}
