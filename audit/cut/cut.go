// Package cut looks at a source before it is parsed: whether a word in it
// speaks of files, and which functions must be parsed for that. Parsing runs
// at a few MB/s, looking at hundreds.
//
// What is left out are whole bodies, so the rest still parses, with the same
// offsets: class heads, imports, module level and constructors are always
// kept. Where a source is not understood, nothing is left out.
package cut

import (
	"cmp"
	"slices"

	"github.com/wholly-go/wholly/audit/grammar"
)

// Words is a set of identifiers to look for.
type Words map[string]bool

// NewWords returns the set of all the lists.
func NewWords(lists ...[]string) Words {
	w := Words{}
	for _, l := range lists {
		for _, s := range l {
			w[s] = true
		}
	}
	return w
}

// In returns where the words stand in src, in order: the offset of each. Only
// whole identifiers count. Comments and strings count as well, which does no
// harm.
func (w Words) In(src []byte) []int {
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
		if w[string(src[start:i])] {
			at = append(at, start)
		}
	}
	return at
}

var letter = func() (l [256]bool) {
	for c := range 256 {
		l[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c >= 0x80
	}
	return l
}()

func digit(c byte) bool { return c >= '0' && c <= '9' }

// Body is the body of a function: its name, where the function begins and ends,
// and the piece that can be left out.
type Body struct {
	Name       string
	Start, End int
	grammar.Range
	Always bool // a constructor: paths are built there
	Done   bool // it was read in an earlier pass: left out, unless Always
}

// Hits returns where the words, and other names for them, stand in src.
func Hits(src []byte, bodies []Body, words Words) []int {
	hits := words.In(src)
	var more []string
	for _, name := range Aliases(src, bodies, hits) {
		if !words[name] {
			more = append(more, name)
		}
	}
	if len(more) == 0 {
		return hits
	}
	for w := range words {
		more = append(more, w)
	}
	return NewWords(more).In(src)
}

// Keep returns the ranges of src that must be parsed so that every body with a
// hit is, and which bodies those are. It returns nil ranges if that is all.
func Keep(src []byte, bodies []Body, hits []int) (ranges []grammar.Range, kept []Body) {
	at := 0
	for _, b := range bodies {
		if b.Always || !b.Done && hit(hits, b.Start, b.End) {
			kept = append(kept, b)
			continue
		}
		if b.Range.Start < at || b.Range.End <= b.Range.Start {
			continue
		}
		ranges = append(ranges, grammar.Range{Start: at, End: b.Range.Start})
		at = b.Range.End
	}
	if at == 0 {
		return nil, kept
	}
	return append(ranges, grammar.Range{Start: at, End: len(src)}), kept
}

func hit(hits []int, from, to int) bool {
	i, _ := slices.BinarySearchFunc(hits, from, cmp.Compare[int])
	return i < len(hits) && hits[i] < to
}
