//go:build cgo && !nogrammar

package grammar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	sitter "github.com/tree-sitter/go-tree-sitter"
	javascript "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	python "github.com/tree-sitter/tree-sitter-python/bindings/go"
	typescript "github.com/tree-sitter/tree-sitter-typescript/bindings/go"

	"github.com/wholly-go/wholly/audit/grammar"
)

var bindings = map[grammar.Lang]func() unsafe.Pointer{
	grammar.Python: python.Language, grammar.JavaScript: javascript.Language,
	grammar.TypeScript: typescript.LanguageTypescript, grammar.TSX: typescript.LanguageTSX,
}

var samples = map[grammar.Lang][]string{
	grammar.Python: {
		"",
		"import os\n\nasync def save(p: Path, *a, **k) -> None:\n    \"\"\"doc\"\"\"\n    async with open(f\"{p}.tmp\", 'w') as f:  # note\n        await f.write(x[1:2] if a else None)\n    os.replace(p + '.tmp', p)\n",
		"def f(:\n  )(\n class\n\x00 é = '",
		"match x:\n    case [1, *_] if y: pass\n",
	},
	grammar.JavaScript: {"export const a = async ({b, ...c}) => { await fs.writeFile(`${b}.tmp`, /x[/]/.test(c) ? 1 : null) }", "a(<p>don't</p>)", "function ( {{ `"},
	grammar.TypeScript: {"class A<T> extends B implements C { private readonly p?: string = 'x'; m(this: A, q: number): asserts q is 1 { for await (const x of y) {} } }", "<T>x; type"},
	grammar.TSX:        {"const a: FC<P> = (p) => <div {...p}>{p.x!}</div>;", "<"},
}

// The tree that one C call gives is that of the parser's own binding: it
// would not be if a declaration in flat.h were not that of the library.
func TestFlatTreeIsTheBindings(t *testing.T) {
	p := grammar.NewParser()
	for lang, texts := range samples {
		own := sitter.NewParser()
		defer own.Close()
		if err := own.SetLanguage(sitter.NewLanguage(bindings[lang]())); err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			src := []byte(text)
			got, err := p.Parse(lang, src, nil)
			if err != nil {
				t.Fatal(err)
			}
			tree := own.Parse(src, nil)
			var want, have strings.Builder
			bad := 0
			theirs(&want, tree.Walk(), 0, &bad)
			tree.Close()
			ours(&have, got.Root, 0)
			if want.String() != have.String() || got.Broken != bad {
				t.Errorf("%s %q: %d bad, want %d\n%s\nwant\n%s", lang, text, got.Broken, bad, have.String(), want.String())
			}
		}
	}
}

func line(b *strings.Builder, depth int, field, kind string, start, end int, bad bool) {
	fmt.Fprintf(b, "%s%s:%s %d-%d %v\n", strings.Repeat(" ", depth), field, kind, start, end, bad)
}

func theirs(b *strings.Builder, c *sitter.TreeCursor, depth int, bads *int) {
	n := c.Node()
	bad := n.IsError() || n.IsMissing()
	if !n.IsNamed() && c.FieldName() == "" && !bad {
		return
	}
	if bad {
		*bads++
	}
	line(b, depth, c.FieldName(), n.Kind(), int(n.StartByte()), int(n.EndByte()), bad)
	if n.IsNamed() && n.Kind() != "identifier" && c.GotoFirstChild() {
		for ok := true; ok; ok = c.GotoNextSibling() {
			theirs(b, c, depth+1, bads)
		}
		c.GotoParent()
	}
}

func ours(b *strings.Builder, n *grammar.Node, depth int) {
	line(b, depth, n.Field, n.Kind, n.Start, n.End, n.Bad)
	for _, k := range n.Kids {
		if k.Parent != n {
			fmt.Fprintln(b, "not its parent")
		}
		ours(b, k, depth+1)
	}
}

// What lies between the ranges is not there, and the offsets are the source's.
func TestRangesKeepOffsets(t *testing.T) {
	src := "import a\ndef f():\n    gone(1)\nb = c\n"
	p := grammar.NewParser()
	for range 2 { // a parser is used again
		tree, err := p.Parse(grammar.Python, []byte(src), []grammar.Range{{Start: 0, End: 18}, {Start: 30, End: len(src)}})
		if err != nil {
			t.Fatal(err)
		}
		var kinds, words []string
		for n := range tree.Root.All() {
			kinds = append(kinds, n.Kind)
			if n.Is("identifier") {
				words = append(words, tree.Text(n))
			}
		}
		if tree.Broken > 0 || !slices.Equal(words, []string{"a", "f", "b", "c"}) || slices.Contains(kinds, "call") {
			t.Errorf("%d bad, %v in %v", tree.Broken, words, kinds)
		}
	}
}

func TestRangesOutOfOrderAreRefused(t *testing.T) {
	if _, err := grammar.NewParser().Parse(grammar.Python, []byte("ab = c\n"), []grammar.Range{{Start: 3, End: 5}, {Start: 0, End: 2}}); err == nil {
		t.Error("no error")
	}
}

func BenchmarkParse(b *testing.B) {
	src := []byte(strings.Repeat(samples[grammar.Python][1], 100))
	p := grammar.NewParser()
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Parse(grammar.Python, src, nil); err != nil {
			b.Fatal(err)
		}
	}
}
