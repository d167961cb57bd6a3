package python_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/python"
)

func front(t testing.TB) *python.Front {
	t.Helper()
	if !grammar.Available {
		t.Skip("this build has no grammars")
	}
	f, err := python.New("")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func read(t testing.TB, src string) *effect.File {
	t.Helper()
	f, err := front(t).Read(effect.Source{Path: "pkg/mod.py", Text: []byte(src)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if f == nil {
		f = &effect.File{} // nothing in it speaks of files
	}
	return f
}

// What a function does, in one line each: the operation and the path.
func summary(f *effect.File, id string) string {
	var b strings.Builder
	for _, fn := range f.Funcs {
		if fn.ID != id {
			continue
		}
		for _, e := range fn.Effects {
			if e.Op == effect.Invoke || e.Op == effect.Parse {
				continue
			}
			p := e.Path
			if p == nil {
				p = e.Handle.FilePath()
			}
			fmt.Fprintf(&b, "%s %s; ", e.Op, p.Text())
		}
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// Names are resolved before they are matched, however they came in.
func TestNamesAreResolved(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"module", "import os\ndef f(a, b):\n  os.replace(a, b)\n", "rename b"},
		{"renamed module", "import os as system\ndef f(a, b):\n  system.replace(a, b)\n", "rename b"},
		{"name", "from os import replace\ndef f(a, b):\n  replace(a, b)\n", "rename b"},
		{"renamed name", "from os import replace as swap\ndef f(a, b):\n  swap(a, b)\n", "rename b"},
		{"in the function", "def f(a, b):\n  from os import replace\n  replace(a, b)\n", "rename b"},
		{"assigned", "import os\nswap = os.replace\ndef f(a, b):\n  swap(a, b)\n", "rename b"},
		{"own function", "def replace(a, b): pass\ndef f(a, b):\n  replace(a, b)\n", ""},
		{"own parameter", "import os\ndef f(os, a, b):\n  os.replace(a, b)\n", ""},
		{"a text", "def f(a: str, b):\n  a.replace(b)\n", ""},
		{"a path", "from pathlib import Path\ndef f(a: Path, b):\n  a.replace(b)\n", "rename b"},
		{"a path or nothing", "from pathlib import Path\ndef f(a: Path | None, b):\n  a.replace(b)\n", "rename b"},
		{"a text of two", "from pathlib import Path\ndef f(a: Path, b):\n  str(a).replace(b, 'x')\n", ""},
		{"printed into", "def f(a, x):\n  with open(a, 'w') as out:\n    print(x, file=out)\n", "open a; write a; close a"},
		{"printed", "import sys\ndef f(a, x):\n  open(a)\n  print(x, file=sys.stderr)\n", "open a; read a"},
		{"a list of paths", "from pathlib import Path\ndef f(a: list[Path], b):\n  a.remove(b)\n", ""},
	} {
		if got := summary(read(t, c.src), "pkg.mod.f"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// The same file is the same value, however its path is put together.
func TestPathsAreValues(t *testing.T) {
	src := `import os
from pathlib import Path
def f(d):
  a = Path(d) / "x" / "s.json"
  a.read_text()
  Path(os.path.join(d, "x", "s.json")).read_text()
  Path(f"{d}/x/s.json").read_text()
  Path(d + "/x/s.json").read_text()
  Path("%s/x/s.json" % d).read_text()
  Path("{}/x/s.json".format(d)).read_text()
  (a.parent / a.name).read_text()
  a.resolve().read_text()
`
	f := read(t, src)
	keys := map[string]int{}
	for _, e := range f.Funcs[0].Effects {
		if e.Op == effect.Read {
			keys[e.Path.Key()]++
		}
	}
	if len(keys) != 1 {
		for k, n := range keys {
			t.Errorf("%d times %s", n, k)
		}
	}
}

// What follows a read that fails.
func TestAnswersToAFailedRead(t *testing.T) {
	for _, c := range []struct {
		name, handler  string
		absent, broken effect.Answer
	}{
		{"defaults", "  except Exception:\n    return {}\n", effect.Defaults, effect.Defaults},
		{"raised", "  except Exception:\n    raise\n", effect.Fails, effect.Fails},
		{"absence only", "  except FileNotFoundError:\n    return {}\n", effect.Defaults, effect.AnswerUnknown},
		{"both apart", "  except FileNotFoundError:\n    return {}\n  except ValueError:\n    raise\n", effect.Defaults, effect.Fails},
		{"set aside", "  except Exception:\n    p.rename('bad')\n", effect.Recovers, effect.Recovers},
		{"thrown away", "  except Exception:\n    p.unlink()\n", effect.Rebuilds, effect.Rebuilds},
	} {
		src := "from pathlib import Path\ndef f(p: Path):\n  try:\n    return p.read_text()\n" + c.handler
		e := read(t, src).Funcs[0].Effects[0]
		if e.Op != effect.Read || e.React.Absent != c.absent || e.React.Broken != c.broken {
			t.Errorf("%s: %s %v, want %v %v", c.name, e.Op, e.React, c.absent, c.broken)
		}
	}
}

// What is left out changes nothing in what is not, and nothing that does
// something to files is left out: cut and read whole, a source gives the same.
func TestCutSourcesGiveTheSameEffects(t *testing.T) {
	f := front(t)
	for name, src := range sources(t) {
		cut, err := f.Read(effect.Source{Path: name, Text: src}, nil, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		whole, err := f.Read(effect.Source{Path: name, Text: src}, identifiers(src), nil)
		if err != nil {
			t.Fatal(err)
		}
		have := effects(cut)
		for id, want := range effects(whole) {
			if got, ok := have[id]; ok && got != want {
				t.Errorf("%s: %s: cut\n%s\nwhole\n%s", name, id, got.text, want.text)
			} else if !ok && want.changes {
				t.Errorf("%s: %s was left out:\n%s", name, id, want.text)
			}
		}
		if cut != nil && cut.Broken && !whole.Broken {
			t.Errorf("%s: only what was cut does not parse", name)
		}
	}
}

// deeds are what a function does: all of it, and whether the source itself
// changes a file there.
type deeds struct {
	text    string
	changes bool
}

// effects are the deeds of each function of a file, by name and line.
func effects(f *effect.File) map[string]deeds {
	out := map[string]deeds{}
	if f == nil {
		return out
	}
	for _, fn := range f.Funcs {
		if fn.Name == "" {
			continue // the module level goes on where functions are left out
		}
		var d deeds
		for _, e := range fn.Effects {
			switch e.Op {
			case effect.OpenFile, effect.Write, effect.Rename, effect.Copy, effect.Remove, effect.Sync:
				d.changes = true
			}
			d.text += fmt.Sprintf("%d %s %s %s %s %v %v\n", e.At.Line, e.Op, e.Path.Key(), e.From.Key(), e.Handle.Key(), e.Mode, e.Unsure)
		}
		out[fmt.Sprint(fn.ID, " in line ", fn.At.Line)] = d
	}
	return out
}

// identifiers are all words of a source: nothing is left out then.
func identifiers(src []byte) []string {
	return strings.FieldsFunc(string(src), func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}

// sources are the cases of the audit, and the tree that WHOLLY_PYTHON names: if
// none, a few files of the library of the Python that is installed here.
func sources(t testing.TB) map[string][]byte {
	out := map[string][]byte{}
	every := 1
	add := func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".py") && !strings.HasSuffix(p, ".txtar") || sum(p)%every != 0 {
			return nil
		}
		if b, err := os.ReadFile(p); err == nil && len(b) < 1<<20 {
			out[p] = b
		}
		return nil
	}
	_ = filepath.WalkDir(filepath.Join("..", "testdata", "python"), add)
	if len(out) == 0 {
		t.Fatal("no cases")
	}
	tree := os.Getenv("WHOLLY_PYTHON")
	if tree == "" {
		path, err := exec.Command("python3", "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
		if err == nil {
			tree, every = strings.TrimSpace(string(path)), 64
		}
	}
	if tree != "" {
		_ = filepath.WalkDir(tree, add)
	}
	for name, b := range out {
		if strings.HasSuffix(name, ".txtar") {
			delete(out, name)
			for i, part := range strings.Split(string(b), "\n-- ")[1:] {
				_, text, _ := strings.Cut(part, " --\n")
				out[fmt.Sprintf("%s.%d.py", name, i)] = []byte(text)
			}
		}
	}
	return out
}

// sum spreads names evenly.
func sum(s string) int {
	h := fnv.New32a()
	h.Write([]byte(filepath.Base(s)))
	return int(h.Sum32() >> 1)
}

// A later pass returns what the first left out, and only that.
func TestLaterPassAddsWhatWasLeftOut(t *testing.T) {
	f := front(t)
	src := effect.Source{Path: "m.py", Text: []byte("def a(p):\n  open(p, 'w').write('x')\n\ndef b(p):\n  a(p)\n\ndef c():\n  pass\n")}
	first, err := f.Read(src, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	next, err := f.Read(src, []string{"a"}, first)
	if err != nil {
		t.Fatal(err)
	}
	if len(next.Funcs) != 1 || next.Funcs[0].ID != "m.b" {
		t.Errorf("the second pass gave %d functions", len(next.Funcs))
	}
	first.Funcs = append(first.Funcs, next.Funcs...)
	if again, err := f.Read(src, []string{"a"}, first); again != nil || err != nil {
		t.Errorf("a third pass: %v %v, want nothing", again, err)
	}
}

// What is no Python, or in pieces, is said and does no harm.
func TestBadInput(t *testing.T) {
	f := front(t)
	for _, c := range []struct {
		name, text  string
		err, broken bool
	}{
		{"empty", "", false, false},
		{"byte order mark", "\ufeffimport os\nos.remove('a')\n", false, false},
		{"windows lines", "import os\r\ndef f():\r\n\tos.remove('a')\r\n", false, false},
		{"latin-1", "# -*- coding: latin-1 -*-\nx = '\xe9'\nopen('a', 'w')\n", false, false},
		{"utf-16, which Python does not read either", "\xff\xfei\x00m\x00", true, false},
		{"broken", "def f(:\n  open('a', 'w'\n", false, true},
		{"unending text", "x = '''\nopen('a')\n", false, true},
	} {
		got, err := f.Read(effect.Source{Path: "x.py", Text: []byte(c.text)}, nil, nil)
		if (err != nil) != c.err || (got != nil && got.Broken) != c.broken {
			t.Errorf("%s: %+v %v", c.name, got, err)
		}
	}
}

// A source in the encoding that its first line names is read; so is what there
// is of a broken one.
func TestSourcesAreReadAsFarAsTheyGo(t *testing.T) {
	for _, c := range []struct {
		name, src string
		line      int
		broken    bool
	}{
		{"latin-1", "# -*- coding: latin-1 -*-\n# \xe9\nn\xe4me = '\xe9'\ndef f(p):\n  open(p + 'caf\xe9', 'w')\n", 5, false},
		{"mark and windows lines", "\ufeffdef f(p):\r\n  open(p, 'w')\r\n", 2, false},
		{"old Mac lines in a text", "x = 'a\rb'\ndef f(p):\n  open(p, 'w')\n", 3, false},
		{"a function before", "def g(:\n  x = (1\n\ndef f(p):\n  open(p, 'w')\n", 5, true},
		{"a function behind", "def f(p):\n  open(p, 'w')\n\ndef g(x):\n  x = = 1 open\n", 2, true},
		{"another language", "def f(p):\n  open(p, 'w')\n  print 'x'\n  exec 'y'\n", 2, false},
	} {
		file, err := front(t).Read(effect.Source{Path: "m.py", Text: []byte(c.src)}, nil, nil)
		if err != nil || file == nil || file.Broken != c.broken {
			t.Errorf("%s: %+v %v", c.name, file, err)
			continue
		}
		found := 0
		for _, fn := range file.Funcs {
			for _, e := range fn.Effects {
				if e.Op == effect.OpenFile {
					found = e.At.Line
				}
			}
		}
		if found != c.line {
			t.Errorf("%s: opened in line %d, want %d", c.name, found, c.line)
		}
	}
}

// Without grammars the answer is the one that the scan counts.
func TestWithoutGrammars(t *testing.T) {
	if grammar.Available {
		t.Skip("this build has grammars")
	}
	f, err := python.New("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(effect.Source{Path: "x.py", Text: []byte("open(x)")}, nil, nil); !errors.Is(err, effect.ErrNoGrammar) {
		t.Errorf("read: %v", err)
	}
}

// Whatever the source, reading it ends, and does so alike with and without cuts.
func FuzzRead(f *testing.F) {
	for _, b := range sources(f) {
		f.Add(b)
	}
	fr := front(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		first, err := fr.Read(effect.Source{Path: "f.py", Text: src}, nil, nil)
		if err != nil || first == nil {
			return
		}
		for _, fn := range first.Funcs {
			for i := range fn.Effects {
				if at := fn.Effects[i].At; at.Start < 0 || at.End > len(src)+1 || at.Line < 1 {
					t.Fatalf("effect at %+v of %d bytes", at, len(src))
				}
			}
		}
		if _, err := fr.Read(effect.Source{Path: "f.py", Text: src}, []string{"a", "f", "x"}, first); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	f := front(b)
	all, n := sources(b), 0
	for _, s := range all {
		n += len(s)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		for name, s := range all {
			if _, err := f.Read(effect.Source{Path: name, Text: s}, nil, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}
