// Package flow follows names through the ways of a function: what a name
// stands for after a branch is what one of its ways left.
package flow

import (
	"hash/fnv"
	"io"
	"strconv"

	"github.com/wholly-go/wholly/audit/effect"
)

// Env is what names stand for at one place.
type Env map[string]*effect.Value

// maxWays bounds what one name may stand for; beyond, it is not known.
const maxWays = 6

// Join returns what the names stand for after several ways; nil is a way that
// does not go on. It returns nil if none goes on. The first way is used up.
func Join(ways ...Env) Env {
	var out Env
	for _, way := range ways {
		switch {
		case way == nil:
		case out == nil:
			out = way
		default:
			for name, v := range way {
				if old := out[name]; old != nil && old.Key() != v.Key() {
					v = Either(old, v)
				}
				out[name] = v
			}
		}
	}
	return out
}

// Either is one of two values. It does not grow without end: what may be very
// many things is unknown.
func Either(a, b *effect.Value) *effect.Value {
	v := effect.NewPhi(a, b)
	if v.Kind == effect.Phi && len(v.Args) > maxWays {
		h := fnv.New64a()
		io.WriteString(h, v.Key())
		return effect.NewUnknown("many:" + strconv.FormatUint(h.Sum64(), 36))
	}
	typ, words := a.Type, a.Words
	if typ == "" {
		typ = b.Type
	}
	if words == "" {
		words = b.Words
	}
	if v.Type == "" {
		v = v.Typed(typ)
	}
	return v.Called(words)
}
