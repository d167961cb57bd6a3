package audit

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"sync"
)

// lexicon numbers the words of all sources, so that who uses a word is known
// without reading a text twice.
type lexicon struct {
	mu  sync.Mutex
	ids map[string]uint32
}

// vocabulary is which words stand in one source, and which are called there.
// Both are sorted.
type vocabulary struct{ words, calls []uint32 }

func (v vocabulary) has(id uint32) bool {
	_, ok := slices.BinarySearch(v.words, id)
	return ok
}

// id returns the number of a word; ok is false if it stands nowhere.
func (l *lexicon) id(word string) (id uint32, ok bool) {
	id, ok = l.ids[word]
	return id, ok
}

// read returns the vocabulary of a text. A name that stands before an opening
// bracket is called; in a file that passes on what it imports, every one is.
func (l *lexicon) read(p string, text []byte) vocabulary {
	seen := distinct{slots: make([]int32, 1024)}
	all := face(p)
	hash := uint32(0)
	start := -1
	for i, c := range text {
		switch word := letter[c]; {
		case word:
			if start < 0 {
				start, hash = i, 2166136261
			}
			hash = (hash ^ uint32(c)) * 16777619
		case start >= 0:
			seen.add(text, start, i, hash, c == '(' || all)
			start = -1
		}
	}
	return l.number(text, seen.words)
}

// distinct are the words of one text, each once. A map of strings would copy
// each of them, and take a third of the time of a scan.
type distinct struct {
	words []token
	slots []int32 // index into words + 1, by hash; a power of two
}

type token struct {
	start, end int
	hash       uint32
	called     bool
}

func (d *distinct) add(text []byte, start, end int, hash uint32, called bool) {
	mask := uint32(len(d.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		n := d.slots[at]
		if n == 0 {
			d.words = append(d.words, token{start, end, hash, called})
			d.slots[at] = int32(len(d.words))
			break
		}
		if w := &d.words[n-1]; w.hash == hash && bytes.Equal(text[w.start:w.end], text[start:end]) {
			w.called = w.called || called
			return
		}
	}
	if len(d.words)*2 > len(d.slots) {
		d.grow()
	}
}

func (d *distinct) grow() {
	d.slots = make([]int32, 4*len(d.slots))
	mask := uint32(len(d.slots) - 1)
	for i := range d.words {
		at := d.words[i].hash & mask
		for d.slots[at] != 0 {
			at = (at + 1) & mask
		}
		d.slots[at] = int32(i + 1)
	}
}

func (l *lexicon) number(text []byte, words []token) (v vocabulary) {
	v.words = make([]uint32, 0, len(words))
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range words {
		id, ok := l.ids[string(text[w.start:w.end])]
		if !ok {
			id = uint32(len(l.ids))
			l.ids[string(text[w.start:w.end])] = id
		}
		v.words = append(v.words, id)
		if w.called {
			v.calls = append(v.calls, id)
		}
	}
	slices.Sort(v.words)
	slices.Sort(v.calls)
	return v
}

var letter = func() (t [256]bool) {
	for c := range t {
		t[c] = c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
	}
	return t
}()

// face reports whether a file is what a folder shows when the folder itself is
// imported: it names functions without calling them.
func face(p string) bool {
	base := path.Base(p)
	return strings.TrimSuffix(base, path.Ext(base)) == "index" || base == "__init__.py"
}
