package splice

import (
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
)

// implementation returns the method of the type that meets an interface and
// itself touches files, or nil. Wrappers around another implementation, and
// those in memory for tests, do not: of those that do, the first in order.
func (x *Index) implementation(c *effect.Class, name string) *effect.Func {
	key := c.ID + "." + name
	if f, ok := x.impls[key]; ok {
		return f
	}
	x.impls[key] = nil // an interface that embeds itself ends here
	signature, asks := c.Methods[name]
	if !asks {
		return nil
	}
	for _, f := range x.named[name] {
		if f.Signature == signature && x.raw(f) && x.meets(f.Class, c) {
			x.impls[key] = f
			break
		}
	}
	return x.impls[key]
}

// raw reports whether a function itself touches files.
func (x *Index) raw(f *effect.Func) bool {
	return slices.ContainsFunc(f.Effects, func(e effect.Effect) bool { return e.Op != effect.Invoke })
}

// meets reports whether a class has the methods that an interface asks for,
// most of them: those in files that touch nothing were not read.
func (x *Index) meets(class string, in *effect.Class) bool {
	if c := x.Class(class); c == nil || c.Methods != nil {
		return false
	}
	has := 0
	for m := range in.Methods {
		if x.Method(class, m) != nil {
			has++
		}
	}
	return 2*has >= len(in.Methods)
}

// keeps notes the fields in which a function keeps its parameters, as they are
// or as a part of a path: of what one field keeps, that field is the name that
// other functions know it by.
func (x *Index) keeps(f *effect.Func) {
	note := func(v *effect.Value, class, field string) {
		if class == "" || !madeOf(v, f.ID) {
			return
		}
		kept := effect.NewField(effect.NewSelf(class), field)
		if old, ok := x.given[v.Key()]; ok && (old == nil || old.Key() != kept.Key()) {
			kept = nil
		}
		x.given[v.Key()] = kept
	}
	for _, s := range f.Sets {
		note(s.Value, f.Class, s.Field)
	}
	for _, e := range f.Effects {
		if e.Op == effect.RemoveTree && e.Path != nil && e.Path.Kind == effect.Field {
			x.cleared[e.Path.Args[0].Type+"."+e.Path.Name] = true
		}
	}
	for _, r := range f.Results {
		for _, alt := range r.Alternatives() {
			for i, field := range alt.Names {
				if alt.Kind == effect.Object {
					note(alt.Args[i], alt.Type, field)
				}
			}
		}
	}
}

// madeOf reports whether v is a parameter of the function, or a path that is
// made of one and of nothing that differs from call to call.
func madeOf(v *effect.Value, fn string) bool {
	if v == nil || v.Kind != effect.Param && v.Kind != effect.Join && v.Kind != effect.Concat {
		return false
	}
	own := func(p *effect.Value) bool { return p.Kind == effect.Param && p.Name == fn }
	return v.Any(own) && !v.Any(func(p *effect.Value) bool {
		switch p.Kind {
		case effect.Param:
			return !own(p)
		case effect.Join, effect.Concat, effect.Lit, effect.Global:
			return false
		}
		return true
	})
}
