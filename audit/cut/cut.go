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
	Always bool // a constructor: paths are built there
	Done   bool // it was read in an earlier pass: left out, unless Always
}

// Look is what a look at a source showed.
type Look struct {
	Bodies []Body          // the outermost functions, in order
	Hits   []int           // where a word speaks of files, in order
	Idle   []grammar.Range // texts that only people read, in order
	Whole  bool            // it was not understood: there are no Bodies
}

// Keep returns the ranges of a source of n bytes that must be parsed so that
// every body with a hit is, and which bodies those are. It returns nil ranges
// if that is all.
func (l *Look) Keep(n int) (ranges []grammar.Range, kept []Body) {
	at, idle := 0, l.Idle
	out := func(r grammar.Range) {
		if r.Start >= at && r.End > r.Start {
			ranges = append(ranges, grammar.Range{Start: at, End: r.Start})
			at = r.End
		}
	}
	for _, b := range l.Bodies {
		for len(idle) > 0 && idle[0].Start < b.Range.Start {
			out(idle[0])
			idle = idle[1:]
		}
		if b.Always || !b.Done && hit(l.Hits, b.Start, b.End) {
			kept = append(kept, b)
			continue
		}
		out(b.Range)
	}
	for _, r := range idle {
		out(r)
	}
	if at == 0 {
		return nil, kept
	}
	return append(ranges, grammar.Range{Start: at, End: n}), kept
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
