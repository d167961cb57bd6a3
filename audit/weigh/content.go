package weigh

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

// generated reports whether content is made up on the spot: an identifier.
func generated(pl *protocol.Place) bool {
	return slices.ContainsFunc(pl.Content, func(c *effect.Value) bool {
		return c.Any(func(v *effect.Value) bool {
			return v.Kind == effect.Random && v.Name == "random" || v.Kind == effect.Call && strings.Contains(strings.ToLower(v.Name), "uuid")
		})
	})
}

// mark reports whether a content is a process's number or the time and nothing
// else: the next start writes another.
func mark(v *effect.Value) bool {
	switch v.Kind {
	case effect.Random:
		return v.Name == "pid" || v.Name == "clock"
	case effect.Field:
		return strings.EqualFold(v.Name, "pid")
	case effect.Call:
		return len(v.Args) == 1 && v.Args[0] != nil && mark(v.Args[0])
	case effect.Concat:
		marks := 0
		for _, a := range v.Args {
			switch {
			case mark(a):
				marks++
			case a.Kind != effect.Lit:
				return false
			}
		}
		return marks > 0
	}
	return false
}

// constant reports whether a content stands in the program itself: the next run
// writes it again, unless it only does so where nothing is.
func (p *Program) constant(v *effect.Value) bool {
	v = p.x.Home(v)
	switch v.Kind {
	case effect.Lit, effect.Empty:
		return true
	case effect.Concat, effect.Phi:
		return !slices.ContainsFunc(v.Args, func(a *effect.Value) bool { return !p.constant(a) })
	}
	return false
}

// cached notes that the code calls the file itself a cache: what was in it can
// be made or fetched again. Folders of that name say nothing.
func (w *Weight) cached(pl *protocol.Place) {
	for _, t := range append([]*effect.Value{pl.Target}, pl.Targets...) {
		for _, name := range []string{t.Words, last(t)} {
			if slices.Contains(Words(name), "cache") {
				w.Rebuilt = true
				return
			}
		}
	}
}
