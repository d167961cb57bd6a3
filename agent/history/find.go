package history

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
)

// span is a part of a text: a secret, or a placeholder.
type span struct {
	start, end int
	depth      int // of the view it was seen in
	secret     int
}

// finder looks for secrets in one text and in what the text says once it is
// decoded.
type finder struct {
	*Redactor
	hits []span
	kept []span // placeholders
	seen map[uint64]bool
}

// find returns the places of secrets in s, from left to right, none over
// another or over a placeholder.
func (r *Redactor) find(s string) []span {
	if len(r.names) == 0 {
		return nil
	}
	f := finder{Redactor: r}
	plain := view{text: s}
	f.look(&plain)
	f.deeper(&plain)
	if len(f.hits) == 0 {
		return nil
	}
	return f.choose()
}

// maxDepth is how often a text is decoded.
const maxDepth = 5

// deeper looks into each text that v becomes by decoding it in one way.
func (f *finder) deeper(v *view) {
	if v.depth == maxDepth {
		return
	}
	for _, d := range decoders {
		if d.onlySpaces && !f.spaces {
			continue
		}
		next := v.decoded(d)
		if next == nil || !f.isNew(next.text) {
			continue
		}
		f.look(next)
		f.deeper(next)
	}
}

// isNew is false for a text that was reached in another order of decoding.
func (f *finder) isNew(text string) bool {
	if f.seen == nil {
		f.seen = map[uint64]bool{}
	}
	h := maphash.String(f.seed, text)
	if f.seen[h] {
		return false
	}
	f.seen[h] = true
	return true
}

// look collects the secrets of one view, between its placeholders.
func (f *finder) look(v *view) {
	at := 0
	for {
		start, end := f.placeholder(v.text, at)
		f.scan(v, at, start)
		if start == len(v.text) {
			return
		}
		f.kept = append(f.kept, v.origin(span{start: start, end: end}))
		at = end
	}
}

func (f *finder) scan(v *view, from, to int) {
	text := v.text[:to]
	for i := from; i < to; {
		patterns := f.byFirst[text[i]]
		n := 0
		for _, p := range patterns {
			if strings.HasPrefix(text[i:], p.value) {
				n = len(p.value)
				f.hits = append(f.hits, v.origin(span{i, i + n, v.depth, p.secret}))
				break
			}
		}
		i += max(n, 1)
	}
}

// placeholder returns the next complete one of a given name; the end of the
// text if there is none.
func (f *finder) placeholder(text string, from int) (start, end int) {
	for {
		i := strings.Index(text[from:], openTag)
		if i < 0 {
			return len(text), len(text)
		}
		start = from + i
		from = start + len(openTag)
		for _, name := range f.names {
			if rest, ok := strings.CutPrefix(text[from:], name); ok && strings.HasPrefix(rest, closeTag) {
				return start, from + len(name) + len(closeTag)
			}
		}
	}
}

// choose takes from left to right, of those that begin together the longest,
// of equal ones that of the plainest text; none that is over a placeholder.
func (f *finder) choose() []span {
	slices.SortFunc(f.hits, func(a, b span) int {
		return cmp.Or(a.start-b.start, b.end-a.end, a.depth-b.depth)
	})
	kept := merged(f.kept)
	chosen := f.hits[:0]
	free := 0
	for _, hit := range f.hits {
		for len(kept) > 0 && kept[0].end <= hit.start {
			kept = kept[1:]
		}
		if hit.start < free || len(kept) > 0 && kept[0].start < hit.end {
			continue
		}
		chosen = append(chosen, hit)
		free = hit.end
	}
	return chosen
}

// merged joins spans that overlap, and sorts them.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	all := spans[:0]
	for _, s := range spans {
		if n := len(all); n > 0 && s.start < all[n-1].end {
			all[n-1].end = max(all[n-1].end, s.end)
			continue
		}
		all = append(all, s)
	}
	return all
}
