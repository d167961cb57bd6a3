//go:build cgo && !nogrammar

package grammar

/*
#include <stddef.h>

extern void ts_set_allocator(
	void *(*)(size_t), void *(*)(size_t, size_t), void *(*)(void *, size_t), void (*)(void *));

static void plain_memory(void) { ts_set_allocator(0, 0, 0, 0); }
*/
import "C"

import (
	"bytes"
	"fmt"
	"sync"
	"unsafe"

	sitter "github.com/tree-sitter/go-tree-sitter"
	javascript "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	python "github.com/tree-sitter/tree-sitter-python/bindings/go"
	typescript "github.com/tree-sitter/tree-sitter-typescript/bindings/go"
)

// Available says whether this build can parse at all.
const Available = true

// The binding sends each allocation of the C side through Go and back, which
// costs a seventh of the time. Nothing is allocated yet when this runs.
func init() { C.plain_memory() }

// language is a grammar with the names of its kinds and fields: asking the C
// side for each node's name would cost more than parsing.
type language struct {
	sitter *sitter.Language
	kinds  []string
	named  []bool
	fields []string
}

var load = [langs]func() *language{
	Python:     sync.OnceValue(func() *language { return newLanguage(python.Language()) }),
	JavaScript: sync.OnceValue(func() *language { return newLanguage(javascript.Language()) }),
	TypeScript: sync.OnceValue(func() *language { return newLanguage(typescript.LanguageTypescript()) }),
	TSX:        sync.OnceValue(func() *language { return newLanguage(typescript.LanguageTSX()) }),
}

func newLanguage(p unsafe.Pointer) *language {
	l := &language{sitter: sitter.NewLanguage(p)}
	for id := range uint16(l.sitter.NodeKindCount()) {
		l.kinds = append(l.kinds, l.sitter.NodeKindForId(id))
		l.named = append(l.named, l.sitter.NodeKindIsNamed(id))
	}
	for id := range uint16(l.sitter.FieldCount() + 1) {
		l.fields = append(l.fields, l.sitter.FieldNameForId(id))
	}
	return l
}

// Parser holds the memory of the C side; one goroutine at a time may use it.
type Parser struct{ sitter *sitter.Parser }

// NewParser returns a parser for all languages. Close it.
func NewParser() *Parser { return &Parser{sitter: sitter.NewParser()} }

// Close frees the memory of the C side.
func (p *Parser) Close() { p.sitter.Close() }

// Parse reads the ranges of src, or all of it if there are none. Offsets are
// those of src. Source that breaks the grammar still gives a tree, with Bad
// nodes in it; an error means that there is no tree at all.
func (p *Parser) Parse(lang Lang, src []byte, ranges []Range) (*Tree, error) {
	l := load[lang]()
	if err := p.sitter.SetLanguage(l.sitter); err != nil {
		return nil, fmt.Errorf("parse %s: %w", lang, err)
	}
	if err := p.sitter.SetIncludedRanges(points(src, ranges)); err != nil {
		return nil, fmt.Errorf("parse %s: %w", lang, err)
	}
	tree := p.sitter.ParseWithOptions(chunks(src), nil, nil)
	if tree == nil {
		return nil, fmt.Errorf("parse %s: no tree", lang)
	}
	defer tree.Close()
	w := walker{lang: l, cursor: tree.Walk(), tree: &Tree{Src: src}}
	defer w.cursor.Close()
	w.tree.Root = w.node(nil)
	return w.tree, nil
}

// chunks hands out the source in pieces: the binding copies each piece that it
// is given, at every range anew.
func chunks(src []byte) func(int, sitter.Point) []byte {
	const piece = 4096
	return func(at int, _ sitter.Point) []byte {
		if at >= len(src) {
			return nil
		}
		return src[at:min(at+piece, len(src))]
	}
}

// points adds rows and columns, which the C side wants as well.
func points(src []byte, ranges []Range) []sitter.Range {
	var out []sitter.Range
	at, row, line := 0, uint(0), 0 // line is where the row begins
	move := func(to int) sitter.Point {
		row += uint(bytes.Count(src[at:to], []byte{'\n'}))
		if i := bytes.LastIndexByte(src[at:to], '\n'); i >= 0 {
			line = at + i + 1
		}
		at = to
		return sitter.Point{Row: row, Column: uint(to - line)}
	}
	for _, r := range ranges {
		out = append(out, sitter.Range{
			StartByte: uint(r.Start), StartPoint: move(r.Start),
			EndByte: uint(r.End), EndPoint: move(r.End),
		})
	}
	return out
}

// walker copies the C side's tree into ours.
type walker struct {
	lang   *language
	cursor *sitter.TreeCursor
	tree   *Tree
	slab   []Node
}

func (w *walker) node(parent *Node) *Node {
	at, field := w.cursor.Node(), w.cursor.FieldId()
	kind := at.KindId()
	start, end := at.StartByte(), at.EndByte()
	bad := kind == 0xffff || start == end && at.IsMissing() // what is made up is empty
	named := kind == 0xffff || w.lang.named[kind]
	if !named && field == 0 && !bad {
		return nil
	}
	n := w.fresh()
	n.Parent, n.Bad = parent, bad
	n.Start, n.End = int(start), int(end)
	n.Kind = "ERROR"
	if kind != 0xffff {
		n.Kind = w.lang.kinds[kind]
	}
	n.Field = w.lang.fields[field]
	if bad {
		w.tree.Broken++
	}
	if named && n.Kind != "identifier" && w.cursor.GotoFirstChild() {
		for ok := true; ok; ok = w.cursor.GotoNextSibling() {
			if k := w.node(n); k != nil {
				n.Kids = append(n.Kids, k)
			}
		}
		w.cursor.GotoParent()
	}
	return n
}

func (w *walker) fresh() *Node {
	if len(w.slab) == 0 {
		w.slab = make([]Node, 256)
	}
	n := &w.slab[0]
	w.slab = w.slab[1:]
	return n
}
