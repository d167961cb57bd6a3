package weigh

import (
	"fmt"
	"path"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

// document notes a rewrite of what belongs to the user: named on the command
// line, or the program's own configuration.
func (w *Weight) document(pl *protocol.Place) {
	if pl.Facts.ReadBefore && !pl.Facts.OnlyAbsent && !w.Generated {
		w.ReadBack = true
		w.add("read-modify-write", pl.At, "read before it is written, in the same function")
	}
	named := false
	for _, t := range pl.Targets {
		if t.Any(func(v *effect.Value) bool { return v.Kind == effect.Global && v.Name == "os.Executable()" }) {
			w.add("handed-out", pl.At, "it is the program itself: the next start runs it")
		}
		named = named || t.Any(func(v *effect.Value) bool { return v.Kind == effect.Global && v.Name == effect.Arguments })
	}
	switch {
	case pl.Facts.OnlyAbsent, w.Generated:
	case pl.Facts.ReadBefore && named:
		w.add("users-file", pl.At, "the user named this file")
	case pl.Facts.ReadBefore && config(last(pl.Target)):
		w.add("configuration", pl.At, fmt.Sprintf("configuration (%s)", last(pl.Target)))
	}
}

// last is the last literal element of a path, "" if it has none.
func last(v *effect.Value) string {
	for v != nil {
		switch v.Kind {
		case effect.Lit:
			return path.Base(v.Name)
		case effect.Join, effect.Concat:
			v = v.Args[len(v.Args)-1]
		case effect.Phi:
			for _, a := range v.Alternatives() {
				if l := last(a); l != "" {
					return l
				}
			}
			return ""
		default:
			return ""
		}
	}
	return ""
}

func config(name string) bool {
	stem := strings.TrimSuffix(name, path.Ext(name))
	for _, w := range Words(stem) {
		switch w {
		case "config", "configuration", "settings", "preferences", "prefs", "options":
			return true
		}
	}
	switch path.Ext(name) {
	case ".ini", ".cfg", ".conf", ".env":
		return true
	}
	return name == ".env" || name == "package.json"
}
