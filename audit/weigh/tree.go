package weigh

import (
	"path"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

// kept notes that a place rewrites a file of the source tree itself: a version
// number, a generated file. Version control has it, so a crash loses nothing.
func (p *Program) kept(pl *protocol.Place, w *Weight) {
	if p.has == nil {
		return
	}
	for _, t := range append([]*effect.Value{pl.Target}, pl.Targets...) {
		for _, alt := range t.Alternatives() {
			rel, ok := spelled(alt, pl.At.File)
			if ok && rel != "." && !strings.HasPrefix(rel, "..") && !path.IsAbs(rel) && p.has(pl.At.File, rel) {
				w.InTree = true
				w.add("in-tree", pl.At, "it is a file of the source tree, which version control keeps")
				return
			}
		}
	}
}

// spelled is a path that the source spells out, relative to the root: literal,
// or beside the source file.
func spelled(v *effect.Value, file string) (string, bool) {
	switch v.Kind {
	case effect.Lit:
		return path.Clean(v.Name), true
	case effect.Global:
		switch name := v.Name[strings.LastIndexByte(v.Name, '.')+1:]; name {
		case "__file__", "__filename":
			return file, true
		case "__dirname":
			return path.Dir(file), true
		}
	case effect.Field:
		if meta := v.Args[0]; meta.Kind != effect.Global || meta.Name != "import.meta" {
			return "", false
		}
		switch v.Name {
		case "dirname":
			return path.Dir(file), true
		case "filename", "url":
			return file, true
		}
	case effect.Dir:
		in, ok := spelled(v.Args[0], file)
		return path.Dir(in), ok
	case effect.Join, effect.Concat:
		text := ""
		for _, a := range v.Args {
			part, ok := spelled(a, file)
			if !ok {
				return "", false
			}
			if v.Kind == effect.Join {
				part = "/" + part
			}
			text += part
		}
		return path.Clean(strings.TrimPrefix(text, "/")), true
	}
	return "", false
}
