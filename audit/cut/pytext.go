package cut

import (
	"bytes"

	"github.com/wholly-go/wholly/audit/grammar"
)

// logical is a line of code, as far as it was read.
type logical struct {
	depth int // of brackets
	colon int // where the first colon outside of them stands, -1
	list  list
}

// skip goes to the end of the logical line and returns where its first colon
// outside of brackets stands, -1 if it has none.
func (l *pyLexer) skip() (colon int) {
	line := logical{colon: -1}
	for l.at < len(l.src) {
		switch c := l.src[l.at]; {
		case letter[c]:
			l.identifier()
		case c == '"' || c == '\'':
			if l.text(); l.bad {
				return -1
			}
		case c == '\n':
			l.at++
			if line.depth == 0 {
				return line.colon
			}
			if l.begins() {
				l.tear()
				return -1
			}
		default:
			l.at++
			l.sign(&line, c)
		}
	}
	l.at = min(l.at, len(l.src))
	return line.colon
}

// sign reads what is neither word nor text; we are behind it.
func (l *pyLexer) sign(line *logical, c byte) {
	switch c {
	case '(', '[', '{':
		if line.depth++; line.depth == 1 {
			line.list.begin(l, c)
		}
	case ')', ']', '}':
		if line.depth = max(0, line.depth-1); line.depth == 0 {
			line.list.end(l)
		}
	case ',':
		if line.depth == 1 && line.list.comma == 0 {
			line.list.comma = l.at
		}
	case ':':
		if line.depth == 0 && line.colon < 0 {
			line.colon = l.at - 1
		}
	case '*':
		l.all = l.all || l.from
	case '\\':
		l.at++
		if l.at <= len(l.src) && l.src[l.at-1] == '\r' {
			l.at++
		}
	case '#':
		if i := bytes.IndexByte(l.src[l.at:], '\n'); i >= 0 {
			l.at += i
		} else {
			l.at = len(l.src)
		}
	default:
		for digit(c) && l.at < len(l.src) && (letter[l.src[l.at]] || digit(l.src[l.at])) {
			l.at++
		}
	}
}

// tear leaves out the line that we are in, which has a bracket that does not end:
// the parser would read no function behind it.
func (l *pyLexer) tear() {
	for n := len(l.idle); n > 0 && l.idle[n-1].Start >= l.start; n-- {
		l.idle = l.idle[:n-1]
	}
	l.idle = append(l.idle, grammar.Range{Start: l.start, End: l.at})
	l.torn = true
}

// begins says whether a function or a class begins here, which none does inside
// of brackets.
func (l *pyLexer) begins() bool {
	rest := l.src[l.at+skipSpace(l.src[l.at:]):]
	return bytes.HasPrefix(rest, []byte("def ")) || bytes.HasPrefix(rest, []byte("class ")) || bytes.HasPrefix(rest, []byte("async def "))
}

// list is a pair of brackets with elements: of a long one, the first shows what
// it is.
type list struct {
	open, comma int // behind the bracket and behind the first comma; 0 if there is none
	hits        int // how many there were
}

func (t *list) begin(l *pyLexer, c byte) {
	*t = list{}
	if before := bytes.TrimRight(l.src[:l.at-1], " \t"); c != '(' || len(before) > 0 && before[len(before)-1] == '=' {
		t.open, t.hits = l.at, len(l.seen)
	}
}

// end notes the elements after the first as idle, if they are many, speak of no
// files and call nothing.
func (t *list) end(l *pyLexer) {
	const long = 400
	to := l.at - 1
	if t.open > 0 && t.comma > 0 && to-t.comma >= long && len(l.seen) == t.hits && plain(l.src[t.open:to]) {
		l.idle = append(l.idle, grammar.Range{Start: t.comma, End: to})
	}
}

// plain says whether nothing is called between brackets, and no comma parts
// anything but elements, as it does in a comprehension or in a lambda.
func plain(b []byte) bool {
	for i, c := range b {
		if c == '(' && i > 0 && (letter[b[i-1]] || digit(b[i-1]) || b[i-1] == ')' || b[i-1] == ']') {
			return false
		}
	}
	return !word(b, "for") && !word(b, "lambda")
}

// word says whether w stands in b, not as a part of another.
func word(b []byte, w string) bool {
	for {
		i := bytes.Index(b, []byte(w))
		if i < 0 {
			return false
		}
		end := i + len(w)
		if (i == 0 || !letter[b[i-1]]) && (end == len(b) || !letter[b[end]]) {
			return true
		}
		b = b[end:]
	}
}

// identifier reads a word and notes it if it speaks of files.
func (l *pyLexer) identifier() {
	start := l.at
	for l.at < len(l.src) && (letter[l.src[l.at]] || digit(l.src[l.at])) {
		l.at++
	}
	name := l.src[start:l.at]
	if l.at < len(l.src) && (l.src[l.at] == '"' || l.src[l.at] == '\'') && bytes.ContainsAny(name, "fFtT") && len(name) < 3 {
		if l.text(); !l.bad {
			l.template(start, l.at)
		}
		return
	}
	l.consider(name, start)
}

func (l *pyLexer) consider(name []byte, start int) {
	if l.from && l.naming {
		l.module(name)
	}
	l.naming = l.from && string(name) == "as"
	if x := l.words.find(name); x != nil {
		if l.from {
			l.importing(name)
		}
		l.seen = append(l.seen, mentioned(l.src, x, start, start+len(name)))
	}
}

// template looks for words in the text of an f-string: some of it is code.
func (l *pyLexer) template(from, to int) {
	if bytes.IndexByte(l.src[from:to], '{') < 0 {
		return
	}
	for i := from; i < to; {
		if !letter[l.src[i]] {
			i++
			continue
		}
		start := i
		for i < to && (letter[l.src[i]] || digit(l.src[i])) {
			i++
		}
		l.consider(l.src[start:i], start)
	}
}

// text skips a string. A quote inside of the braces of an f-string ends it too
// early for this lexer; the text after it is then read as code up to the end of
// the line, which does no harm to lines and seldom to brackets.
func (l *pyLexer) text() {
	q := l.src[l.at]
	if l.at+2 < len(l.src) && l.src[l.at+1] == q && l.src[l.at+2] == q {
		l.long(q)
		return
	}
	for i := l.at + 1; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case q:
			l.at = i + 1
			return
		case '\n':
			l.at = i // it does not end: a broken line, or nested quotes
			return
		}
	}
	l.at = len(l.src)
}

// long skips a string in three quotes.
func (l *pyLexer) long(q byte) {
	for i := l.at + 3; i+2 < len(l.src); {
		c := l.src[i]
		switch {
		case c == '\\':
			i += 2
		case c == q && l.src[i+1] == q && l.src[i+2] == q:
			l.at = i + 3
			return
		default:
			i++
		}
	}
	l.bad = true
}
