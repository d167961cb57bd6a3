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

// Writer is a function of the project that replaces the file its caller names.
type Writer struct {
	ID       string // Module.Name
	Module   string
	Name     string
	Class    string // class ID of a method, else ""
	File     string
	Language effect.Language
	Params   []effect.Parameter
	Path     int // which parameter is the path
	Content  int // which is the content, unchanged; -1: none
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

// helpers returns the functions and methods among places that replace the file
// their caller names, whatever their verdict.
func helpers(places []*protocol.Place, at map[string]Source) []Writer {
	var found []Writer
	seen := map[string]bool{}
	for _, p := range places {
		f := p.Func
		if !p.IsWriter || seen[f.ID] || p.Target.Kind != effect.Param || p.Target.Name != f.ID {
			continue
		}
		seen[f.ID] = true
		w := Writer{
			ID: f.ID, Name: f.Name, Class: f.Class, File: f.At.File, Module: at[f.At.File].Module, Language: at[f.At.File].Language,
			Params: f.Params, Async: f.Async, Verdict: p.Verdict, Path: p.Target.Index, Content: given(p, f.ID),
		}
		if w.Verdict == protocol.Delegated {
			w.Verdict = p.Writer
		}
		found = append(found, w)
	}
	return found
}

// writers returns the plain functions among helpers that are given the whole
// content and keep the file whole, the most durable first.
func writers(all []Writer) []Writer {
	found := slices.DeleteFunc(slices.Clone(all), func(w Writer) bool {
		return !w.Verdict.Good() || w.Class != "" || w.Content < 0
	})
	slices.SortStableFunc(found, func(a, b Writer) int {
		return slices.Index(best, a.Verdict) - slices.Index(best, b.Verdict)
	})
	return found
}

// Judge judges files that were read already: a Scan without the walk. Their
// paths are those on disk, with slashes, and their modules are set.
func Judge(files []*effect.File) *Result {
	s := &scan{r: &Result{Files: map[effect.Language]int{}, Unread: map[effect.Language]int{}}}
	for _, f := range files {
		s.r.Files[f.Language]++
		s.r.Parsed++
		s.sources = append(s.sources, &source{disk: filepath.FromSlash(f.Path), path: f.Path, below: f.Path, lang: f.Language, file: f})
	}
	s.judge()
	return s.r
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

// overlay is what is read in place of a file, if anything.
func (s *scan) overlay(name string) ([]byte, bool) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, false
	}
	text, ok := s.o.Overlay[abs]
	return text, ok
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
