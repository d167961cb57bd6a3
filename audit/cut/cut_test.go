package cut_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/cut"
	"github.com/wholly-go/wholly/audit/grammar"
)

var many = strings.Repeat("1, ", 200)

// What is left of a source: bodies without a hit are gone, all else is there.
func TestOnlyBodiesWithoutAWordAreLeftOut(t *testing.T) {
	for _, c := range []struct{ name, src, kept string }{
		{"plain", "import x\ndef a():\n    hot()\ndef b():\n    gone()\nz = 1\n", "import x\ndef a():\n    hot()\nz = 1\n"},
		{"class", "class A:\n  def __init__(self):\n    self.p = 1\n  def m(self):\n    gone()\n  x = hot\n", "class A:\n  def __init__(self):\n    self.p = 1\n  x = hot\n"},
		{"nested class", "class A:\n  class B:\n    def m(self):\n      gone()\n  def n(self):\n    gone()\n", "class A:\n  class B:\n  def n(self):\n"},
		{"condition", "if x:\n  def f():\n    gone()\n", "if x:\n  def f():\n"},
		{"decorators", "class A:\n  @a\n  @b(1)\n  def m(self):\n    gone()\n  @property\n  def p(self):\n    kept\nhot\n", "class A:\n  @property\n  def p(self):\n    kept\nhot\n"},
		{"nothing to ask for", "class A:\n  def __init__(self):\n    gone\n  x = 2\n", "class A:\n  x = 2\n"},
		{"brackets", "def a(x=(1,\n2)) -> T:\n  gone = [\n1]\n  more\nend\n", "def a(x=(1,\n2)) -> T:\nend\n"},
		{"strings", "def a():\n  hot('''\nnot code: def x():\n''')\ndef b():\n  \"a # b hot\"; gone()\nend\n", "def a():\n  hot('''\nnot code: def x():\n''')\nend\n"},
		{"one line", "def a(): return 1\ndef b() -> T: # why\n  gone\nend\n", "def a(): return 1\ndef b() -> T: # why\nend\n"},
		{"typed", "async def a(x: int) -> dict[str, int]:\n\tgone\n\tdef inner(): pass\nend\n", "async def a(x: int) -> dict[str, int]:\nend\n"},
		{"comments end nothing", "def a():\n  hot\n# at the margin\n  rest\nend\n", "def a():\n  hot\n# at the margin\n  rest\nend\n"},
		{"long list", "x = [1, " + many + "]\ny = f(" + many + ")\nz = [a for a, b in " + many + "]\n", "x = [1,]\ny = f(" + many + ")\nz = [a for a, b in " + many + "]\n"},
		{"names of files", "def a():\n  return os.path.join(kept, x)\ndef b():\n  gone = os.path.join(x)\nend\n", "def a():\n  return os.path.join(kept, x)\nend\n"},
		{"a method's, if anybody asks", "class A:\n  def a(self):\n    return self.gone / 'x'\nend\n", "class A:\nend\n"},
		{"long list with a word", "x = [1, hot, " + many + "]\n", "x = [1, hot, " + many + "]\n"},
	} {
		look := cut.Python([]byte(c.src), hot)
		if got := left(c.src, look); look.Whole || got != c.kept {
			t.Errorf("%s: left\n%s\nwant\n%s", c.name, got, c.kept)
		}
	}
}

func TestScriptBodiesWithoutAWordAreLeftOut(t *testing.T) {
	for _, c := range []struct{ name, src, kept string }{
		{"functions", "function a() { hot(); }\nfunction b() { gone(); }\nz", "function a() { hot(); }\nfunction b() {}\nz"},
		{"arrows", "const a = () => { hot }; const b = async x => { gone };", "const a = () => { hot }; const b = async x => {};"},
		{"class", "hot; class A { constructor(x) { this.x = x } m() { gone } static async n(a, b) { hot } }", "hot; class A { constructor(x) { this.x = x } m() {} static async n(a, b) { hot } }"},
		{"typed", "m(): Promise<void> { gone }\nn(a: string): string { hot }", "m(): Promise<void> {}\nn(a: string): string { hot }"},
		{"control", "if (x) { kept }\nfor (;;) { kept }\ntry { kept } catch (e) { kept }", "if (x) { kept }\nfor (;;) { kept }\ntry { kept } catch (e) { kept }"},
		{"templates", "function a() { return `}${ {a: `}`} }}`; }\nend", "function a() {}\nend"},
		{"regular expressions", "function a() { return /[}/]\\/{/.test(x) / 2; }\nend", "function a() {}\nend"},
		{"comments", "function a() { // }\n /* } */ gone }\nend", "function a() {}\nend"},
		{"apostrophe in text", "function a() { return <p>don't</p>; }\nend", "function a() {}\nend"},
	} {
		look := cut.Script([]byte(c.src), hot, nil)
		if got := left(c.src, look); look.Whole || got != c.kept {
			t.Errorf("%s: left\n%s\nwant\n%s", c.name, got, c.kept)
		}
	}
}

var hot = cut.NewWords(nil).With([]string{"hot"})

func left(src string, look cut.Look) string {
	ranges, _ := look.Keep(len(src))
	if ranges == nil {
		return src
	}
	var b strings.Builder
	for _, r := range ranges {
		b.WriteString(src[r.Start:r.End])
	}
	return b.String()
}

// files are words as a table has them: os.replace, shutil.copy, the built-in
// open and the method replace, which of a text has two arguments.
var files = cut.NewWords([]cut.Word{
	{Text: "replace", Of: []string{"os"}}, {Text: "replace", Method: true, Args: 1}, {Text: "copy", Of: []string{"shutil"}},
	{Text: "open", Bare: true}, {Text: "open", Of: []string{"io"}}, {Text: "write_text", Method: true},
	{Text: "writeFile", Of: []string{"fs"}},
})

// Where a word stands decides whether it speaks of files.
func TestWordsCountWhereTheyMean(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"os.replace(a, b); text.replace(a, b); p.replace(b)", "os.replace p.replace"},
		{"d.copy(); shutil.copy(a, b); copy(a)", "shutil.copy"},
		{"from shutil import copy\ncopy(a, b)", "import.copy .copy"},
		{"import shutil as sh\nsh.copy(a, b); x.copy(a)", "sh.copy"},
		{"import shutil as _shutil\ndef f(copy=_shutil.copy): copy()", "_shutil.copy .copy"},
		{"from shutil import *\ncopy(a, b)", ".copy"},
		{"def open(x): pass\nf(open=1)\nwith open(x): to_thread(open, x)", ".open .open"},
		{"s = 'open(x)' # open(x)\n\"\"\"open(x)\"\"\"\n", ""},
		{"x = f'{open(p).read()}'", ".open"},
		{"move = os.replace\nmove(a, b)", "os.replace .move"},
		{"x.write_text(y); write_text(y)", "x.write_text"},
		{"from os import (\n  replace as swap)\nswap(a, b)", "import.replace .swap .swap"},
	} {
		look := cut.Python([]byte(c.src), files)
		if got := words(c.src, look.Hits); got != c.want {
			t.Errorf("%q: %q, want %q", c.src, got, c.want)
		}
	}
}

// In JavaScript a module must be imported, under whatever name.
func TestScriptWordsNeedAModule(t *testing.T) {
	fs := map[string]bool{"fs": true, "fs/promises": true}
	for _, c := range []struct{ src, want string }{
		{"import * as files from 'node:fs'; files.writeFile(a, b)", "files.writeFile"},
		{"this.open(); files.writeFile(a, b)", ""},
		{"const { writeFile: save } = require('fs/promises'); save(a)", ".writeFile .save .save"},
		{"// fs\nfiles.writeFile(a, b); '// fs'", ""},
		{"x = `${await p.write_text(q)} p.write_text`", "p.write_text"},
	} {
		look := cut.Script([]byte(c.src), files, fs)
		if got := words(c.src, look.Hits); got != c.want {
			t.Errorf("%q: %q, want %q", c.src, got, c.want)
		}
	}
}

// words are those at the offsets, with what stands before a dot, or "import".
func words(src string, at []int) string {
	var out []string
	for _, i := range at {
		of := src[:i]
		name := of[strings.LastIndexAny(of, " \n;(={")+1:]
		if strings.HasSuffix(of, "import ") || strings.HasSuffix(of, "import (\n  ") {
			name = "import"
		}
		end := i + strings.IndexAny(src[i:]+"(", "(), :;\n}")
		out = append(out, strings.TrimSuffix(name, ".")+"."+src[i:end])
	}
	return strings.Join(out, " ")
}

// A long text that says what a function does is left out, one that is used is
// not.
func TestDocumentationIsLeftOut(t *testing.T) {
	long := "\"\"\"" + strings.Repeat("word ", 40) + "\"\"\"\n"
	src := long + "class A:\n  " + long + "  def m(self):\n    " + long + "    hot(" + long + ")\nx = " + long
	none := "\"\"\"\"\"\"\n"
	want := none + "class A:\n  " + none + "  def m(self):\n    " + none + "    hot(" + long + ")\nx = " + long
	if got := left(src, cut.Python([]byte(src), hot)); got != want {
		t.Errorf("left\n%s\nwant\n%s", got, want)
	}
}

// The parser looks through all ranges for each token, so there are never very
// many of them: only the longest pieces are left out then.
func TestRangesAreBounded(t *testing.T) {
	var src strings.Builder
	for i := range 5000 {
		src.WriteString("def f():\n    gone" + strings.Repeat("x", i%7*10) + "\ndef g():\n    hot()\n")
	}
	look := cut.Python([]byte(src.String()), hot)
	ranges, left := look.Keep(src.Len())
	inOrder(t, ranges, src.Len())
	if n := len(ranges); n < 500 || n > 1001 || len(left) != 5000 {
		t.Errorf("%d ranges, %d functions left out", n, len(left))
	}
	for _, r := range ranges {
		if r.End-r.Start > 1 && strings.Contains(src.String()[r.Start:r.End], strings.Repeat("x", 60)) {
			t.Fatalf("a long one is kept: %q", src.String()[r.Start:r.End])
		}
	}
}

// Whatever the source, the ranges lie in it, in order, and the lexers end.
func FuzzBodies(f *testing.F) {
	for _, s := range []string{"def a():\n  '''", "class A:\n\tdef b(self): pass\n", "f(`${`a${1}`}`)", "a => { /}/ }", "\\", "x = '\\", "{`", "def é(:\n #\n\\"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, look := range []cut.Look{cut.Python(src, files), cut.Script(src, files, nil)} {
			ranges, left := look.Keep(len(src))
			if len(left) > len(look.Bodies) {
				t.Fatalf("%d of %d bodies left out", len(left), len(look.Bodies))
			}
			if !slices.IsSorted(look.Hits) {
				t.Fatalf("hits %v", look.Hits)
			}
			inOrder(t, ranges, len(src))
		}
	})
}

func inOrder(t *testing.T, ranges []grammar.Range, n int) {
	at := 0
	for _, r := range ranges {
		if r.Start < at || r.End < r.Start || r.End > n {
			t.Fatalf("ranges %v in %d bytes", ranges, n)
		}
		at = r.End
	}
}
