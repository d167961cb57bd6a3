package audit

import (
	"path"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/weigh"
)

// fewCallers is how many files of a tree may call a name for all of them to be
// read, whatever they import. What more of them call ("run", "Close") is looked
// for only where the module or the class is named.
func fewCallers(files int) int { return max(12, files/100) }

// callers finds the sources that call what was found to have file effects.
type callers struct {
	s     *scan
	known map[string]bool      // IDs that were looked for
	by    map[uint32][]*source // who calls a name
	dirs  map[string][]*source // Go's packages
}

func (s *scan) callers() *callers {
	c := &callers{s: s, known: map[string]bool{}, by: map[uint32][]*source{}, dirs: map[string][]*source{}}
	for _, src := range s.sources {
		if src.lang == effect.Go {
			c.dirs[path.Dir(src.path)] = append(c.dirs[path.Dir(src.path)], src)
		}
		for _, name := range src.vocabulary.calls {
			c.by[name] = append(c.by[name], src)
		}
	}
	return c
}

// next returns the sources to be read because they call a function with file
// effects that was not looked for yet, and by which names.
func (c *callers) next() map[*source][]string {
	wanted := map[*source][]string{}
	faces := c.s.faces()
	for _, src := range c.s.sources {
		if src.file == nil || src.aside() {
			continue
		}
		for _, f := range src.file.Funcs {
			name := called(f)
			id, ok := c.s.words.id(name)
			if !ok || name == "" || c.known[f.ID] || !c.acts(f) {
				continue
			}
			c.known[f.ID] = true
			c.want(wanted, c.by[id], src, f, faces)
		}
	}
	return wanted
}

// want adds to wanted the sources among those that call the name of f which
// may mean f of src.
func (c *callers) want(wanted map[*source][]string, by []*source, src *source, f *effect.Func, faces map[string][]string) {
	name := called(f)
	_, every := effect.HandleMethod(f.Name) // what every open file has leads everywhere
	few := !every && len(by) <= fewCallers(len(c.s.sources))
	var marks []uint32
	for _, w := range marksOf(src, f, faces) {
		if id, ok := c.s.words.id(plainest(w)); ok {
			marks = append(marks, id)
		}
	}
	for _, at := range by {
		if at.aside() || at.gone || at.front != src.front || at.file != nil && at.lang == effect.Go || slices.Contains(wanted[at], name) {
			continue
		}
		if few || at == src || near(at, src) || !every && slices.ContainsFunc(marks, at.vocabulary.has) {
			wanted[at] = append(wanted[at], name)
			c.declarations(wanted, at, name, marks)
		}
	}
}

// declarations adds the files of a caller's Go package that name the module:
// the field through which it is called may be declared there.
func (c *callers) declarations(wanted map[*source][]string, at *source, name string, marks []uint32) {
	for _, src := range c.dirs[path.Dir(at.path)] {
		if src != at && src.file == nil && !src.gone && wanted[src] == nil && slices.ContainsFunc(marks, src.vocabulary.has) {
			wanted[src] = append(wanted[src], name)
		}
	}
}

// aside reports whether a file is a test, or lies beside the product: what it
// does to files by itself is found, but not what it calls, which would be half
// of the work and could give nothing above info.
func (src *source) aside() bool {
	base := path.Base(src.path)
	name := strings.TrimSuffix(base, path.Ext(base))
	return weigh.Aside(src.below) || strings.HasPrefix(base, "test_") || strings.HasSuffix(name, "_test") || name == "conftest" ||
		strings.HasSuffix(name, ".test") || strings.HasSuffix(name, ".spec")
}

// near reports whether a source needs no word to mean what another defines: of
// Go, its own package; of the others, what lies in the same folder as a face.
func near(at, src *source) bool {
	return path.Dir(at.path) == path.Dir(src.path) && (src.lang == effect.Go || face(src.path))
}

// faces returns the modules that give what they import a second name, by the
// ID that it has at home.
func (s *scan) faces() map[string][]string {
	by := map[string][]string{}
	for _, src := range s.sources {
		if src.file == nil {
			continue
		}
		for _, to := range src.file.Aliases {
			by[to] = append(by[to], src.file.Module)
		}
		for _, m := range src.file.Stars {
			by[m] = append(by[m], src.file.Module)
		}
	}
	return by
}

// called is the name by which f is called: a constructor's is its class's.
func called(f *effect.Func) string {
	switch f.Name {
	case "__init__", "__new__", "__post_init__", "__enter__", "__aenter__", "constructor":
		return last(f.Class)
	}
	return f.Name
}

// plainest is the longest part of a module's name that is a word in a source:
// of "state-store" the vocabulary has "state" and "store".
func plainest(name string) string {
	longest := ""
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '.' || r == '@' || r == '+' || r == ' ' }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

func last(id string) string { return id[strings.LastIndexAny(id, "./")+1:] }

// marksOf are words of which a caller's file holds one: the module that it
// imports, by its own name or by that of one that passes it on, or the class.
func marksOf(src *source, f *effect.Func, faces map[string][]string) []string {
	id, words := f.ID, []string{last(src.file.Module)}
	if f.Class != "" {
		id = f.Class
		if src.lang != effect.Go {
			words = []string{last(f.Class)}
		}
	}
	for _, m := range append(slices.Clip(faces[id]), faces[src.file.Module]...) {
		words = append(words, last(m))
	}
	return words
}

// acts reports whether a function does anything to files itself, or hands what
// it was given to one that is known to.
func (c *callers) acts(f *effect.Func) bool {
	return slices.ContainsFunc(f.Effects, func(e effect.Effect) bool {
		switch e.Op {
		case effect.Invoke:
			return e.Call.System != nil || slices.ContainsFunc(e.Call.Callees, func(id string) bool { return c.known[id] }) && handsOn(f, e.Call)
		case effect.Exists, effect.Parse, effect.Lock, effect.Mkdir:
			return false
		}
		return true
	})
}

// handsOn reports whether a call is given one of f's own parameters.
func handsOn(f *effect.Func, c *effect.Invocation) bool {
	own := func(v *effect.Value) bool {
		return v.Any(func(p *effect.Value) bool { return p.Kind == effect.Param && p.Name == f.ID })
	}
	for _, v := range c.Named {
		if own(v) {
			return true
		}
	}
	return own(c.Recv) || slices.ContainsFunc(c.Args, own)
}
