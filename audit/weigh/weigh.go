// Package weigh says how much a site matters, by evidence in the code. Words
// in a path are no evidence; its last element and extension are, a little.
package weigh

import (
	"fmt"
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/splice"
)

// Importance says how much is lost with the file.
type Importance int

// The steps of importance.
const (
	Passing  Importance = iota // temp, log, test, export that nobody reads
	Kept                       // overwritten again and again, no reader found
	Used                       // read back, or watched, or taken for complete
	Precious                   // lost for good, or silently reset
)

func (i Importance) String() string {
	return [...]string{"passing", "kept", "used", "precious"}[i]
}

// Evidence is one thing in the code that makes a site matter, or matter less.
type Evidence struct {
	Kind string // "read-back", "read-modify-write", "defaults-on-error", "absence-is-empty", "credentials", …
	At   effect.Span
	Text string
}

// Weight is what a place weighs, and why.
type Weight struct {
	Importance  Importance
	Evidence    []Evidence
	ReadBack    bool
	Defaults    Evidence // a load error ends in defaults: where; Line 0: none
	Absence     Evidence // absence counts as empty
	Credentials bool
	Rebuilt     bool // a reader checks the content and makes it anew
	Generated   bool // what is written is made up on the spot: another will do
	Guarded     effect.Span
	BackupRead  bool
	InTree      bool       // a file of the source tree itself
	Mark        bool       // what is written is a process's number, the time, or a constant of the program
	Encodings   []Evidence // of the readers: Text is the encoding
}

// Has reports whether there is evidence of the kind.
func (w *Weight) Has(kind string) bool {
	return slices.ContainsFunc(w.Evidence, func(e Evidence) bool { return e.Kind == kind })
}

// use is one step that reads a path, tests it or hands it on.
type use struct {
	op    effect.Op
	step  *splice.Step
	fn    *effect.Func
	value *effect.Value
	test  bool
}

// Program is who reads what, over the whole tree.
type Program struct {
	x      *splice.Index
	byHome map[string][]use
	below  map[string][]use // by a folder above the file
	byName map[string][]use // module, parameter's name and literal tail
	tests  map[string]bool  // files
	has    func(source, rel string) bool
}

// Survey collects the readers of all functions. tests names the files that are
// none of the program's own; has, if not nil, says whether the tree that a
// source lies in has a file of this name.
func Survey(x *splice.Index, tests map[string]bool, has func(source, rel string) bool) *Program {
	p := &Program{x: x, byHome: map[string][]use{}, byName: map[string][]use{}, below: map[string][]use{}, tests: tests, has: has}
	for _, f := range x.Funcs {
		if !x.Touches(f) || f.Hook {
			continue
		}
		ex := x.Expand(f)
		var written []*effect.Value
		for i := range ex.Steps {
			st := &ex.Steps[i]
			if st.Op == effect.Read && hasSame(written, subject(st)) {
				continue // read after it was written here, to send or check it: no load
			}
			if writes(st) {
				written = append(written, st.Path)
			}
			p.note(f, st)
		}
	}
	return p
}

func writes(s *splice.Step) bool {
	switch s.Op {
	case effect.Rename, effect.Move, effect.Copy:
		return true
	case effect.OpenFile:
		return s.Mode.Access == effect.Truncating
	}
	return false
}

func hasSame(list []*effect.Value, v *effect.Value) bool {
	return slices.ContainsFunc(list, func(o *effect.Value) bool { return effect.Same(o, v) })
}

func (p *Program) note(f *effect.Func, s *splice.Step) {
	v := s.Path
	switch s.Op {
	case effect.Read, effect.Parse:
		if v == nil {
			v = s.Handle.FilePath()
		}
	case effect.Exists, effect.Watch, effect.Handout, effect.Remove:
	case effect.Copy, effect.Rename, effect.Move:
		v = s.From // a fallback reads it
	default:
		return
	}
	if v == nil || s.Unsure {
		return
	}
	u := use{op: s.Op, step: s, fn: f, test: p.tests[s.At.File] || p.tests[f.At.File]}
	for _, alt := range v.Alternatives() {
		for _, h := range p.x.Home(alt).Alternatives() {
			u.value = h
			if splice.Comparable(h) {
				p.byHome[h.Key()] = append(p.byHome[h.Key()], u)
				for d := h; d.Kind == effect.Join; {
					d = effect.NewJoin(d.Args[:len(d.Args)-1]...)
					p.below[d.Key()] = append(p.below[d.Key()], u)
				}
			} else if k := tail(f, h); k != "" {
				p.byName[k] = append(p.byName[k], u)
			}
			if k, _ := family(h); k != "" && s.Op == effect.Read {
				p.byName[k] = append(p.byName[k], u)
			}
		}
	}
}

// tail names a path below a parameter by the module, the parameter's name and
// the literal last element: two functions of one package that both take "dir"
// and both use "state.json" in it mean the same file.
func tail(f *effect.Func, v *effect.Value) string {
	if v.Kind != effect.Join || len(v.Args) < 2 {
		return ""
	}
	root, last := v.Args[0], v.Args[len(v.Args)-1]
	if root.Kind != effect.Param || last.Kind != effect.Lit {
		return ""
	}
	return fmt.Sprint(home(f), "|", root.Words, "|", last.Name)
}

// home is the module that a function belongs to: its ID without its own names.
func home(f *effect.Func) string {
	if f.Class != "" {
		return f.Class
	}
	if n := len(f.ID) - len(f.Name) - 1; n > 0 && f.Name != "" {
		return f.ID[:n]
	}
	return f.ID
}

// uses returns who uses the files that a place writes.
func (p *Program) uses(pl *protocol.Place) []use {
	var all []use
	for _, h := range pl.Targets {
		if splice.Comparable(h) {
			all = append(all, p.byHome[h.Key()]...)
		} else if k := tail(pl.Func, h); k != "" {
			all = append(all, p.byName[k]...)
		}
		if k, every := family(h); k != "" {
			all = append(all, p.byName[k]...)
			if every != k {
				all = append(all, p.byName[every]...)
			}
		}
	}
	for _, s := range append([]*protocol.Site{pl.Site}, pl.Callers...) {
		for i := range s.Steps {
			st := &s.Steps[i]
			if st.Op == effect.Read && effect.Same(subject(st), s.Target) {
				all = append(all, use{op: effect.Read, step: st, fn: s.Func, value: s.Target, test: p.tests[st.At.File] || p.tests[s.Func.At.File]})
			}
		}
	}
	return all
}

func subject(s *splice.Step) *effect.Value {
	if s.Path != nil {
		return s.Path
	}
	return s.Handle.FilePath()
}
