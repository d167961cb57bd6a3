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
	Method bool // of a class; else of the module
	Always bool // a constructor or a property: paths are built there
	Done   bool // it was read in an earlier pass
	Names  bool // it makes a name of a file for others, maybe in other modules
	Head   bool // its head says nothing but its name, and can be left out as well
}

// Look is what a look at a source showed.
type Look struct {
	Bodies []Body          // the outermost functions, in order
	Hits   []int           // where a word speaks of files, in order
	Idle   []grammar.Range // texts that only people read, in order
	Passes bool            // it passes on all that another module has
	Torn   bool            // pieces of it make no sense, and are idle
	Whole  bool            // it was not understood: there are no Bodies
}

// Keep returns the ranges of a source of n bytes that must be parsed so that
// every body with a hit is, and the functions that are left out, some with
// their heads. It returns nil ranges if all must be.
func (l *Look) Keep(n int) (ranges []grammar.Range, left []Body) {
	var cuts []grammar.Range
	end, idle := 0, l.Idle
	out := func(from, to int) {
		if from >= end && to > from {
			cuts = append(cuts, grammar.Range{Start: from, End: to})
			end = to
		}
	}
	for _, b := range l.Bodies {
		for len(idle) > 0 && idle[0].Start < b.Start {
			out(idle[0].Start, idle[0].End)
			idle = idle[1:]
		}
		switch {
		case b.kept(l.Hits):
			continue
		case b.Head:
			out(b.Start, b.End)
		default:
			out(b.Range.Start, b.Range.End)
		}
		left = append(left, b)
	}
	for _, r := range idle {
		out(r.Start, r.End)
	}
	return between(longest(cuts), n), left
}

// longest returns the cuts that are worth it: for each token the parser looks
// through all ranges, so thousands of them take longer than what they leave out.
func longest(cuts []grammar.Range) []grammar.Range {
	const most = 1000
	if len(cuts) <= most {
		return cuts
	}
	sizes := make([]int, len(cuts))
	for i, c := range cuts {
		sizes[i] = c.End - c.Start
	}
	slices.Sort(sizes)
	least := sizes[len(sizes)-most]
	return slices.DeleteFunc(cuts, func(c grammar.Range) bool { return c.End-c.Start <= least })
}

// between returns what n bytes are without the cuts, nil if there are none.
func between(cuts []grammar.Range, n int) (ranges []grammar.Range) {
	if len(cuts) == 0 {
		return nil
	}
	at := 0
	for _, c := range cuts {
		ranges = append(ranges, grammar.Range{Start: at, End: c.Start})
		at = c.End
	}
	return append(ranges, grammar.Range{Start: at, End: n})
}

// Done notes which bodies were read before.
func (l *Look) Done(read func(*Body) bool) {
	for i := range l.Bodies {
		l.Bodies[i].Done = read(&l.Bodies[i])
	}
}

// News reports whether a body is kept that was not read before.
func (l *Look) News() bool {
	return slices.ContainsFunc(l.Bodies, func(b Body) bool { return !b.Done && b.kept(l.Hits) })
}

// kept: where nothing speaks of files, nobody asks what a constructor builds.
func (b *Body) kept(hits []int) bool {
	return !b.Done && (b.Names || b.Always && len(hits) > 0 || hit(hits, b.Start, b.End))
}

func hit(hits []int, from, to int) bool {
	i, _ := slices.BinarySearchFunc(hits, from, cmp.Compare[int])
	return i < len(hits) && hits[i] < to
}

// hits are the mentions that count: of modules that were imported, under the
// names that they were given.
type hits struct {
	words    *Words
	seen     []mention
	modules  map[string]bool // other names of modules
	imported map[string]bool // words that were imported by name
	all      bool            // everything was: from os import *
}

func (h *hits) module(name []byte) {
	if h.modules == nil {
		h.modules = map[string]bool{}
	}
	h.modules[string(name)] = true
}

func (h *hits) importing(name []byte) {
	if h.imported == nil {
		h.imported = map[string]bool{}
	}
	h.imported[string(name)] = true
}

// counts says whether a mention speaks of files.
func (h *hits) counts(m *mention) bool {
	w := m.word
	if !m.dot {
		return !m.own && (w.Bare || h.all) || h.imported[w.Text]
	}
	of := m.of
	for len(of) > 1 && of[0] == '_' {
		of = of[1:] // import os as _os, kept as a default
	}
	if slices.Contains(w.Of, string(of)) || h.modules[string(m.of)] {
		return true
	}
	if !w.Method || string(of) == "stdout" || string(of) == "stderr" {
		return false
	}
	return w.Args == 0 || !m.call || m.args < 0 || m.args == w.Args
}

// result returns where the mentions that count stand.
func (h *hits) result() (at []int) {
	for i := range h.seen {
		if h.counts(&h.seen[i]) {
			at = append(at, h.seen[i].at)
		}
	}
	return at
}
