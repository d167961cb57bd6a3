package table

import (
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

func (b *builder) mode() effect.Mode {
	m := effect.Mode{Perm: Perm(b.part("perm"))}
	v := b.part("mode")
	switch {
	case b.e.Has("flags"):
		m.Access, m.Synced = flagAccess(v)
	case v == nil && len(b.c.Named) > 0 && b.c.Named["**"] != nil:
		m.Access = effect.AccessUnknown
	case v == nil:
		m.Access = effect.ReadOnly
	default:
		m.Access, m.Binary = access(v)
	}
	if b.e.Has("binary") {
		m.Binary = !strings.Contains(lit(v), "t")
	}
	return m
}

func (b *builder) text() effect.Text {
	if !b.e.Has("text") {
		return effect.Text{}
	}
	if m := b.mode(); m.Binary {
		return effect.Text{}
	}
	switch v := b.part("enc"); {
	case v == nil || v.Kind == effect.Empty:
		return effect.Text{Encoding: "locale"}
	case v.Kind == effect.Lit:
		return effect.Text{Encoding: strings.ToLower(strings.ReplaceAll(v.Name, "_", "-"))}
	}
	return effect.Text{Encoding: "?"}
}

// access reads a mode of letters. Alternatives must agree.
func access(v *effect.Value) (a effect.Access, binary bool) {
	if v.Kind == effect.Phi {
		for i, alt := range v.Args {
			one, bin := access(alt)
			if i > 0 && one != a {
				return effect.AccessUnknown, bin
			}
			a, binary = one, bin
		}
		return a, binary
	}
	if v.Kind != effect.Lit {
		return effect.AccessUnknown, false
	}
	binary = strings.Contains(v.Name, "b")
	switch m := v.Name; {
	case strings.Contains(m, "O_"):
		a, _ = flagAccess(v)
		return a, true
	case strings.Contains(m, "x"):
		return effect.Exclusive, binary
	case strings.Contains(m, "a"):
		return effect.Appending, binary
	case strings.Contains(m, "w"):
		return effect.Truncating, binary
	case strings.Contains(m, "+"):
		return effect.Updating, binary
	case strings.ContainsAny(m, "rU") || m == "":
		return effect.ReadOnly, binary
	}
	return effect.AccessUnknown, binary
}

// flagAccess reads "O_WRONLY|O_CREAT|O_TRUNC".
func flagAccess(v *effect.Value) (a effect.Access, synced bool) {
	if v == nil {
		return effect.ReadOnly, false
	}
	if v.Kind != effect.Lit || !strings.Contains(v.Name, "O_") {
		if v.Kind == effect.Lit {
			a, _ = access(v)
		}
		return a, false
	}
	has := func(f string) bool { return strings.Contains(v.Name, f) }
	synced = has("O_SYNC") || has("O_DSYNC")
	switch {
	case has("O_EXCL"):
		return effect.Exclusive, synced
	case has("O_APPEND"):
		return effect.Appending, synced
	case has("O_TRUNC"):
		return effect.Truncating, synced
	case has("O_WRONLY") || has("O_RDWR"):
		if has("O_CREAT") {
			return effect.Creating, synced
		}
		return effect.Updating, synced
	}
	return effect.ReadOnly, synced
}

// Perm reads permission bits: -1 where none are named, -2 where they are not
// constant.
func Perm(v *effect.Value) int {
	if v == nil || v.Kind == effect.Empty {
		return -1
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(lit(v), "_", ""), 0, 32)
	if err != nil {
		return -2
	}
	return int(n)
}

func lit(v *effect.Value) string {
	if v == nil || v.Kind != effect.Lit {
		return ""
	}
	return v.Name
}

func isHandle(v *effect.Value) bool {
	return v != nil && (v.Kind == effect.Open || v.Kind == effect.Wrap)
}

// Bottom returns the file under all wraps.
func Bottom(v *effect.Value) *effect.Value {
	for v != nil && v.Kind == effect.Wrap {
		v = v.Args[0]
	}
	return v
}

// IsHandle reports whether v is an open file, or a buffer over one.
func IsHandle(v *effect.Value) bool { return isHandle(v) }
