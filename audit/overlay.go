package audit

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

// Source says where a parsed file lies and what others import it as.
type Source struct {
	Disk     string // "" if two roots hold a file of this name
	Module   string
	Language effect.Language
}

// Writer is a function of the project that replaces the file its caller names
// and was found good: others may call it.
type Writer struct {
	ID       string // Module.Name
	Module   string
	Name     string
	File     string
	Language effect.Language
	Params   []effect.Parameter
	Path     int // which parameter is the path
	Content  int // which is the content, unchanged
	Async    bool
	Verdict  protocol.Verdict
}

// located says where the parsed sources lie.
func (s *scan) located() map[string]Source {
	at := map[string]Source{}
	for _, src := range s.sources {
		if src.file == nil {
			continue
		}
		disk := src.disk
		if _, twice := at[src.path]; twice {
			disk = ""
		}
		at[src.path] = Source{Disk: disk, Module: src.file.Module, Language: src.lang}
	}
	return at
}

// writers returns the plain functions among places that take a path and its
// whole content and keep the file whole, the most durable first.
func writers(places []*protocol.Place, at map[string]Source) []Writer {
	var found []Writer
	seen := map[string]bool{}
	for _, p := range places {
		f := p.Func
		if !p.IsWriter || !p.Verdict.Good() || f.Class != "" || seen[f.ID] || p.Target.Kind != effect.Param || p.Target.Name != f.ID {
			continue
		}
		if w := (Writer{Path: p.Target.Index, Content: given(p, f.ID)}); w.Content >= 0 {
			seen[f.ID] = true
			w.ID, w.Name, w.File, w.Module, w.Language = f.ID, f.Name, f.At.File, at[f.At.File].Module, at[f.At.File].Language
			w.Params, w.Async, w.Verdict = f.Params, f.Async, p.Verdict
			found = append(found, w)
		}
	}
	slices.SortStableFunc(found, func(a, b Writer) int {
		return slices.Index(best, a.Verdict) - slices.Index(best, b.Verdict)
	})
	return found
}

var best = []protocol.Verdict{protocol.Durable, protocol.AtomicSynced, protocol.Atomic}

// given is the parameter that is written as it is, -1 if there is not one.
func given(p *protocol.Place, fn string) int {
	at := -1
	for _, c := range p.Content {
		if c.Kind != effect.Param || c.Name != fn || at >= 0 && at != c.Index {
			return -1
		}
		at = c.Index
	}
	return at
}

// overlaid adds the files below root, which lies at at, that are in the overlay and not on disk.
func (s *scan) overlaid(root, at string, mods map[string]module) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.o.Overlay)) {
		rel := slash(abs, name)
		if s.seen[name] || rel == ".." || strings.HasPrefix(rel, "../") || s.excluded(path.Join(at, rel)) {
			continue
		}
		mod, dir := mods["."], rel
		for dir != "." {
			dir = path.Dir(dir)
			if m, ok := mods[dir]; ok {
				mod = m
				break
			}
		}
		s.add(name, path.Join(at, rel), at, int64(len(s.o.Overlay[name])), mod)
	}
}
