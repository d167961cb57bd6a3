package rule

import (
	"go/ast"
	"path"
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/splice"
	"github.com/wholly-go/wholly/audit/weigh"
)

// Tree is what rules ask about all places together.
type Tree struct {
	writers map[effect.Language][]*protocol.Place // the best first
	byFunc  map[*effect.Func][]*protocol.Place
	lang    map[string]effect.Language   // by file
	good    map[string][]*protocol.Place // that write atomically, by the key of the target
}

// Survey prepares what rules ask about all places together. lang gives the
// language of a file.
func Survey(places []*protocol.Place, lang map[string]effect.Language) *Tree {
	t := &Tree{writers: map[effect.Language][]*protocol.Place{}, byFunc: map[*effect.Func][]*protocol.Place{}, lang: lang, good: map[string][]*protocol.Place{}}
	for _, p := range places {
		if own(p) {
			t.writers[family(lang[p.Line.File])] = append(t.writers[family(lang[p.Line.File])], p)
		}
		t.byFunc[p.Func] = append(t.byFunc[p.Func], p)
		if p.Verdict.Good() || p.Verdict == protocol.Delegated && p.Writer.Good() {
			for _, target := range p.Targets {
				if splice.Comparable(target) {
					t.good[target.Key()] = append(t.good[target.Key()], p)
				}
			}
		}
	}
	for _, list := range t.writers {
		slices.SortStableFunc(list, func(a, b *protocol.Place) int { return rank(b) - rank(a) })
	}
	return t
}

// atomically returns another place that writes the same file atomically, or nil.
func (t *Tree) atomically(p *protocol.Place) *protocol.Place {
	for _, target := range p.Targets {
		for _, o := range t.good[target.Key()] {
			if o.Line != p.Line {
				return o
			}
		}
	}
	return nil
}

// family joins languages that can call each other's functions.
func family(l effect.Language) effect.Language {
	if l == effect.TypeScript {
		return effect.JavaScript
	}
	return l
}

// own reports whether a place is a writer of the project that can be called
// for any path: its body was judged good and it takes the path.
func own(p *protocol.Place) bool {
	return p.IsWriter && p.Verdict.Good() && p.Target.Kind == effect.Param && len(p.Through) == 0
}

func rank(p *protocol.Place) int {
	return slices.Index([]protocol.Verdict{protocol.Atomic, protocol.AtomicSynced, protocol.Durable}, p.Verdict)
}

// Writer returns the project's own atomic writer that file can call, or nil: in
// Go one of its package, or one that is exported.
func (t *Tree) Writer(file string) *protocol.Place {
	for _, w := range t.writers[family(t.lang[file])] {
		if t.lang[file] != effect.Go || path.Dir(w.Line.File) == path.Dir(file) || ast.IsExported(w.Func.Name) {
			return w
		}
	}
	return nil
}

// pairOf returns the next place in the same function that writes another file
// of the same set: certificate and key, data and index.
func (t *Tree) pairOf(p *protocol.Place) *protocol.Place {
	for _, o := range t.byFunc[p.Func] {
		if o.Line.Start <= p.Line.Start || o.Line.File != p.Line.File || !belong(p.Target, o.Target) {
			continue
		}
		if p.Verdict != protocol.Append && o.Verdict != protocol.Append {
			return o
		}
	}
	return nil
}

// again reports whether the same function appends to the same file elsewhere.
func (t *Tree) again(p *protocol.Place) bool {
	for _, o := range t.byFunc[p.Func] {
		if o != p && o.Verdict == protocol.Append && effect.Same(o.Target, p.Target) {
			return true
		}
	}
	return false
}

// belong reports whether two targets are a set by their names.
func belong(a, b *effect.Value) bool {
	pairs := [][2]string{{"cert", "key"}, {"data", "index"}, {"crt", "key"}, {"pub", "priv"}, {"public", "private"}}
	x, y := words(a), words(b)
	for _, p := range pairs {
		if x[p[0]] && y[p[1]] && !y[p[0]] || x[p[1]] && y[p[0]] && !y[p[1]] {
			return !splice.Comparable(a) || a.Key() != b.Key()
		}
	}
	return false
}

func words(v *effect.Value) map[string]bool {
	set := map[string]bool{}
	v.Any(func(p *effect.Value) bool {
		for _, name := range []string{p.Words, path.Base(p.Name)} {
			for _, w := range weigh.Words(name) {
				set[w] = true
			}
		}
		return false
	})
	return set
}
