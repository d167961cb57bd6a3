package protocol

import (
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

// group is what is done to one path that is written, by index into steps.
type group struct {
	steps  []splice.Step
	path   *effect.Value
	opens  []int
	files  []*effect.Value // the open files
	commit int             // -1: none
	all    map[string]bool // keys of all files opened for writing in the function
}

// Sites returns the places of an expanded function that write a file, in
// order. Places that only open, lock or test a file are none.
func Sites(ex *splice.Expanded) []*Site {
	var sites []*Site
	groups := slices.DeleteFunc(collect(ex.Steps), func(g *group) bool { return !g.written() && !g.log(ex) })
	for _, g := range groups {
		if s := g.site(ex); s != nil {
			sites = append(sites, s)
		}
	}
	sites = append(sites, renames(ex, groups)...)
	sites = append(sites, trees(ex)...)
	slices.SortStableFunc(sites, func(a, b *Site) int { return a.At.Start - b.At.Start })
	return sites
}

// opened returns the files that a function only opens, as places: others may
// write and publish them.
func opened(ex *splice.Expanded) []*Site {
	var sites []*Site
	for _, g := range collect(ex.Steps) {
		if s := g.site(ex); s != nil && !g.written() {
			sites = append(sites, s)
		}
	}
	return sites
}

// collect groups the opens for writing by path.
func collect(steps []splice.Step) []*group {
	var groups []*group
	all := map[string]bool{}
	for i := range steps {
		s := &steps[i]
		if s.Path == nil && (s.Op == effect.OpenFile || s.Op == effect.Copy) {
			s.Path = effect.NewUnknown(s.At.Site()) // it is written, whatever it is
		}
		if !opens(s) || s.Path == nil {
			continue
		}
		g := find(groups, s, steps)
		if g == nil {
			g = &group{steps: steps, path: s.Path, commit: -1, all: all}
			groups = append(groups, g)
		}
		g.opens = append(g.opens, i)
		if in := s.Handle.Inner(); in != nil {
			g.files = append(g.files, in)
			all[in.Key()] = true
		}
	}
	copies := map[int]bool{}
	for _, g := range groups {
		g.commit = g.findCommit()
		copies[g.commit] = true
	}
	// The copy that ends a copy-over is its last step, not a place of its own.
	return slices.DeleteFunc(groups, func(g *group) bool { return steps[g.opens[0]].Op == effect.Copy && copies[g.opens[0]] })
}

// find returns the group that an open belongs to: a temp that mkstemp made and
// that is opened again by name is staged once. The same path opened on two
// lines is two sites, unless it is published afterwards.
func find(groups []*group, s *splice.Step, steps []splice.Step) *group {
	for _, g := range groups {
		if g.path.Key() != s.Path.Key() {
			continue
		}
		if s.Path.Kind == effect.Temp || steps[g.opens[0]].At.Site() == s.At.Site() || g.findCommit() >= 0 {
			return g
		}
	}
	return nil
}

// opens reports whether s opens or makes a file that may be written.
func opens(s *splice.Step) bool {
	switch s.Op {
	case effect.OpenFile:
		return s.Mode.Access != effect.ReadOnly && (s.Path == nil || !memory[s.Path.Type])
	case effect.MakeTemp, effect.Copy:
		return true
	case effect.Truncate:
		return s.Path != nil && s.Handle == nil
	}
	return false
}

// log reports whether a file is opened for appending and kept, or handed out:
// it is written to elsewhere.
func (g *group) log(ex *splice.Expanded) bool {
	if g.steps[g.opens[0]].Mode.Access != effect.Appending {
		return false
	}
	kept := func(v *effect.Value) bool {
		in := v.Inner()
		return in != nil && g.owns(in) || v.Any(func(p *effect.Value) bool { return p.Kind == effect.Open && g.owns(p) })
	}
	return slices.ContainsFunc(ex.Results, kept) ||
		slices.ContainsFunc(ex.Sets, func(s effect.Set) bool { return kept(s.Value) })
}

// memory are the types of what an archive may be opened on besides a file.
var memory = map[string]bool{"memory": true, "io.BytesIO": true, "io.StringIO": true, "bytes.Buffer": true}

// written reports whether content arrives: opened only to create, lock or test
// is no writing. Truncating is, even without a write that was seen.
func (g *group) written() bool {
	for _, i := range g.opens {
		s := &g.steps[i]
		if s.Op == effect.Copy || s.Op == effect.Truncate || s.Mode.Access == effect.Truncating && s.Op == effect.OpenFile {
			return true
		}
	}
	if g.managed() && g.findCommit() >= 0 {
		return true // what a context manager publishes its block has written
	}
	return len(g.on(effect.Write)) > 0 || len(g.on(effect.Truncate)) > 0
}

// managed reports whether a context manager opened the file: it hands it out,
// or did so to the function that is looked at.
func (g *group) managed() bool {
	return len(g.on(effect.Yield)) > 0 || slices.ContainsFunc(g.steps[g.opens[0]].Through, func(h splice.Hop) bool { return h.Func.Manager })
}

// mine reports whether a handle is one of the group's files. One that was only
// opened to be synced is known by its path.
func (g *group) mine(h *effect.Value) bool {
	in := h.Inner()
	if in == nil {
		return false
	}
	return g.owns(in) || len(g.files) > 0 && !g.all[in.Key()] && in.Args[0].Key() == g.path.Key()
}

func (g *group) owns(in *effect.Value) bool {
	return slices.ContainsFunc(g.files, func(f *effect.Value) bool { return f.Key() == in.Key() })
}

// on returns the steps of the kind that go through one of the group's files.
// Nothing is written through one that was opened to be read.
func (g *group) on(op effect.Op) []int {
	var at []int
	for i := range g.steps {
		if s := &g.steps[i]; s.Op == op && s.Handle != nil && g.mine(s.Handle) && (op != effect.Write || g.owns(s.Handle.Inner())) {
			at = append(at, i)
		}
	}
	return at
}

// findCommit returns the step that publishes what was written, -1 if there is
// none. What runs after an error restores or tidies, and publishes nothing.
func (g *group) findCommit() int {
	last := -1
	for i := g.opens[0] + 1; i < len(g.steps); i++ {
		s := &g.steps[i]
		switch s.Op {
		case effect.Rename, effect.Move, effect.Exchange, effect.Link, effect.Copy:
			from := &g.steps[g.opens[0]]
			undoes := s.In.Cleanup() && !from.In.Inside(handler(s.In))
			if !undoes && precedes(from, s) && effect.Same(s.From, g.path) && !effect.Same(s.Path, g.path) && !dated(s.Path, g.path) && !g.rotates(s) {
				last = i
			}
		}
	}
	return last
}

// dated reports whether p is path with the time after it: what was written is
// put aside under that name, as logs are, not published.
func dated(p, path *effect.Value) bool {
	return p != nil && p.Kind == effect.Concat && p.Args[0].Key() == path.Key() &&
		p.Any(func(v *effect.Value) bool { return v.Kind == effect.Random && v.Name == "clock" })
}

// rotates reports whether a log gives way to its successor: it was opened to be
// continued, and its new name is made of its own.
func (g *group) rotates(s *splice.Step) bool {
	return g.steps[g.opens[0]].Mode.Access == effect.Appending && standsOn(s.Path, g.path)
}

// target is the path that a reader opens.
func (g *group) target() *effect.Value {
	if g.commit >= 0 {
		return g.steps[g.commit].Path
	}
	return g.path
}
