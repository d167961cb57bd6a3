package protocol

import (
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

// precedes reports whether to can run after st in the same call: no block around
// st alone ends the function, and they do not stand in two arms of one
// condition.
func precedes(st, to *splice.Step) bool {
	if !st.In.Precedes(to.In) {
		return false
	}
	for r := st.In; r != nil; r = r.Up {
		if r.Kind == effect.Branch && !to.In.Inside(r) && stands(to, r.At) {
			return false // the block of a condition spans its other arms
		}
	}
	return true
}

// stands reports whether a step, or a call through which it is reached, lies in
// a span.
func stands(s *splice.Step, in effect.Span) bool {
	lies := func(at effect.Span) bool { return at.File == in.File && in.Start <= at.Start && at.Start < in.End }
	return lies(s.At) || slices.ContainsFunc(s.Through, func(h splice.Hop) bool { return lies(h.At) })
}

// handler is the innermost block around r that runs after an error, or nil.
func handler(r *effect.Region) *effect.Region {
	for ; r != nil; r = r.Up {
		if r.Kind == effect.Handler || r.Kind == effect.OnError {
			return r
		}
	}
	return nil
}

func early(r *effect.Region) bool {
	for ; r != nil; r = r.Up {
		if r.Early && r.Cond.Exists == nil {
			return true
		}
	}
	return false
}

func rare(r *effect.Region) bool {
	for ; r != nil; r = r.Up {
		if r.Cond.Rare {
			return true
		}
	}
	return false
}

// madeAgain reports whether st deletes a folder that is made anew before it is
// filled: the folder is a place of its own.
func madeAgain(st *splice.Step, between []splice.Step) bool {
	return st.Op == effect.RemoveTree && slices.ContainsFunc(between, func(b splice.Step) bool {
		return b.Op == effect.Mkdir && effect.Same(b.Path, st.Path)
	})
}
