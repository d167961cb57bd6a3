package effect

import (
	"path"
	"slices"
	"strings"
)

// NewJoin is the path of its elements put together, one normal form for "/",
// filepath.Join, os.path.join, path.join, templates and f-strings.
func NewJoin(elems ...*Value) *Value {
	var flat []*Value
	for _, e := range elems {
		switch {
		case e == nil || e.Kind == Empty || e.Kind == Lit && (e.Name == "" || e.Name == "."):
		case e.Kind == Join:
			flat = append(flat, e.Args...)
		default:
			flat = append(flat, e)
		}
	}
	var out []*Value
	for _, e := range flat {
		if n := len(out); n > 0 && e.Kind == Lit && out[n-1].Kind == Lit {
			out[n-1] = NewLit(path.Join(out[n-1].Name, e.Name))
			continue
		}
		if e.Kind == Lit {
			e = NewLit(path.Clean(e.Name))
		}
		out = append(out, e)
	}
	if n := len(out); n == 2 && out[0].Kind == Dir && out[1].Kind == Base && out[0].Args[0].Key() == out[1].Args[0].Key() {
		return out[0].Args[0]
	}
	switch len(out) {
	case 0:
		return NewLit(".")
	case 1:
		return out[0]
	}
	return seal(Value{Kind: Join, Args: out})
}

// NewConcat is its parts put together without a separator. Where a part brings
// one ("dir" + "/name"), the result is a Join; a text after the last element of
// a path belongs to that element.
func NewConcat(parts ...*Value) *Value {
	flat := flatten(parts)
	if i := slices.IndexFunc(flat, func(p *Value) bool { return p.Kind == Lit && strings.Contains(p.Name, "/") }); i >= 0 {
		return split(flat, i)
	}
	switch len(flat) {
	case 0:
		return NewEmpty()
	case 1:
		return flat[0]
	}
	switch first := flat[0]; first.Kind {
	case Join:
		last := append([]*Value{first.Args[len(first.Args)-1]}, flat[1:]...)
		return NewJoin(append(slices.Clone(first.Args[:len(first.Args)-1]), NewConcat(last...))...)
	case Phi:
		var alts []*Value
		for _, a := range first.Args {
			alts = append(alts, NewConcat(append([]*Value{a}, flat[1:]...)...))
		}
		return NewPhi(alts...)
	}
	return seal(Value{Kind: Concat, Args: flat})
}

// flatten opens inner Concats, drops empty parts and merges literals.
func flatten(parts []*Value) []*Value {
	var flat []*Value
	for _, p := range parts {
		switch {
		case p == nil || p.Kind == Empty || p.Kind == Lit && p.Name == "":
		case p.Kind == Concat:
			flat = append(flat, flatten(p.Args)...)
		default:
			flat = append(flat, p)
		}
	}
	var out []*Value
	for _, p := range flat {
		if n := len(out); n > 0 && p.Kind == Lit && out[n-1].Kind == Lit {
			out[n-1] = NewLit(out[n-1].Name + p.Name)
			continue
		}
		out = append(out, p)
	}
	return out
}

// split cuts a concatenation at the last separator of the literal at i.
func split(flat []*Value, i int) *Value {
	if len(flat) == 1 {
		return flat[0]
	}
	text := flat[i].Name
	at := strings.LastIndex(text, "/")
	left := append(slices.Clone(flat[:i]), NewLit(text[:at]))
	right := append([]*Value{NewLit(text[at+1:])}, flat[i+1:]...)
	if i == 0 && text[:at] == "" { // "/" + x: from the root
		return seal(Value{Kind: Join, Args: []*Value{NewLit("/"), NewConcat(right...)}})
	}
	if len(flatten(right)) == 0 { // dir + "/"
		return NewConcat(left...)
	}
	return NewJoin(NewConcat(left...), NewConcat(right...))
}

// NewSuffix is a path whose extension is replaced: with_suffix.
func NewSuffix(v *Value, ext string) *Value {
	switch v.Kind {
	case Lit:
		return NewLit(strings.TrimSuffix(v.Name, path.Ext(v.Name)) + ext)
	case Join:
		last := NewSuffix(v.Args[len(v.Args)-1], ext)
		return NewJoin(append(slices.Clone(v.Args[:len(v.Args)-1]), last)...)
	case Concat:
		if l := v.Args[len(v.Args)-1]; l.Kind == Lit && strings.Contains(l.Name, ".") {
			return NewConcat(append(slices.Clone(v.Args[:len(v.Args)-1]), NewSuffix(l, ext))...)
		}
	}
	return seal(Value{Kind: Suffix, Name: ext, Args: []*Value{v}})
}

func hasSlash(v *Value) bool {
	if v.Kind == Lit {
		return strings.Contains(v.Name, "/")
	}
	return slices.ContainsFunc(v.Args, func(a *Value) bool { return a != nil && hasSlash(a) })
}
