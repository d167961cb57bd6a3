package splice

import (
	"maps"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// reroot gives a second name to what Python sources import by a name that
// starts below the root of the tree: in lib/app/save.py, app.load is
// lib.app.load. The folders above the importing file are tried, outermost
// first.
func (x *Index) reroot(f *effect.File) {
	var roots []string
	for i, c := range f.Module {
		if c == '.' {
			roots = append(roots, f.Module[:i+1])
		}
	}
	try := func(id string) {
		if !strings.Contains(id, ".") || x.known(id) || x.aliases[id] != "" {
			return
		}
		for _, root := range roots {
			if x.known(root + id) {
				x.aliases[id] = root + id
				return
			}
		}
	}
	for _, c := range f.Classes {
		for _, b := range c.Bases {
			try(b)
		}
		for _, t := range c.Fields {
			try(t)
		}
	}
	for _, fn := range f.Funcs {
		for _, p := range fn.Params {
			try(p.Type)
		}
		for _, s := range fn.Sets {
			if s.Value != nil {
				try(s.Value.Type)
			}
		}
		for i := range fn.Effects {
			if c := fn.Effects[i].Call; c != nil {
				for _, id := range c.Callees {
					try(id)
				}
				if c.Recv != nil {
					try(c.Recv.Type)
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(f.Aliases)) { // one may be what another is looked up by
		if x.Func(id) == nil && x.Class(id) == nil {
			try(f.Aliases[id])
		}
	}
}

// known reports whether something in the tree has the ID.
func (x *Index) known(id string) bool {
	return x.funcs[id] != nil || x.classes[id] != nil || x.globals[id] != nil || x.aliases[id] != ""
}
