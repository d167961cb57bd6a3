package cut

import (
	"bytes"

	"github.com/wholly-go/wholly/audit/grammar"
)

// Python looks at a Python source. Its bodies are those of the functions of
// modules and classes, not those inside of other functions. A source whose
// strings do not end is not understood.
func Python(src []byte, words *Words) Look {
	look := python(src, words)
	if names := aliases(src, look.Bodies, look.Hits); len(names) > 0 {
		return python(src, words.With(names))
	}
	return look
}

func python(src []byte, words *Words) Look {
	l := pyLexer{src: src, hits: hits{words: words}, class: -1, signs: -1}
	for l.at < len(src) {
		l.line()
		if l.bad {
			return Look{Hits: words.In(src), Whole: true}
		}
	}
	l.close(len(src))
	return Look{Bodies: l.done, Hits: l.hits.result(), Idle: l.idle, Passes: l.all, Torn: l.torn}
}

// pyLexer walks logical lines.
type pyLexer struct {
	hits
	src    []byte
	at     int
	bad    bool
	torn   bool  // pieces that make no sense are left out
	start  int   // of the line
	open   *Body // the outermost function that we are in
	deep   int   // its indentation
	class  int   // the indentation of the class that we are in, -1 if there is none
	signs  int   // where the decorators begin that the next line carries, -1
	head   bool  // the line before begins a function or a class, or there is none
	begun  bool
	from   bool // the line is an import
	naming bool // "as" was just read on it
	done   []Body
	idle   []grammar.Range
}

// line reads one logical line and notes what it begins or ends.
func (l *pyLexer) line() {
	start := l.at
	l.start = start
	indent := l.indent()
	if l.at >= len(l.src) || l.src[l.at] == '\n' || l.src[l.at] == '\r' || l.src[l.at] == '#' {
		l.skip() // blank and comment lines end no block
		return
	}
	first := l.at
	if l.open != nil && indent <= l.deep {
		l.close(start)
	}
	word, name := l.first(first)
	l.from = word == "import" || word == "from"
	colon := l.skip()
	if l.head || !l.begun {
		l.docstring(first)
	}
	l.begun, l.head = true, word == "def" || word == "class"
	if l.open == nil {
		l.block(start, indent, word, name, colon)
	}
}

// block notes what the line from start, which has just been read, begins.
func (l *pyLexer) block(start, indent int, word, name string, colon int) {
	signs := l.signs
	l.signs = -1
	if indent <= l.class {
		l.class = -1
	}
	switch {
	case l.src[start+skipSpace(l.src[start:])] == '@':
		if l.signs = signs; signs < 0 {
			l.signs = start
		}
	case word == "class":
		l.class = indent
	case word == "def" && colon >= 0:
		if rest := bytes.TrimSpace(l.src[colon+1 : l.at]); len(rest) > 0 && rest[0] != '#' {
			return // def f(): return 1
		}
		b := Body{Name: name, Start: start, Range: grammar.Range{Start: l.at}, Method: l.class >= 0}
		property := false
		if signs >= 0 {
			b.Start = signs
			property = bytes.Contains(l.src[signs:start], []byte("property"))
		}
		b.Always = always[name] || property
		b.Head = !property && (b.Method || indent == 0) && !bytes.Contains(l.src[start:colon], []byte("->"))
		l.open, l.deep = &b, indent
	}
}

func skipSpace(b []byte) (n int) {
	for n < len(b) && (b[n] == ' ' || b[n] == '\t' || b[n] == '\f') {
		n++
	}
	return n
}

var always = map[string]bool{"__init__": true, "__new__": true, "__post_init__": true, "__enter__": true, "__exit__": true,
	"__aenter__": true, "__aexit__": true, "constructor": true}

// close ends the function that we are in.
func (l *pyLexer) close(at int) {
	if l.open == nil {
		return
	}
	l.open.End, l.open.Range.End = at, at
	if names(l.src[l.open.Range.Start:at]) {
		l.open.Always, l.open.Names = true, !l.open.Method
	}
	l.done = append(l.done, *l.open)
	l.open = nil
}

// docstring notes that the line from first, which has just been read, is a long
// text and nothing else.
func (l *pyLexer) docstring(first int) {
	const short = 80
	quotes := func(b []byte) bool { return string(b) == `"""` || string(b) == "'''" }
	for first < l.at && letter[l.src[first]] {
		first++ // r, u
	}
	text := bytes.TrimRight(l.src[first:l.at], " \t\r\n")
	if len(text) < short || !quotes(text[:3]) {
		return
	}
	whole := pyLexer{src: text}
	whole.text()
	if !whole.bad && whole.at == len(text) {
		l.idle = append(l.idle, grammar.Range{Start: first + 3, End: first + len(text) - 3})
	}
}

// names says whether a body is short and returns what it puts together of names
// of files: what others open.
func names(body []byte) bool {
	const short = 600
	if len(body) > short || !word(body, "return") {
		return false
	}
	for _, mark := range [][]byte{[]byte("path.join("), []byte("Path("), []byte("Path."), []byte("expanduser("), []byte(".joinpath("), []byte(" / "), []byte("/{")} {
		if bytes.Contains(body, mark) {
			return true
		}
	}
	return false
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

// first returns the word that the line at i begins with, without async, and
// the one after it.
func (l *pyLexer) first(i int) (word, name string) {
	if !letter[l.src[i]] {
		return "", ""
	}
	w := l.word(&i)
	if string(w) == "async" {
		w = l.word(&i)
	}
	switch string(w) {
	case "def", "class", "import", "from":
		return string(w), string(l.word(&i))
	}
	return "", ""
}

func (l *pyLexer) word(i *int) []byte {
	for *i < len(l.src) && (l.src[*i] == ' ' || l.src[*i] == '\t') {
		*i++
	}
	start := *i
	for *i < len(l.src) && (letter[l.src[*i]] || digit(l.src[*i])) {
		*i++
	}
	return l.src[start:*i]
}
