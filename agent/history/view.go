package history

import (
	"sort"
	"strings"
)

// view is a text, or what it says once it was decoded, with the way back to the
// places in the text.
type view struct {
	text   string
	depth  int
	of     *view   // what it was decoded from; nil for the text itself
	tokens []token // in order
}

// token is an escape and what it stands for.
type token struct {
	from, length  int // in the view it was decoded from
	at, outLength int // in the view
}

// origin returns the place in the text that a place in the view comes from,
// with whole escapes.
func (v *view) origin(s span) span {
	for ; v.of != nil; v = v.of {
		s.start, s.end = v.back(s.start, false), v.back(s.end, true)
	}
	return s
}

// back goes one view back. A place within what an escape stands for becomes its
// beginning, or its end.
func (v *view) back(at int, end bool) int {
	i := sort.Search(len(v.tokens), func(i int) bool { return v.tokens[i].at >= at }) - 1
	if !end && i+1 < len(v.tokens) && v.tokens[i+1].at == at {
		return v.tokens[i+1].from
	}
	if i < 0 {
		return at
	}
	switch t := v.tokens[i]; {
	case at >= t.at+t.outLength:
		return t.from + t.length + at - t.at - t.outLength
	case end:
		return t.from + t.length
	default:
		return t.from
	}
}

// decoded returns what v says when d is decoded once; nil if nothing in it is
// to be decoded.
func (v *view) decoded(d decoder) *view {
	text := v.text
	i := strings.IndexAny(text, d.begin)
	if i < 0 {
		return nil
	}
	next := view{depth: v.depth + 1, of: v}
	var out []byte
	done := 0
	for i < len(text) {
		was := len(out) + i - done
		if decoded, n := d.token(text[i:]); n > 0 {
			out = append(append(out, text[done:i]...), decoded...)
			next.tokens = append(next.tokens, token{i, n, was, len(decoded)})
			i += n
			done = i
		} else {
			i++
		}
		skip := strings.IndexAny(text[i:], d.begin)
		if skip < 0 {
			break
		}
		i += skip
	}
	if next.tokens == nil {
		return nil
	}
	next.text = string(append(out, text[done:]...))
	return &next
}
