package splice

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// handedOn returns fn with the calls put in that turn out to be the file
// system's: a module of the tree hands it on under a name.
func (x *Index) handedOn(fn *effect.Func) *effect.Func {
	b := &binding{calls: map[string][]*effect.Value{}, seen: map[*effect.Value]*effect.Value{}}
	var all []effect.Effect
	for i := range fn.Effects {
		e := &fn.Effects[i]
		if e.Op != effect.Invoke || e.Call.System == nil || !x.isSystem(e.Call.System.Owner, 4) {
			if all != nil {
				all = append(all, *e)
			}
			continue
		}
		if all == nil {
			all = slices.Clone(fn.Effects[:i])
		}
		b.calls[e.At.Site()] = e.Call.System.Gives
		for _, d := range e.Call.System.Does {
			d.In, d.React = e.In, e.React
			all = append(all, d)
		}
	}
	if all == nil {
		return fn
	}
	out := *fn
	out.Effects, out.Results, out.Sets = make([]effect.Effect, len(all)), b.values(fn.Results), slices.Clone(fn.Sets)
	for i := range all {
		out.Effects[i] = b.effect(all[i])
	}
	for i := range out.Sets {
		out.Sets[i].Value = b.value(out.Sets[i].Value)
	}
	return &out
}

// isSystem reports whether an ID is another name for the file system, or for
// its promises.
func (x *Index) isSystem(id string, depth int) bool {
	switch id {
	case "fs", "fsp", "fsx", "fs.promises", "fsx.promises", "fs.default", "fsp.default", "fsx.default":
		return true
	}
	if depth == 0 {
		return false
	}
	if to, ok := x.aliases[id]; ok {
		return x.isSystem(to, depth-1)
	}
	dot := strings.LastIndexByte(id, '.')
	if dot < 0 {
		return false
	}
	if to, ok := x.aliases[id[:dot]]; ok && x.isSystem(to+id[dot:], depth-1) {
		return true
	}
	return slices.ContainsFunc(x.stars[id[:dot]], func(m string) bool { return x.isSystem(m+id[dot:], depth-1) })
}
