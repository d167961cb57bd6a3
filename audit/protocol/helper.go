package protocol

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// open reports whether the caller decides the target: it stands on a bare
// parameter. A field of a parameter of a known type is that type's field.
func open(s *Site) bool { return onParam(s.Target, s.Func.ID) }

func onParam(v *effect.Value, fn string) bool {
	if v == nil || v.Kind == effect.Field && v.Args[0].Type != "" {
		return false
	}
	if v.Kind == effect.Param && v.Name == fn {
		return true
	}
	for _, a := range v.Args {
		if v.Kind != effect.Open && v.Kind != effect.Wrap && onParam(a, fn) {
			return true
		}
	}
	return false
}

// forwards reports whether a helper adds nothing of its own: target and
// content are the caller's, the write is direct, and it asks no questions.
func forwards(s *Site) bool {
	if s.Staged != nil || s.Verdict == Window || names(s.Target) {
		return false
	}
	if s.Facts.Asked || s.Facts.Errors == effect.Logged || s.Facts.Errors == effect.Dropped {
		return false
	}
	for _, c := range s.Content {
		if handed(c, s.Func.ID) {
			return s.Target.Kind != effect.Phi
		}
	}
	return false
}

// names reports whether a path's last element is, or holds, a word that stands
// in the source: the helper then decides which file it is.
func names(v *effect.Value) bool {
	last := v
	if v.Kind == effect.Join {
		last = v.Args[len(v.Args)-1]
	}
	return last.Kind == effect.Lit || last.Kind == effect.Concat && slices.ContainsFunc(last.Args, func(a *effect.Value) bool {
		return a.Kind == effect.Lit
	})
}

// handed reports whether content is a parameter, as it is or serialised.
func handed(c *effect.Value, fn string) bool {
	switch c.Kind {
	case effect.Param:
		return c.Name == fn
	case effect.Call:
		return Serialises(c.Name) && slices.ContainsFunc(c.Args, func(a *effect.Value) bool { return handed(a, fn) })
	case effect.Concat, effect.Phi:
		return slices.ContainsFunc(c.Args, func(a *effect.Value) bool { return handed(a, fn) })
	}
	return false
}

// Serialises reports whether a function of this name gives what it is given, in
// another form.
func Serialises(name string) bool {
	name = strings.ToLower(name[strings.LastIndexAny(name, "./")+1:])
	return slices.ContainsFunc([]string{"dump", "marshal", "encode", "stringify", "serialize", "serialise", "bytes", "str", "json", "yaml", "pem"},
		func(w string) bool { return strings.Contains(name, w) })
}
