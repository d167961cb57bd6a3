package cut

import (
	"bytes"
	"slices"
)

// Word is an identifier that speaks of files, and where it does. Behind
// "import" it always does.
type Word struct {
	Text   string
	Of     []string // after a dot: behind one of these names, or another name given to a module
	Method bool     // after a dot: behind anything
	Args   int      // a method only if it is called with so many; 0: with any number
	Bare   bool     // without a dot: although nothing was imported under the name
}

// Words is a set of them, made to be looked up fast.
type Words struct {
	by   map[string]*Word
	mask [256]uint64 // of a first byte: the lengths that occur
}

// NewWords returns the set.
func NewWords(list []Word) *Words {
	w := &Words{by: make(map[string]*Word, len(list))}
	for i := range list {
		w.add(&list[i])
	}
	return w
}

func (w *Words) add(x *Word) {
	if x.Text == "" {
		return
	}
	if old := w.by[x.Text]; old != nil {
		both := *old
		both.Of = append(slices.Clip(old.Of), x.Of...)
		if x.Method {
			if !old.Method {
				both.Args = x.Args
			} else if old.Args != x.Args {
				both.Args = 0
			}
			both.Method = true
		}
		both.Bare = old.Bare || x.Bare
		x = &both
	}
	w.by[x.Text] = x
	w.mask[x.Text[0]] |= 1 << min(63, len(x.Text))
}

// With returns the set with names added that count wherever they stand.
func (w *Words) With(names []string) *Words {
	if len(names) == 0 {
		return w
	}
	more := &Words{by: make(map[string]*Word, len(w.by)+len(names)), mask: w.mask}
	for text, x := range w.by {
		more.by[text] = x
	}
	for _, n := range names {
		delete(more.by, n)
		more.add(&Word{Text: n, Method: true, Bare: true})
	}
	return more
}

// find returns the word, nil if it is not one.
func (w *Words) find(b []byte) *Word {
	if w.mask[b[0]]>>min(63, len(b))&1 == 0 {
		return nil
	}
	return w.by[string(b)]
}

// In returns where the words stand in src, whatever stands around them.
func (w *Words) In(src []byte) []int {
	var at []int
	for i := 0; i < len(src); {
		if !letter[src[i]] {
			i++
			continue
		}
		start := i
		for i < len(src) && (letter[src[i]] || digit(src[i])) {
			i++
		}
		if w.find(src[start:i]) != nil {
			at = append(at, start)
		}
	}
	return at
}

// mention is a word in the source that may speak of files.
type mention struct {
	at   int
	word *Word
	of   []byte // the name before its dot; nil if it has none
	dot  bool
	call bool
	args int  // of a call, as far as commas tell
	own  bool // it is defined or named here: def open, open=True
}

// mentioned looks around the word at src[start:end].
func mentioned(src []byte, word *Word, start, end int) mention {
	m := mention{at: start, word: word}
	i := start
	for i > 0 && (src[i-1] == ' ' || src[i-1] == '\t') {
		i--
	}
	if i > 0 && src[i-1] == '.' {
		m.dot = true
		i--
		if i > 0 && src[i-1] == '?' {
			i--
		}
		from := i
		for from > 0 && (letter[src[from-1]] || digit(src[from-1])) {
			from--
		}
		m.of = src[from:i]
	} else {
		m.own = bytes.HasSuffix(src[:i], []byte("def")) || bytes.HasSuffix(src[:i], []byte("class"))
	}
	for end < len(src) && (src[end] == ' ' || src[end] == '\t') {
		end++
	}
	if m.call = end < len(src) && src[end] == '('; m.call {
		m.args = count(src[end:])
	}
	m.own = m.own || !m.dot && end+1 < len(src) && src[end] == '=' && src[end+1] != '='
	return m
}

// count returns how many arguments a call has; -1 if it is too long to say.
func count(src []byte) int {
	const far = 4096
	depth, commas, some := 0, 0, false
	for i := 0; i < min(len(src), far); i++ {
		switch c := src[i]; c {
		case '(', '[', '{':
			some = some || depth > 0
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				if some {
					commas++
				}
				return commas
			}
		case ',':
			if depth == 1 {
				commas, some = commas+1, false
			}
		case '"', '\'':
			for i++; i < len(src) && src[i] != c && src[i] != '\n'; i++ {
				if src[i] == '\\' {
					i++
				}
			}
			some = true
		case ' ', '\t', '\n', '\r':
		default:
			some = true
		}
	}
	return -1
}
