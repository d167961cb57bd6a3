package splice

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// Home returns v as it is comparable between functions: a field of a value of
// a known class is that class's field, a variable or field with one closed
// definition is that definition.
func (x *Index) Home(v *effect.Value) *effect.Value {
	return x.home(v, 6)
}

func (x *Index) home(v *effect.Value, depth int) *effect.Value {
	if v == nil || depth == 0 {
		return v
	}
	if h, ok := x.homes[v.Key()]; ok {
		return h
	}
	h := x.homeOf(v, depth).Called(v.Words)
	x.homes[v.Key()] = h
	return h
}

func (x *Index) homeOf(v *effect.Value, depth int) *effect.Value {
	switch v.Kind {
	case effect.Global:
		if def := x.globals[v.Name]; def != nil && Closed(def) {
			return x.home(def, depth-1)
		}
		return v
	case effect.Field:
		return x.homeField(v, depth)
	case effect.Call:
		if r := x.result(v); r != nil {
			return x.home(r, depth-1)
		}
	case effect.Param:
		if kept := x.given[v.Key()]; kept != nil {
			return x.home(kept, depth-1)
		}
		return v
	case effect.Join, effect.Concat:
		if kept := x.given[v.Key()]; kept != nil {
			return x.home(kept, depth-1)
		}
	case effect.Open, effect.Wrap, effect.Temp, effect.Object, effect.Lit, effect.Self:
		return v
	}
	args := make([]*effect.Value, len(v.Args))
	for i, a := range v.Args {
		args[i] = x.home(a, depth-1)
	}
	if slices.Equal(args, v.Args) {
		return v
	}
	c := *v
	c.Args = args
	return effect.Make(c)
}

func (x *Index) homeField(v *effect.Value, depth int) *effect.Value {
	owner := v.Args[0]
	class := owner.Type
	if class == "" && owner.Kind == effect.Field {
		class = x.fieldType(owner)
	}
	if !strings.ContainsAny(class, "./") {
		return v // unknown, or a type of the language: its values have nothing in common
	}
	class = x.setter(class, v.Name, 4)
	defs := x.sets[class+"."+v.Name]
	if d := effect.NewPhi(defs...); d != nil && d.Kind != effect.Phi && Closed(d) {
		return x.home(d, depth-1)
	}
	return effect.NewField(effect.NewSelf(class), v.Name)
}

// setter returns the class that gives a field to its objects: of what class is
// based on, the nearest that does; else class.
func (x *Index) setter(class, field string, depth int) string {
	if c := x.Class(class); c != nil && depth > 0 && len(x.sets[class+"."+field]) == 0 {
		for _, b := range c.Bases {
			if bc := x.Class(b); bc != nil {
				if s := x.setter(bc.ID, field, depth-1); len(x.sets[s+"."+field]) > 0 {
					return s
				}
			}
		}
	}
	return class
}

// result returns what a function without parameters, which touches no file,
// always gives; nil if v is no call of one.
func (x *Index) result(v *effect.Value) *effect.Value {
	f := x.Func(v.Name)
	if f == nil || len(v.Args) > 0 || len(f.Params) > 0 || f.Class != "" || x.touches[f.ID] {
		return nil
	}
	if res := x.Expand(f).Results; v.Index < len(res) && res[v.Index] != nil && Closed(res[v.Index]) {
		return res[v.Index]
	}
	return nil
}

// Passing reports whether v lies in a folder that a type makes under a unique
// name, keeps in a field, and removes again.
func (x *Index) Passing(v *effect.Value) bool {
	return v.Any(func(p *effect.Value) bool {
		if p.Kind != effect.Field {
			return false
		}
		key := p.Args[0].Type + "." + p.Name
		made := x.sets[key]
		return x.cleared[key] && len(made) > 0 && !slices.ContainsFunc(made, func(d *effect.Value) bool {
			return d == nil || d.Kind != effect.Temp
		})
	})
}

// fieldType is the declared or set type of a field, "" if unknown.
func (x *Index) fieldType(f *effect.Value) string {
	owner := f.Args[0]
	class := owner.Type
	if class == "" && owner.Kind == effect.Field {
		class = x.fieldType(owner)
	}
	if c := x.Class(class); c != nil && c.Fields[f.Name] != "" {
		return c.Fields[f.Name]
	}
	for _, d := range x.sets[class+"."+f.Name] {
		if d != nil && d.Type != "" {
			return d.Type
		}
	}
	return ""
}

// Closed reports whether v stands on nothing that a caller or a run decides.
func Closed(v *effect.Value) bool {
	return !v.Any(func(p *effect.Value) bool {
		switch p.Kind {
		case effect.Param, effect.Unknown, effect.Open, effect.Wrap, effect.Temp, effect.Object, effect.Random, effect.Self, effect.Empty:
			return true
		}
		return false
	})
}

// Comparable reports whether v means the same in every function.
func Comparable(v *effect.Value) bool {
	return v != nil && !v.Any(func(p *effect.Value) bool {
		switch p.Kind {
		case effect.Param, effect.Unknown, effect.Temp, effect.Random, effect.Empty:
			return true
		case effect.Call, effect.Open, effect.Wrap, effect.Object:
			return true
		}
		return false
	})
}
