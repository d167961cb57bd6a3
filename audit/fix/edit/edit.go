// Package edit is what the rewriters of all languages share: the replacement
// of bytes in a source, the grade of a change, and what a rewriter is asked.
package edit

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Edit replaces the bytes from Start to End of a source by New. All offsets
// are those of the source as it was read. With Start == End it inserts.
type Edit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// OverlapError tells that two edits of one source change the same bytes.
type OverlapError struct{ A, B Edit }

func (e *OverlapError) Error() string {
	return fmt.Sprintf("the edits of bytes %d to %d and %d to %d overlap", e.A.Start, e.A.End, e.B.Start, e.B.End)
}

// Apply returns text with all edits made. What no edit names stays, byte for
// byte: line ends, tabs, a byte order mark. Insertions at one offset are made
// in the order given, and before what replaces the bytes that follow. Edits
// that overlap, lie outside of text or cut a character in two are an error,
// and nothing is returned.
func Apply(text []byte, edits []Edit) ([]byte, error) {
	edits = Sorted(edits)
	var out []byte
	at := 0
	for i, e := range edits {
		switch {
		case e.Start < 0 || e.End < e.Start || e.End > len(text):
			return nil, fmt.Errorf("the edit of bytes %d to %d lies outside of the %d bytes of the source", e.Start, e.End, len(text))
		case e.Start < at:
			return nil, &OverlapError{edits[i-1], e}
		case inside(text, e.Start) || inside(text, e.End):
			return nil, fmt.Errorf("the edit of bytes %d to %d cuts a character in two", e.Start, e.End)
		}
		out = append(append(out, text[at:e.Start]...), e.New...)
		at = e.End
	}
	return append(out, text[at:]...), nil
}

// inside reports whether offset i lies within a character. Bytes that are no
// UTF-8 are characters of their own.
func inside(text []byte, i int) bool {
	if i >= len(text) || utf8.RuneStart(text[i]) {
		return false
	}
	for from := max(0, i-utf8.UTFMax+1); from < i; from++ {
		if _, n := utf8.DecodeRune(text[from:]); n > 1 && from+n > i {
			return true
		}
	}
	return false
}

// Sorted returns edits by place, insertions first.
func Sorted(edits []Edit) []Edit {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Or(a.Start-b.Start, a.End-b.End) })
	return edits
}

// Overlap reports whether a and b, together, change the same bytes, or replace
// and insert within the same.
func Overlap(a, b []Edit) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Start < y.End && y.Start < x.End {
				return true
			}
		}
	}
	return false
}

// Moved returns where offset at of the source lies after edits; inside of what
// was replaced it is the end of the replacement.
func Moved(at int, edits []Edit) int {
	by := 0
	for _, e := range Sorted(edits) {
		switch {
		case e.End <= at && e.Start < at, e.Start == e.End && e.Start < at:
			by += len(e.New) - (e.End - e.Start)
		case e.Start < at:
			return e.Start + by + len(e.New)
		}
	}
	return at + by
}
