package lossless

import (
	"bytes"
	"encoding/json"
	"iter"
	"math/big"
	"slices"
	"strconv"
)

// Kind is the type of a JSON value.
type Kind uint8

const (
	Absent Kind = iota // of a nil *Node
	Null
	Bool
	Number
	String
	Array
	Object
)

// String is the name of the kind as an error tells it.
func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// Node is one JSON value. Methods that only read may be called on nil, which is
// a value that is not there.
type Node struct {
	text    []byte // as written; nil once the node was taken apart
	at      int    // offset of text in the document plus one; 0 for what was made here
	open    Kind   // Object or Array once taken apart
	scans   uint8  // how often members was searched without an index
	members []member
	items   []*Node
	index   map[string]int // into members; nil if there is none
}

type member struct {
	literal []byte // the key as written
	key     string
	node    *Node
}

// NewObject returns an empty object.
func NewObject() *Node { return &Node{open: Object} }

// NewArray returns an array of items.
func NewArray(items ...*Node) *Node { return &Node{open: Array, items: items} }

// NewString returns a string. A lone surrogate in s, as Str returns it, becomes
// its escape again.
func NewString(s string) *Node { return &Node{text: quote(nil, s)} }

// NewInt returns a number.
func NewInt(n int64) *Node { return &Node{text: strconv.AppendInt(nil, n, 10)} }

// NewBool returns a boolean.
func NewBool(b bool) *Node { return &Node{text: strconv.AppendBool(nil, b)} }

// NewNull returns null.
func NewNull() *Node { return &Node{text: []byte("null")} }

// Kind tells the type; Absent for nil.
func (n *Node) Kind() Kind {
	switch {
	case n == nil:
		return Absent
	case n.open != Absent:
		return n.open
	}
	switch n.text[0] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n', 'N', 'I':
		return Null
	case '-':
		if len(n.text) > 1 && n.text[1] == 'I' {
			return Null
		}
	}
	return Number
}

// Str returns the text of a string, lone surrogates in their three bytes; ok is
// false for every other kind.
func (n *Node) Str() (s string, ok bool) {
	if n.Kind() != String {
		return "", false
	}
	return unquote(n.text), true
}

// Bool returns the value of a boolean; ok is false for every other kind.
func (n *Node) Bool() (b, ok bool) {
	if n.Kind() != Bool {
		return false, false
	}
	return n.text[0] == 't', true
}

// Number returns the text of a number, as it was written; ok is false for every
// other kind.
func (n *Node) Number() (text json.Number, ok bool) {
	if n.Kind() != Number {
		return "", false
	}
	return json.Number(n.text), true
}

// Offset is where the value begins in the document that it was read from; -1
// for one that was made.
func (n *Node) Offset() int {
	if n == nil {
		return -1
	}
	return n.at - 1
}

// expand takes an object or array apart.
func (n *Node) expand() Kind {
	if n == nil || n.open != Absent {
		return n.Kind()
	}
	kind := n.Kind()
	if kind != Object && kind != Array {
		return kind
	}
	p := parts{text: n.text, i: 1}
	if kind == Object {
		n.members = p.members(n.at)
	} else {
		n.items = p.items(n.at)
	}
	n.open, n.text = kind, nil
	return kind
}

// Len is the number of members or items, 0 for other kinds.
func (n *Node) Len() int {
	switch n.expand() {
	case Object:
		return len(n.members)
	case Array:
		return len(n.items)
	}
	return 0
}

// Get returns the member key, nil if n has none or is no object.
func (n *Node) Get(key string) *Node {
	if i := n.find(key); i >= 0 {
		return n.members[i].node
	}
	return nil
}

func (n *Node) find(key string) int {
	if n.expand() != Object {
		return -1
	}
	if len(n.members) > many && n.index == nil {
		n.reindex()
	}
	if n.index != nil {
		if i, ok := n.index[key]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(n.members, func(m member) bool { return m.key == key })
}

// Set gives the member key the value v: in its place, or at the end if it is
// new. n must be an object.
func (n *Node) Set(key string, v *Node) {
	if i := n.find(key); i >= 0 {
		n.members[i].node = v
		return
	}
	if n.index != nil {
		n.index[key] = len(n.members)
	}
	n.members = append(n.members, member{quote(nil, key), key, v})
}

// Delete removes the member key and reports whether there was one.
func (n *Node) Delete(key string) bool {
	i := n.find(key)
	if i >= 0 {
		n.members = slices.Delete(n.members, i, i+1)
		n.forget()
	}
	return i >= 0
}

// Members yields key and value of each member of an object, in order. The
// object must not be changed meanwhile.
func (n *Node) Members() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) {
		if n.expand() != Object {
			return
		}
		for _, m := range n.members {
			if !yield(m.key, m.node) {
				return
			}
		}
	}
}

// Rewrite gives each member of an object the key and the value that f returns
// for it, and each item of an array, for which key is empty, the value. A key
// that stays keeps its text. f must keep the keys of an object distinct.
func (n *Node) Rewrite(f func(key string, v *Node) (string, *Node)) {
	switch n.expand() {
	case Object:
		n.forget()
		for i, m := range n.members {
			key, v := f(m.key, m.node)
			n.members[i].node = v
			if key != m.key {
				n.members[i].key, n.members[i].literal = key, quote(nil, key)
			}
		}
	case Array:
		for i, item := range n.items {
			_, n.items[i] = f("", item)
		}
	}
}

// Each yields key and value of each member of an object, or each item of an
// array with an empty key, in order, and takes nothing apart: for looking over
// a large document once. A value is good until the next one. Other than
// Members it may yield what stands twice under one key twice.
func (n *Node) Each() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) {
		if n != nil && n.open == Absent {
			n.eachOfText(yield)
			return
		}
		for key, v := range n.Members() {
			if !yield(key, v) {
				return
			}
		}
		for _, v := range n.Items() {
			if !yield("", v) {
				return
			}
		}
	}
}

func (n *Node) eachOfText(yield func(string, *Node) bool) {
	kind := n.Kind()
	if kind != Object && kind != Array {
		return
	}
	var v Node
	for p := (parts{text: n.text, i: 1}); p.next(); {
		key := ""
		if kind == Object {
			key = unquote(p.key())
		}
		p.value(&v, n.at)
		if !yield(key, &v) {
			return
		}
	}
}

// Items returns the items of an array, nil for other kinds. The slice is the
// array's own.
func (n *Node) Items() []*Node {
	if n.expand() != Array {
		return nil
	}
	return n.items
}

// SetItems makes items those of the array n.
func (n *Node) SetItems(items []*Node) {
	if n.expand() == Array {
		n.items = items
	}
}

// Peek returns n for reading only: what reading takes apart is kept in the
// result, not in n, and goes when the result goes. It is good until n is
// changed.
func (n *Node) Peek() *Node {
	if n == nil {
		return nil
	}
	c := *n
	return &c
}

// Clone returns a copy that shares no part that can be changed.
func (n *Node) Clone() *Node {
	if n == nil {
		return nil
	}
	c := *n
	c.forget()
	c.members = slices.Clone(n.members)
	for i := range c.members {
		c.members[i].node = c.members[i].node.Clone()
	}
	c.items = slices.Clone(n.items)
	for i := range c.items {
		c.items[i] = c.items[i].Clone()
	}
	return &c
}

// Same reports whether a and b hold the same: objects in any order of keys,
// numbers by value, strings by what they stand for.
func Same(a, b *Node) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	if a != nil && a.open == Absent && b.open == Absent && bytes.Equal(a.text, b.text) {
		return true // nobody has taken them apart, and nobody need
	}
	switch a.Kind() {
	case Object:
		if a.Len() != b.Len() {
			return false
		}
		for key, v := range a.Members() {
			if w := b.Get(key); w == nil || !Same(v, w) {
				return false
			}
		}
		return true
	case Array:
		return slices.EqualFunc(a.Items(), b.Items(), Same)
	case Number:
		return bytes.Equal(a.text, b.text) || sameNumber(string(a.text), string(b.text))
	case String:
		return bytes.Equal(a.text, b.text) || unquote(a.text) == unquote(b.text)
	}
	return a.Kind() == Null || a.Kind() == Absent || a.text[0] == b.text[0]
}

// sameNumber compares exactly; numbers with huge exponents only by their text.
func sameNumber(a, b string) bool {
	if len(a) > 40 || len(b) > 40 {
		return false
	}
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	if errA != nil || errB != nil || x != y {
		return false
	}
	if x != 0 && (x > 1e30 || x < -1e30 || x < 1e-30 && x > -1e-30) {
		return true
	}
	p, okA := new(big.Rat).SetString(a)
	q, okB := new(big.Rat).SetString(b)
	return okA && okB && p.Cmp(q) == 0
}
