package storagestate

import "github.com/wholly-go/wholly/agent/internal/lossless"

// threeWay is what two writers made of one list.
type threeWay[K comparable] struct {
	*list[K]
	base, ours, theirs side[K]
	// oursWins settles what both have changed.
	oursWins func(item Item, ours, theirs *lossless.Node) bool
}

// merge3 brings the changes from base to ours into theirs. Each identity is
// settled alone; order and invalid items are those of theirs.
func (l *list[K]) merge3(base, ours, theirs []*lossless.Node, oursWins func(item Item, ours, theirs *lossless.Node) bool) []*lossless.Node {
	t := threeWay[K]{list: l, base: l.read(base, "", side[K]{}), oursWins: oursWins}
	t.theirs = l.read(theirs, Invalid, side[K]{})
	t.ours = l.read(ours, Skipped, t.theirs)
	out := make([]*lossless.Node, 0, len(theirs))
	for _, e := range t.theirs.entries {
		n := e.node
		if e.why == "" {
			n = t.settle3(e.key, e.node)
		}
		if n != nil {
			out = append(out, n)
		}
	}
	for _, e := range t.ours.entries {
		if _, known := t.theirs.at[e.key]; known || e.why != "" {
			continue
		}
		if n := t.missing(e.key, e.node); n != nil {
			out = append(out, n)
		}
	}
	return out
}

// settle3 returns what becomes of an item that theirs has; nil if it goes.
func (t *threeWay[K]) settle3(key K, theirs *lossless.Node) *lossless.Node {
	base, ours := t.base.get(key), t.ours.get(key)
	switch {
	case ours == nil && base != nil && t.alike(base, theirs):
		t.report.add(Dropped, t.item(key), ReasonDeleted)
		return nil
	case ours == nil || t.alike(theirs, ours):
		return t.keep(key, theirs)
	case base != nil && t.alike(base, ours):
		return t.keep(key, theirs)
	case base != nil && t.alike(base, theirs):
		return t.enter(Updated, key, ours)
	case t.oursWins(t.item(key), ours, theirs):
		return t.enter(Updated, key, ours)
	}
	return t.keep(key, theirs)
}

// missing returns what becomes of an item of ours that theirs lacks: it is new,
// or they deleted it, which holds unless we changed it meanwhile.
func (t *threeWay[K]) missing(key K, ours *lossless.Node) *lossless.Node {
	if base := t.base.get(key); base != nil && t.alike(base, ours) {
		t.report.add(Dropped, t.item(key), ReasonDeleted)
		return nil
	}
	return t.enter(Added, key, ours)
}
