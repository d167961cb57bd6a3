package effect

import (
	"path"
	"slices"
	"strings"
)

// NewUnknown is a value that is equal only to values of the same site.
func NewUnknown(site string) *Value { return seal(Value{Kind: Unknown, Site: site}) }

// NewLit is a literal text. Separators are slashes.
func NewLit(text string) *Value { return seal(Value{Kind: Lit, Name: text}) }

// NewEmpty is nil, None, undefined or an empty text, list or map.
func NewEmpty() *Value { return seal(Value{Kind: Empty}) }

// NewParam is parameter index of the function fn; name is as in the source.
func NewParam(fn string, index int, name string) *Value {
	return seal(Value{Kind: Param, Name: fn, Index: index, Words: name})
}

// NewSelf is the receiver in the methods of class.
func NewSelf(class string) *Value { return seal(Value{Kind: Self, Name: class, Type: class}) }

// NewGlobal is a variable of a module or package, by its ID.
func NewGlobal(id string) *Value { return seal(Value{Kind: Global, Name: id}) }

// NewCall is result index of the call at site to callee. Splicing replaces it
// by what the callee returns.
func NewCall(site, callee string, index int) *Value {
	return seal(Value{Kind: Call, Site: site, Name: callee, Index: index})
}

// NewResult is like NewCall, for a function whose body will not be seen: what
// it was given is kept, so that "a token, marshalled" is known as a token.
func NewResult(site, callee string, args []*Value) *Value {
	return seal(Value{Kind: Call, Site: site, Name: callee, Args: args})
}

// NewPure is result index of a function that touches no file and whose body
// says nothing of its result: the same for the same arguments.
func NewPure(callee string, index int, args []*Value) *Value {
	return seal(Value{Kind: Call, Name: callee, Index: index, Args: args})
}

// NewTemp is a unique new name in dir; nil stands for the system's directory.
func NewTemp(site string, dir *Value) *Value {
	return seal(Value{Kind: Temp, Site: site, Args: []*Value{dir}})
}

// NewOpen is the file opened at site under path.
func NewOpen(site string, path *Value) *Value {
	return seal(Value{Kind: Open, Site: site, Args: []*Value{path}})
}

// NewContent is what the Read at site gave.
func NewContent(site string, path *Value) *Value {
	return seal(Value{Kind: Content, Site: site, Args: []*Value{path}})
}

// NewWrap is a writer over another: its Flush or Close writes to the inner one.
func NewWrap(site string, inner *Value) *Value {
	return seal(Value{Kind: Wrap, Site: site, Args: []*Value{inner}})
}

// NewObject is an object made at site, with what its fields were given.
func NewObject(site, class string, names []string, fields []*Value) *Value {
	return seal(Value{Kind: Object, Site: site, Name: class, Names: names, Args: fields, Type: class})
}

// NewRandom is a part of a name that differs: how is "random", "pid", "clock"
// or "hash".
func NewRandom(site, how string) *Value {
	return seal(Value{Kind: Random, Site: site, Name: how})
}

// NewField is a field of v; of an object that was seen made, its content.
func NewField(v *Value, name string) *Value {
	if v == nil {
		return NewUnknown("nil." + name)
	}
	if v.Kind == Object {
		if i := slices.Index(v.Names, name); i >= 0 {
			return v.Args[i]
		}
		if in := v.promoted(name); in != nil {
			return in
		}
	}
	return seal(Value{Kind: Field, Name: name, Args: []*Value{v}, Words: name})
}

// promoted is what an object embedded in v under the name of its type has as a
// field, or nil.
func (v *Value) promoted(field string) *Value {
	for i, a := range v.Args {
		if a == nil || a.Kind != Object || a.Name[strings.LastIndexAny(a.Name, "/.")+1:] != v.Names[i] {
			continue
		}
		if j := slices.Index(a.Names, field); j >= 0 {
			return a.Args[j]
		}
	}
	return nil
}

// NewPhi is one of its alternatives; nil and double ones fall out.
func NewPhi(alts ...*Value) *Value {
	var flat []*Value
	for _, a := range alts {
		switch {
		case a == nil:
		case a.Kind == Phi:
			flat = append(flat, a.Args...)
		default:
			flat = append(flat, a)
		}
	}
	slices.SortStableFunc(flat, func(a, b *Value) int { return strings.Compare(a.Key(), b.Key()) })
	flat = slices.CompactFunc(flat, func(a, b *Value) bool { return a.Key() == b.Key() })
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return seal(Value{Kind: Phi, Args: flat})
}

// NewBase is the last element of a path.
func NewBase(v *Value) *Value {
	switch {
	case v.Kind == Lit:
		return NewLit(path.Base(v.Name))
	case v.Kind == Join:
		return NewBase(v.Args[len(v.Args)-1])
	}
	return seal(Value{Kind: Base, Args: []*Value{v}})
}

// NewDir is the directory of a path.
func NewDir(v *Value) *Value {
	switch v.Kind {
	case Lit:
		return NewLit(path.Dir(v.Name))
	case Join:
		last := v.Args[len(v.Args)-1]
		if last.Kind == Lit && !strings.Contains(last.Name, "/") || last.Kind == Base ||
			last.Kind == Concat && !hasSlash(last) {
			return NewJoin(v.Args[:len(v.Args)-1]...)
		}
		if last.Kind == Lit {
			return NewJoin(append(slices.Clone(v.Args[:len(v.Args)-1]), NewLit(path.Dir(last.Name)))...)
		}
	case Temp:
		if v.Args[0] != nil {
			return v.Args[0]
		}
	case Suffix:
		return NewDir(v.Args[0])
	}
	return seal(Value{Kind: Dir, Args: []*Value{v}})
}
