package weigh

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

// family names the files that a type keeps in a folder of its own, one for each
// key: what Put writes as DIR/<key>.json, Get reads as DIR/<key>.json. every is
// the family of all files there, which one meets who reads the whole folder.
// Both are "" for other paths.
func family(v *effect.Value) (name, every string) {
	if v.Kind != effect.Join {
		return "", ""
	}
	dir, last := effect.NewJoin(v.Args[:len(v.Args)-1]...), v.Args[len(v.Args)-1]
	own := func(p *effect.Value) bool { return p.Kind == effect.Field && p.Args[0].Kind == effect.Self }
	if !dir.Any(own) || !splice.Comparable(dir) {
		return "", ""
	}
	parts := []*effect.Value{last}
	if last.Kind == effect.Concat {
		parts = last.Args
	}
	var pattern strings.Builder
	keyed := false
	for _, p := range parts {
		switch {
		case p.Kind == effect.Lit:
			pattern.WriteString(p.Name)
		case !differs(p):
			pattern.WriteString("*")
			keyed = true
		default:
			return "", ""
		}
	}
	if !keyed {
		return "", ""
	}
	key := "family|" + dir.Key() + "|"
	return key + pattern.String(), key + "*"
}

// differs reports whether a part of a name is another one each time: nobody
// comes back to it by its key.
func differs(v *effect.Value) bool {
	return v.Any(func(p *effect.Value) bool {
		return p.Kind == effect.Temp || p.Kind == effect.Random && p.Name != "hash"
	})
}
