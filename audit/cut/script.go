package cut

import "github.com/wholly-go/wholly/audit/grammar"

// Script looks at a JavaScript or TypeScript source. Its bodies are what stands
// in braces after a parameter list or an arrow, not inside of another such. A
// source whose braces do not balance is not understood.
//
// Modules are the names of which one must be imported for words to speak of
// files; methods do so anyway.
func Script(src []byte, words *Words, modules map[string]bool) Look {
	look := script(src, words, modules)
	if names := aliases(src, look.Bodies, look.Hits); len(names) > 0 {
		return script(src, words.With(names), modules)
	}
	return look
}

func script(src []byte, words *Words, modules map[string]bool) Look {
	l := jsLexer{src: src, hits: hits{words: words}, known: modules}
	for l.at < len(src) {
		l.token()
	}
	look := Look{Bodies: l.done, Hits: l.result(), Passes: l.passes}
	if l.bad || len(l.braces) > 0 {
		look.Bodies, look.Whole = nil, true
	}
	return look
}

// result returns where the mentions that count stand: in a source that imports
// a module which touches files all do, whatever it is called there.
func (l *jsLexer) result() (at []int) {
	for i := range l.seen {
		if m := &l.seen[i]; l.all || l.counts(m) || disk(m.of) {
			at = append(at, m.at)
		}
	}
	return at
}

// disk reports whether people give this name to the file system, where it does
// not come from its own module: this.fs, fsp, nodeFs.
func disk(name []byte) bool {
	n := len(name)
	return n >= 2 && (name[0] == 'f' && name[1] == 's' || (name[n-2]|0x20) == 'f' && (name[n-1]|0x20) == 's') || string(name) == "promises"
}

// anything is a word that is not known, of the file system.
var anything = &Word{Method: true}

// brace is a block that is open.
type brace struct {
	fn    int // index of its body in done, -1 if it is none
	templ bool
}

// jsLexer tells strings, comments and regular expressions from code.
type jsLexer struct {
	hits
	known  map[string]bool // modules
	passes bool            // export *
	src    []byte
	at     int
	prev   byte   // the last byte of code that is no space
	word   []byte // the last identifier, empty if something else came after it
	before []byte // the word before the last parenthesis that was closed
	parens [][]byte
	braces []brace
	inside int // how many functions we are in
	done   []Body
	bad    bool
	typed  bool // a result type stands between a parameter list and here
}

func (l *jsLexer) token() {
	switch c := l.src[l.at]; {
	case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		l.at++
		return
	case c == '/' && l.next() == '/':
		l.until("\n")
		return
	case c == '/' && l.next() == '*':
		l.at += 2
		l.until("*/")
		return
	case c == '"' || c == '\'':
		l.text(c)
	case c == '`':
		l.at++
		l.template()
	case c == '/' && l.regex():
		return
	case letter[c]:
		l.identifier()
		return
	default:
		l.sign(c)
		return
	}
	l.prev, l.word = '"', nil
}

func (l *jsLexer) next() byte {
	if l.at+1 < len(l.src) {
		return l.src[l.at+1]
	}
	return 0
}

func (l *jsLexer) identifier() {
	start := l.at
	for l.at < len(l.src) && (letter[l.src[l.at]] || digit(l.src[l.at])) {
		l.at++
	}
	name := l.src[start:l.at]
	if x := l.words.find(name); x != nil {
		l.seen = append(l.seen, mentioned(l.src, x, start, l.at))
	}
	l.all = l.all || l.known[string(name)]
	l.prev, l.word = 'a', name
}

var control = map[string]bool{"if": true, "for": true, "while": true, "switch": true, "catch": true, "with": true, "await": true}

func (l *jsLexer) sign(c byte) {
	at := l.at
	l.at++
	switch c {
	case '[':
		if disk(l.word) { // fs[how](…)
			l.seen = append(l.seen, mention{at: at, word: anything, dot: true})
		}
	case '*':
		l.passes = l.passes || string(l.word) == "export"
	case '(':
		l.parens = append(l.parens, l.word)
	case ')':
		if n := len(l.parens); n > 0 {
			l.before = l.parens[n-1]
			l.parens = l.parens[:n-1]
		}
	case ':':
		l.typed = l.prev == ')' && !control[string(l.before)]
	case ';', ',', '=', '?':
		l.typed = false
	case '{':
		l.open(at)
	case '}':
		if l.closeBrace(at) {
			return
		}
	}
	if c == '>' && l.prev == '=' {
		c = 'A' // an arrow
	} else if digit(c) {
		c = '1'
	}
	l.prev, l.word = c, nil
}

func (l *jsLexer) open(at int) {
	fn := -1
	isFn := l.prev == 'A' || l.prev == ')' && !control[string(l.before)] || l.typed
	l.typed = false
	if isFn && l.inside == 0 {
		fn = len(l.done)
		l.done = append(l.done, Body{Name: string(l.before), Start: at, Range: grammar.Range{Start: at + 1},
			Always: l.prev == ')' && string(l.before) == "constructor"})
	}
	if fn >= 0 {
		l.inside++
	}
	l.braces = append(l.braces, brace{fn: fn})
}

// closeBrace ends a block; it reports whether that led back into a template.
func (l *jsLexer) closeBrace(at int) bool {
	n := len(l.braces)
	if n == 0 {
		l.bad = true
		return false
	}
	b := l.braces[n-1]
	l.braces = l.braces[:n-1]
	if b.templ {
		l.template()
		if !l.inTemplate() {
			l.prev, l.word = '"', nil
		}
		return true
	}
	if b.fn >= 0 {
		l.inside--
		l.done[b.fn].End, l.done[b.fn].Range.End = at+1, at
	}
	return false
}

func (l *jsLexer) inTemplate() bool {
	n := len(l.braces)
	return n > 0 && l.braces[n-1].templ && l.prev == '{'
}
