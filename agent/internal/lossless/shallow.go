package lossless

import (
	"iter"
	"slices"
)

// ObjectOf returns an object of members, whose keys must be distinct. Set would
// look for each of them among the others.
func ObjectOf(members iter.Seq2[string, *Node]) *Node {
	n := NewObject()
	for key, v := range members {
		n.members = append(n.members, member{quote(nil, key), key, v})
	}
	return n
}

// Shallow returns a copy of an object or array that shares its members or
// items with n: Set, Delete, InsertAfter and SetItems of one do not touch the
// other. Nodes of other kinds, which cannot change, are returned as they are.
func (n *Node) Shallow() *Node {
	if kind := n.expand(); kind != Object && kind != Array {
		return n
	}
	c := *n
	c.forget()
	c.members, c.items = slices.Clone(n.members), slices.Clone(n.items)
	return &c
}

// InsertAfter is Set, but a new member comes right behind the member after, if
// there is one.
func (n *Node) InsertAfter(after, key string, v *Node) {
	if n.find(key) >= 0 {
		n.Set(key, v)
		return
	}
	at := n.find(after) + 1
	if at == 0 {
		at = len(n.members)
	}
	n.forget()
	n.members = slices.Insert(n.members, at, member{quote(nil, key), key, v})
}
