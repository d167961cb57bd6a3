package lossless

import "slices"

// An object of many members gets an index once it was searched a few times:
// with none, to put n members is n² comparisons. It is made anew after a change
// of places, and not at once, since what is changed and searched in turn is
// searched faster without.
const (
	many     = 64
	patience = 8 // searches
)

func (n *Node) reindex() {
	if n.scans++; n.scans < patience {
		return
	}
	n.index = make(map[string]int, 2*len(n.members))
	for i, m := range n.members {
		n.index[m.key] = i
	}
}

// forget is for who moves members or changes their keys.
func (n *Node) forget() { n.index, n.scans = nil, 0 }

// DeleteFunc removes the members of an object for which del is true, each seen
// once and in order, and reports how many.
func (n *Node) DeleteFunc(del func(key string, v *Node) bool) int {
	before := n.Len()
	if n.Kind() != Object {
		return 0
	}
	n.forget()
	n.members = slices.DeleteFunc(n.members, func(m member) bool { return del(m.key, m.node) })
	return before - len(n.members)
}
