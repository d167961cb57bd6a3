package cut

import "bytes"

// skip goes to the end of the logical line and returns where its first colon
// outside of brackets stands, -1 if it has none.
func (l *pyLexer) skip() (colon int) {
	colon = -1
	for depth := 0; l.at < len(l.src); {
		c := l.src[l.at]
		if letter[c] {
			l.identifier()
			continue
		}
		l.at++
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(0, depth-1)
		case ':':
			if depth == 0 && colon < 0 {
				colon = l.at - 1
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
		case '"', '\'':
			l.at--
			if l.text(); l.bad {
				return -1
			}
		case '\n':
			if depth == 0 {
				return colon
			}
		default:
			if digit(c) {
				for l.at < len(l.src) && (letter[l.src[l.at]] || digit(l.src[l.at])) {
					l.at++
				}
			}
		}
	}
	l.at = min(l.at, len(l.src))
	return colon
}

// identifier reads a word and notes it if it speaks of files.
func (l *pyLexer) identifier() {
	start := l.at
	for l.at < len(l.src) && (letter[l.src[l.at]] || digit(l.src[l.at])) {
		l.at++
	}
	name := l.src[start:l.at]
	if l.at < len(l.src) && (l.src[l.at] == '"' || l.src[l.at] == '\'') && bytes.IndexAny(name, "fFtT") >= 0 && len(name) < 3 {
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
