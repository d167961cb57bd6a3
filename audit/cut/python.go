package cut

import (
	"strings"

	"github.com/wholly-go/wholly/audit/grammar"
)

// Python returns the outermost functions of a Python source: those of modules
// and classes, not those inside of other functions. ok is false if brackets or
// strings do not end: then it must be parsed whole.
func Python(src []byte) (bodies []Body, ok bool) {
	l := pyLexer{src: src}
	for l.at < len(src) {
		l.line()
		if l.bad {
			return nil, false
		}
	}
	l.close(len(src))
	return l.done, true
}

// pyLexer walks logical lines.
type pyLexer struct {
	src  []byte
	at   int
	bad  bool
	open *Body // the outermost function that we are in
	deep int   // its indentation
	done []Body
}

// line reads one logical line and notes what it begins or ends.
func (l *pyLexer) line() {
	start := l.at
	indent := l.indent()
	if l.at >= len(l.src) || l.src[l.at] == '\n' || l.src[l.at] == '\r' || l.src[l.at] == '#' {
		l.skip() // blank and comment lines end no block
		return
	}
	first := l.at
	if l.open != nil && indent <= l.deep {
		l.close(start)
	}
	name, def := l.def(first)
	colon := l.skip()
	if l.open != nil || !def || colon < 0 {
		return
	}
	if rest := strings.TrimSpace(string(l.src[colon+1 : l.at])); rest != "" && rest[0] != '#' {
		return // def f(): return 1
	}
	l.open = &Body{Name: name, Start: start, Range: grammar.Range{Start: l.at}, Always: always[name]}
	l.deep = indent
}

var always = map[string]bool{"__init__": true, "__new__": true, "__post_init__": true, "__enter__": true, "__exit__": true,
	"__aenter__": true, "__aexit__": true, "constructor": true}

// close ends the function that we are in.
func (l *pyLexer) close(at int) {
	if l.open == nil {
		return
	}
	l.open.End, l.open.Range.End = at, at
	l.done = append(l.done, *l.open)
	l.open = nil
}

func (l *pyLexer) indent() int {
	n := 0
	for ; l.at < len(l.src); l.at++ {
		switch l.src[l.at] {
		case ' ':
			n++
		case '\t':
			n += 8 - n%8
		case '\f':
			n = 0
		default:
			return n
		}
	}
	return n
}

// def returns the name of the function that the line at i begins.
func (l *pyLexer) def(i int) (string, bool) {
	f := l.word(&i)
	if f == "async" {
		f = l.word(&i)
	}
	if f != "def" {
		return "", false
	}
	name := l.word(&i)
	return name, name != ""
}

func (l *pyLexer) word(i *int) string {
	for *i < len(l.src) && (l.src[*i] == ' ' || l.src[*i] == '\t') {
		*i++
	}
	start := *i
	for *i < len(l.src) && (letter[l.src[*i]] || digit(l.src[*i])) {
		*i++
	}
	return string(l.src[start:*i])
}

// skip goes to the end of the logical line and returns where its last colon
// outside of brackets stands, -1 if it has none.
func (l *pyLexer) skip() (colon int) {
	colon = -1
	for depth := 0; l.at < len(l.src); {
		switch c := l.src[l.at]; c {
		case '(', '[', '{':
			depth++
			l.at++
		case ')', ']', '}':
			depth = max(0, depth-1)
			l.at++
		case ':':
			if depth == 0 && colon < 0 {
				colon = l.at
			}
			l.at++
		case '\\':
			l.at += 2
			if l.at <= len(l.src) && l.src[l.at-1] == '\r' {
				l.at++
			}
		case '#':
			for l.at < len(l.src) && l.src[l.at] != '\n' {
				l.at++
			}
		case '"', '\'':
			l.text()
		case '\n':
			l.at++
			if depth == 0 {
				return colon
			}
		default:
			l.at++
		}
		if l.bad {
			return -1
		}
	}
	l.at = min(l.at, len(l.src))
	return colon
}

// text skips a string. A quote inside of the braces of an f-string ends it too
// early for this lexer; the text after it is then read as code up to the end of
// the line, which does no harm to lines and seldom to brackets.
func (l *pyLexer) text() {
	q := l.src[l.at]
	if l.at+2 < len(l.src) && l.src[l.at+1] == q && l.src[l.at+2] == q {
		for i := l.at + 3; i+2 < len(l.src); i++ {
			if l.src[i] == '\\' {
				i++
			} else if l.src[i] == q && l.src[i+1] == q && l.src[i+2] == q {
				l.at = i + 3
				return
			}
		}
		l.bad = true
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
