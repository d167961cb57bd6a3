package cut_test

import (
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/cut"
	"github.com/wholly-go/wholly/audit/grammar"
)

// What is left of a source: bodies without a hit are gone, all else is there.
func TestOnlyBodiesWithoutAWordAreLeftOut(t *testing.T) {
	for _, c := range []struct{ name, src, kept string }{
		{"plain", "import x\ndef a():\n    hot()\ndef b():\n    gone()\nz = 1\n", "import x\ndef a():\n    hot()\ndef b():\nz = 1\n"},
		{"class", "class A:\n  def __init__(self):\n    self.p = 1\n  def m(self):\n    gone()\n  x = 2\n", "class A:\n  def __init__(self):\n    self.p = 1\n  def m(self):\n  x = 2\n"},
		{"brackets", "def a(x=(1,\n2)):\n  gone = [\n1]\n  more\nend\n", "def a(x=(1,\n2)):\nend\n"},
		{"strings", "def a():\n  '''\nhot\nnot code: def x():\n'''\ndef b():\n  \"a # b\"; gone()\nend\n", "def a():\n  '''\nhot\nnot code: def x():\n'''\ndef b():\nend\n"},
		{"one line", "def a(): return 1\ndef b(): # why\n  gone\nend\n", "def a(): return 1\ndef b(): # why\nend\n"},
		{"typed", "async def a(x: int) -> dict[str, int]:\n\tgone\n\tdef inner(): pass\nend\n", "async def a(x: int) -> dict[str, int]:\nend\n"},
		{"comments end nothing", "def a():\n  hot\n# at the margin\n  rest\nend\n", "def a():\n  hot\n# at the margin\n  rest\nend\n"},
	} {
		bodies, ok := cut.Python([]byte(c.src))
		if got := left(c.src, bodies); !ok || got != c.kept {
			t.Errorf("%s: ok %v, left\n%s\nwant\n%s", c.name, ok, got, c.kept)
		}
	}
}

func TestScriptBodiesWithoutAWordAreLeftOut(t *testing.T) {
	for _, c := range []struct{ name, src, kept string }{
		{"functions", "function a() { hot(); }\nfunction b() { gone(); }\nz", "function a() { hot(); }\nfunction b() {}\nz"},
		{"arrows", "const a = () => { hot }; const b = async x => { gone };", "const a = () => { hot }; const b = async x => {};"},
		{"class", "class A { constructor(x) { this.x = x } m() { gone } static async n(a, b) { hot } }", "class A { constructor(x) { this.x = x } m() {} static async n(a, b) { hot } }"},
		{"typed", "m(): Promise<void> { gone }\nn(a: string): string { hot }", "m(): Promise<void> {}\nn(a: string): string { hot }"},
		{"control", "if (x) { kept }\nfor (;;) { kept }\ntry { kept } catch (e) { kept }", "if (x) { kept }\nfor (;;) { kept }\ntry { kept } catch (e) { kept }"},
		{"templates", "function a() { return `}${ {a: `}`} }}`; }\nend", "function a() {}\nend"},
		{"regular expressions", "function a() { return /[}/]\\/{/.test(x) / 2; }\nend", "function a() {}\nend"},
		{"comments", "function a() { // }\n /* } */ gone }\nend", "function a() {}\nend"},
		{"apostrophe in text", "function a() { return <p>don't</p>; }\nend", "function a() {}\nend"},
	} {
		bodies, ok := cut.Script([]byte(c.src))
		if got := left(c.src, bodies); !ok || got != c.kept {
			t.Errorf("%s: ok %v, left\n%s\nwant\n%s", c.name, ok, got, c.kept)
		}
	}
}

func left(src string, bodies []cut.Body) string {
	ranges, _ := cut.Keep([]byte(src), bodies, cut.NewWords([]string{"hot"}).In([]byte(src)))
	if ranges == nil {
		return src
	}
	var b strings.Builder
	for _, r := range ranges {
		b.WriteString(src[r.Start:r.End])
	}
	return b.String()
}

// Whatever the source, the ranges lie in it, in order, and the lexers end.
func FuzzBodies(f *testing.F) {
	for _, s := range []string{"def a():\n  '''", "class A:\n\tdef b(self): pass\n", "f(`${`a${1}`}`)", "a => { /}/ }", "\\", "x = '\\", "{`", "def é(:\n #\n\\"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, slice := range []func([]byte) ([]cut.Body, bool){cut.Python, cut.Script} {
			bodies, ok := slice(src)
			if !ok {
				continue
			}
			ranges, kept := cut.Keep(src, bodies, cut.NewWords([]string{"a"}).In(src))
			if len(kept) > len(bodies) {
				t.Fatalf("%d of %d bodies kept", len(kept), len(bodies))
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
