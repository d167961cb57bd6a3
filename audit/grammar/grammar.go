// Package grammar turns Python, JavaScript and TypeScript into trees. It is
// the only place that knows the parser: without cgo it still builds, and
// [Parse] answers [ErrNoGrammar].
package grammar

import (
	"errors"
	"iter"
)

// Lang is a language that Parse can read.
type Lang uint8

// The languages. TSX is TypeScript with markup in it, JavaScript has it always.
const (
	Python Lang = iota
	JavaScript
	TypeScript
	TSX
	langs
)

// String returns the name as people write it.
func (l Lang) String() string {
	return [...]string{"Python", "JavaScript", "TypeScript", "TypeScript (TSX)"}[l]
}

// ErrNoGrammar is returned by Parse in a build that has no grammars, because
// cgo was off or the tag nogrammar was given.
var ErrNoGrammar = errors.New("this build has no grammars (cgo was off)")

// Range is a piece of a source, in bytes, End not included.
type Range struct{ Start, End int }

// Length is how many bytes of src Parse reads, given these ranges.
func Length(src []byte, ranges []Range) (n int) {
	if len(ranges) == 0 {
		return len(src)
	}
	for _, r := range ranges {
		n += r.End - r.Start
	}
	return n
}

// Node is one node of a tree. Only the nodes with a name are kept, and those
// that stand in a field, like an operator.
type Node struct {
	Kind  string // as the grammar calls it
	Field string // its part in the parent; empty if it has none
	Range
	Bad    bool // the parser did not understand this piece, or made it up
	Parent *Node
	Kids   []*Node
}

// Tree is a parsed source.
type Tree struct {
	Src    []byte
	Root   *Node
	Broken int // how many nodes are Bad
}

// Text returns what stands in the source at n; empty for nil.
func (t *Tree) Text(n *Node) string {
	if n == nil {
		return ""
	}
	return string(t.Src[n.Start:n.End])
}

// Get returns the child in the field, nil if there is none. It may be asked
// of nil, so that paths into a tree can be written in one line.
func (n *Node) Get(field string) *Node {
	if n == nil {
		return nil
	}
	for _, k := range n.Kids {
		if k.Field == field {
			return k
		}
	}
	return nil
}

// Is says whether n is there and of one of the kinds.
func (n *Node) Is(kinds ...string) bool {
	if n == nil {
		return false
	}
	for _, k := range kinds {
		if n.Kind == k {
			return true
		}
	}
	return false
}

// Only returns the first child that is no comment, nil if there is none.
func (n *Node) Only() *Node {
	if n == nil {
		return nil
	}
	for _, k := range n.Kids {
		if k.Kind != "comment" {
			return k
		}
	}
	return nil
}

// Up returns the nearest node above n that is of one of the kinds.
func (n *Node) Up(kinds ...string) *Node {
	if n == nil {
		return nil
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Is(kinds...) {
			return p
		}
	}
	return nil
}

// All yields n and everything below it, in the order of the source.
func (n *Node) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { n.each(yield) }
}

func (n *Node) each(yield func(*Node) bool) bool {
	if n == nil {
		return true
	}
	if !yield(n) {
		return false
	}
	for _, k := range n.Kids {
		if !k.each(yield) {
			return false
		}
	}
	return true
}
