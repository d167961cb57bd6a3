package cut

import "bytes"

func (l *jsLexer) until(end string) {
	for ; l.at < len(l.src); l.at++ {
		if l.src[l.at] == end[0] && (len(end) == 1 || l.next() == end[1]) {
			l.at += len(end)
			return
		}
	}
}

// text skips a string. One that does not end in its line is an apostrophe in
// the text of markup.
func (l *jsLexer) text(q byte) {
	for i := l.at + 1; i < len(l.src) && l.src[i] != '\n'; i++ {
		switch l.src[i] {
		case '\\':
			i++
		case q:
			mod := bytes.TrimPrefix(l.src[l.at+1:i], []byte("node:"))
			if l.known[string(mod)] {
				l.all = true
				l.passes = l.passes || bytes.Contains(mod, []byte("fs")) // what takes it and uses nothing of it hands it on
			}
			l.at = i + 1
			return
		}
	}
	l.at++
}

// template skips a template from inside of it, to its end or to a "${".
func (l *jsLexer) template() {
	for ; l.at < len(l.src); l.at++ {
		switch c := l.src[l.at]; {
		case c == '\\':
			l.at++
		case c == '`':
			l.at++
			return
		case c == '$' && l.next() == '{':
			l.at += 2
			l.braces = append(l.braces, brace{fn: -1, templ: true})
			l.prev, l.word = '{', nil
			return
		}
	}
	l.at, l.bad = len(l.src), true
}

// regex skips a regular expression if one begins here: after an operator, a
// bracket or a keyword, a slash does not divide.
func (l *jsLexer) regex() bool {
	switch {
	case l.prev == ')' || l.prev == ']' || l.prev == '}' || l.prev == '"' || l.prev == '1' || l.prev == '<':
		return l.no()
	case l.prev == 'a' && !beforeRegex[string(l.word)]:
		return l.no()
	}
	class := false
	for i := l.at + 1; i < len(l.src) && l.src[i] != '\n'; i++ {
		switch c := l.src[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.at, l.prev, l.word = i+1, '"', nil
			return true
		}
	}
	return l.no()
}

func (l *jsLexer) no() bool {
	l.at++
	l.prev, l.word = '/', nil
	return true
}

var beforeRegex = map[string]bool{"return": true, "typeof": true, "case": true, "in": true, "of": true, "delete": true,
	"void": true, "throw": true, "new": true, "else": true, "do": true, "instanceof": true, "await": true, "yield": true}
