package audit

import (
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
	seen := map[string]bool{} // word: called
	all := face(p)
	start := -1
	for i, c := range text {
		switch word := letter[c]; {
		case word && start < 0:
			start = i
		case !word && start >= 0:
			if called, ok := seen[string(text[start:i])]; !ok || c == '(' && !called {
				seen[string(text[start:i])] = c == '(' || all
			}
			start = -1
		}
	}
	return l.number(seen)
}

func (l *lexicon) number(seen map[string]bool) (v vocabulary) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for w, called := range seen {
		id, ok := l.ids[w]
		if !ok {
			id = uint32(len(l.ids))
			l.ids[w] = id
		}
		v.words = append(v.words, id)
		if called {
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
