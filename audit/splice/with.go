package splice

import (
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
)

// With returns ex followed by what method m does on recv, an object that ex
// has made: a file opened by a constructor is published by another method.
func (x *Index) With(ex *Expanded, recv *effect.Value, m *effect.Func) *Expanded {
	hop := Hop{At: effect.Span{File: m.At.File, Start: m.At.Start, End: m.At.Start, Line: m.At.Line}, Func: m}
	w := &work{x: x, f: m, depth: maxHops, stack: []string{m.ID}, calls: map[string][]*effect.Value{}, exits: map[string][]Step{}}
	b := &binding{fn: m.ID, self: recv, keep: recv.Site == ex.Func.ID, seen: map[*effect.Value]*effect.Value{}}
	for _, e := range m.Effects {
		w.one(b.effect(e))
	}
	slices.Reverse(w.late)
	out := *ex
	out.Steps = slices.Clip(ex.Steps)
	for _, s := range append(w.steps, w.late...) {
		s.In = under(s.In, nil)
		s.Through = append([]Hop{hop}, s.Through...)
		out.Steps = append(out.Steps, s)
	}
	return &out
}

// Made returns the objects that ex hands out: its results, or, of a method
// that keeps what it opened, its receiver with the fields that it sets.
func Made(ex *Expanded) []*effect.Value {
	var made []*effect.Value
	for _, r := range ex.Results {
		for _, alt := range r.Alternatives() {
			if alt.Kind == effect.Object {
				made = append(made, alt)
			}
		}
	}
	if ex.Func.Class != "" && len(ex.Sets) > 0 {
		var names []string
		var fields []*effect.Value
		for _, s := range slices.Backward(ex.Sets) {
			if !slices.Contains(names, s.Field) {
				names, fields = append(names, s.Field), append(fields, s.Value)
			}
		}
		made = append(made, effect.NewObject(ex.Func.ID, ex.Func.Class, names, fields))
	}
	return made
}
