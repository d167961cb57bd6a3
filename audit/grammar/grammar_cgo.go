//go:build cgo && !nogrammar

package grammar

/*
#cgo noescape flat_parse
#cgo nocallback flat_parse
#include "flat.h"

static void plain_memory(void) { ts_set_allocator(0, 0, 0, 0); }
*/
import "C"

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"unicode/utf8"
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
	sitter unsafe.Pointer
	kinds  []string
	says   []C.uint8_t // FLAT_NAMED, FLAT_LEAF
	fields []string
}

var load = [langs]func() *language{
	Python:     sync.OnceValue(func() *language { return newLanguage(python.Language()) }),
	JavaScript: sync.OnceValue(func() *language { return newLanguage(javascript.Language()) }),
	TypeScript: sync.OnceValue(func() *language { return newLanguage(typescript.LanguageTypescript()) }),
	TSX:        sync.OnceValue(func() *language { return newLanguage(typescript.LanguageTSX()) }),
}

func newLanguage(p unsafe.Pointer) *language {
	l, s := &language{sitter: p}, sitter.NewLanguage(p)
	for id := range uint16(s.NodeKindCount()) {
		name, says := s.NodeKindForId(id), C.uint8_t(0)
		if s.NodeKindIsNamed(id) {
			says = C.FLAT_NAMED
		}
		if name == "identifier" {
			says |= C.FLAT_LEAF
		}
		l.kinds, l.says = append(l.kinds, name), append(l.says, says)
	}
	for id := range uint16(s.FieldCount() + 1) {
		l.fields = append(l.fields, s.FieldNameForId(id))
	}
	return l
}

// Parser holds the memory of the C side; one goroutine at a time may use it.
type Parser struct {
	sitter *C.TSParser
	flat   C.flat_tree
	ranges []C.TSRange
	nodes  []Node
	kids   []*Node
}

// NewParser returns a parser for all languages. Its memory is freed when
// nobody holds it any more.
func NewParser() *Parser {
	p := &Parser{sitter: C.ts_parser_new()}
	runtime.SetFinalizer(p, (*Parser).free)
	return p
}

func (p *Parser) free() {
	C.ts_parser_delete(p.sitter)
	C.flat_free(&p.flat)
}

var failures = map[C.int]string{C.FLAT_LANGUAGE: "grammar of another version", C.FLAT_RANGES: "ranges out of order",
	C.FLAT_TREE: "no tree", C.FLAT_MEMORY: "no memory"}

// Parse reads the ranges of src, or all of it if there are none. The tree is
// good until the parser is used again. Offsets are those of src. Source that breaks the grammar still gives a tree, with Bad
// nodes in it; an error means that there is no tree at all.
func (p *Parser) Parse(lang Lang, src []byte, ranges []Range) (*Tree, error) {
	l := load[lang]()
	if !p.points(src, ranges) {
		return nil, fmt.Errorf("parse %s: ranges out of order", lang)
	}
	code := C.flat_parse(p.sitter, (*C.TSLanguage)(l.sitter), unsafe.SliceData(l.says),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(masked(src)))), C.uint32_t(len(src)),
		unsafe.SliceData(p.ranges), C.uint32_t(len(p.ranges)), &p.flat)
	if code != 0 {
		return nil, fmt.Errorf("parse %s: %s", lang, failures[code])
	}
	return &Tree{Src: src, Root: p.grow(l), Broken: int(p.flat.bad)}, nil
}

// masked returns src with each byte that is no UTF-8 made a letter: sources in
// other encodings parse as well then, with the same offsets.
func masked(src []byte) []byte {
	if utf8.Valid(src) {
		return src
	}
	out := slices.Clone(src)
	for i := 0; i < len(out); {
		r, n := utf8.DecodeRune(out[i:])
		if r == utf8.RuneError && n == 1 {
			out[i] = 'x'
		}
		i += n
	}
	return out
}

// grow makes the array a tree.
func (p *Parser) grow(l *language) *Node {
	flat := unsafe.Slice(p.flat.at, p.flat.len)
	if cap(p.nodes) < len(flat) {
		n := len(flat) + len(flat)/4
		p.nodes, p.kids = make([]Node, n), make([]*Node, n)
	}
	nodes, kids := p.nodes[:len(flat)], p.kids[:len(flat)]
	for i := range flat {
		f, n := &flat[i], &nodes[i]
		n.Start, n.End, n.Bad = int(f.start), int(f.end), f.bad != 0
		n.Kind, n.Field = "ERROR", l.fields[f.field]
		if f.kind != C.FLAT_ERROR {
			n.Kind = l.kinds[f.kind]
		}
		n.Kids, kids = kids[:0:f.kids], kids[f.kids:]
		n.Parent = nil
		if i > 0 {
			n.Parent = &nodes[f.up]
			n.Parent.Kids = append(n.Parent.Kids, n)
		}
	}
	return &nodes[0]
}

// points adds rows and columns, which the C side wants as well. It reports
// whether the ranges lie in src and in order.
func (p *Parser) points(src []byte, ranges []Range) bool {
	p.ranges = p.ranges[:0]
	at, row, line := 0, 0, 0 // line is where the row begins
	move := func(to int) C.TSPoint {
		row += bytes.Count(src[at:to], []byte{'\n'})
		if i := bytes.LastIndexByte(src[at:to], '\n'); i >= 0 {
			line = at + i + 1
		}
		at = to
		return C.TSPoint{row: C.uint32_t(row), column: C.uint32_t(to - line)}
	}
	for _, r := range ranges {
		if r.Start < at || r.End < r.Start || r.End > len(src) {
			return false
		}
		p.ranges = append(p.ranges, C.TSRange{
			start_byte: C.uint32_t(r.Start), start_point: move(r.Start),
			end_byte: C.uint32_t(r.End), end_point: move(r.End),
		})
	}
	return true
}
