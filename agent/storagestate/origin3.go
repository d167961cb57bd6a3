package storagestate

import "github.com/wholly-go/wholly/agent/internal/lossless"

// origins3 merges the origins of two writers, in the order of theirs and then
// sorted.
func (m *merger) origins3(base, ours, theirs []*lossless.Node) []*lossless.Node {
	was := m.readOrigins(base, "", side[string]{})
	is := m.readOrigins(theirs, Invalid, side[string]{})
	our := m.readOrigins(ours, Skipped, is)
	var out, fresh []*lossless.Node
	for _, e := range is.entries {
		n := e.node
		if e.why == "" {
			n = m.origin3(e.key, was.get(e.key), our.get(e.key), e.node)
		}
		if n != nil {
			out = append(out, n)
		}
	}
	for _, e := range our.entries {
		if _, known := is.at[e.key]; known || e.why != "" {
			continue
		}
		if n := m.origin3(e.key, was.get(e.key), e.node, nil); n != nil {
			fresh = append(fresh, n)
		}
	}
	sortOrigins(fresh)
	return append(out, fresh...)
}

// origin3 settles one origin; nil if it is gone. One side at least has it.
func (m *merger) origin3(name string, base, ours, theirs *lossless.Node) *lossless.Node {
	switch {
	case ours == nil && base == nil:
		m.countAll(theirs)
		return theirs
	case theirs == nil && base == nil:
		m.report.add(Added, Item{Kind: KindOrigin, Origin: name}, "")
		return m.fresh(name, ours)
	}
	deleted := ours == nil || theirs == nil
	if ours == nil {
		ours = emptied(name, base)
	}
	if theirs == nil {
		theirs = emptied(name, base)
	}
	out := theirs.Shallow()
	for _, kind := range kinds {
		m.list3(out, string(kind), base, ours, theirs, m.named(kind, name))
	}
	m.keys3(name, out, base, ours, theirs)
	if deleted {
		dropUnchanged(out, base)
		if !holdsData(out) {
			m.report.add(Dropped, Item{Kind: KindOrigin, Origin: name}, ReasonDeleted)
			return nil
		}
	}
	return forPlaywright(out, m.dialect)
}

func (m *merger) countAll(o *lossless.Node) {
	for _, kind := range kinds {
		m.report.Unchanged += o.Get(string(kind)).Len()
	}
}

// emptied stands for an origin that a writer deleted: every kind of base is
// there and empty.
func emptied(name string, base *lossless.Node) *lossless.Node {
	o := lossless.NewObject()
	o.Set("origin", lossless.NewString(name))
	for _, kind := range kinds {
		if base.Get(string(kind)) != nil {
			o.Set(string(kind), lossless.NewArray())
		}
	}
	return o
}

// dropUnchanged takes away the unknown keys of an origin that was deleted,
// unless they have changed since.
func dropUnchanged(out, base *lossless.Node) {
	var drop []string
	for key, v := range out.Members() {
		if !isList("origin", key) && lossless.Same(base.Get(key), v) {
			drop = append(drop, key)
		}
	}
	for _, key := range drop {
		out.Delete(key)
	}
}
