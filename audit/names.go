package audit

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// names are functions with file effects whose callers are to be read: the
// name, and the modules that have one of it.
type names struct {
	modules map[string][]string
}

// newNames returns the names that are not in known yet, and adds them to it.
func (s *scan) newNames(known map[string]bool) names {
	n := names{map[string][]string{}}
	for _, src := range s.sources {
		if src.file == nil {
			continue
		}
		for _, f := range src.file.Funcs {
			if f.Name == "" || known[f.ID] || !acts(f) {
				continue
			}
			known[f.ID] = true
			for _, m := range marks(src, f) {
				if !slices.Contains(n.modules[f.Name], m) {
					n.modules[f.Name] = append(n.modules[f.Name], m)
				}
			}
		}
	}
	return n
}

// marks are words of which a caller's file holds one: the module that it
// imports, or the class that it names. The methods that every open file has
// are called everywhere and lead nowhere.
func marks(src *source, f *effect.Func) []string {
	if src.lang == effect.Go {
		return []string{src.file.Module}
	}
	if _, every := effect.HandleMethod(f.Name); every {
		return nil
	}
	last := func(id string) string { return id[strings.LastIndexAny(id, "./")+1:] }
	if f.Class != "" {
		return []string{last(f.Class)}
	}
	return []string{last(src.file.Module)}
}

// acts reports whether a function does anything to files itself or calls what
// the run may know.
func acts(f *effect.Func) bool {
	return slices.ContainsFunc(f.Effects, func(e effect.Effect) bool {
		switch e.Op {
		case effect.Invoke, effect.Exists, effect.Parse, effect.Lock, effect.Mkdir:
			return false
		}
		return true
	})
}

// in returns the names that text calls and that it can mean: of its own
// package, or of a module that it imports. nil: none.
func (n names) in(src *source, text []byte) []string {
	var found []string
	dir := path.Dir(src.path)
	seen := map[string]bool{}
	calls(text, func(name []byte) {
		mods, ok := n.modules[string(name)]
		if !ok || seen[string(name)] {
			return
		}
		seen[string(name)] = true
		for _, m := range mods {
			if src.lang != effect.Go {
				if bytes.Contains(text, []byte(m)) {
					found = append(found, string(name))
					return
				}
				continue
			}
			if src.mod.root == "" && m == dir || m == modulePath(src) || bytes.Contains(text, []byte(`"`+m+`"`)) {
				found = append(found, string(name))
				return
			}
		}
	})
	slices.Sort(found)
	return found
}

func modulePath(src *source) string {
	rel := path.Dir(src.path)
	if src.mod.base != "" && len(rel) >= len(src.mod.base) {
		rel = rel[len(src.mod.base):]
	}
	return path.Join(src.mod.root, rel)
}

// calls gives each identifier that stands before an opening bracket.
func calls(text []byte, visit func([]byte)) {
	start := -1
	for i, c := range text {
		word := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
		switch {
		case word && start < 0:
			start = i
		case !word && start >= 0:
			if c == '(' {
				visit(text[start:i])
			}
			start = -1
		}
	}
}
