package script_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/script"
)

func front(t testing.TB) *script.Front {
	t.Helper()
	if !grammar.Available {
		t.Skip("this build has no grammars")
	}
	f, err := script.New("")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What a function does, the operation and the path.
func summary(f *effect.File, id string) string {
	var b strings.Builder
	if f == nil {
		return "" // nothing in it speaks of files
	}
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
			if e.Unsure {
				b.WriteString("perhaps ")
			}
			fmt.Fprintf(&b, "%s %s; ", e.Op, p.Text())
		}
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// Names are resolved before they are matched, however they came in.
func TestNamesAreResolved(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"default import", "import fs from 'fs';\nexport function f(a, b) { fs.renameSync(a, b); }", "rename b"},
		{"namespace", "import * as disk from 'node:fs';\nfunction f(a, b) { disk.renameSync(a, b); }", "rename b"},
		{"named", "import { renameSync } from 'fs';\nfunction f(a, b) { renameSync(a, b); }", "rename b"},
		{"renamed", "import { renameSync as swap } from 'fs';\nfunction f(a, b) { swap(a, b); }", "rename b"},
		{"promises", "import { promises as fs } from 'fs';\nasync function f(a, b) { await fs.rename(a, b); }", "rename b"},
		{"required", "const fs = require('fs');\nfunction f(a, b) { fs.promises.rename(a, b); }", "rename b"},
		{"taken apart", "const { rename: swap } = require('fs/promises');\nconst f = async (a, b) => { await swap(a, b); };", "rename b"},
		{"in the function", "function f(a, b) { const fs = require('fs'); fs.renameSync(a, b); }", "rename b"},
		{"where it is used", "function f(a, b) { require('fs').renameSync(a, b); }", "rename b"},
		{"imported where it is used", "async function f(a, b) { await (await import('fs/promises')).rename(a, b); }", "rename b"},
		{"as TypeScript requires", "import fs = require('fs');\nfunction f(a, b) { fs.renameSync(a, b); }", "rename b"},
		{"a part of it", "const fs = require('fs');\nconst fsp = fs.promises;\nasync function f(a, b) { await fsp.rename(a, b); }", "rename b"},
		{"parts of a part", "import * as fs from 'fs';\nconst { rename } = fs.promises;\nasync function f(a, b) { await rename(a, b); }", "rename b"},
		{"own function", "function renameSync(a, b) {}\nfunction f(a, b) { renameSync(a, b); }", ""},
		{"own parameter", "import fs from 'fs';\nfunction f(swap, a, b) { swap.renameSync(a, b); }", ""},
		{"own parameter, by its name", "import fs from 'fs';\nfunction f(fs, a, b) { fs.renameSync(a, b); }", "perhaps rename b"},
		{"another's method", "function f(a, b) { a.rename(b, b); this.disk.rename(a, b); }", ""},
		{"another's method, by its name", "function f(a, b) { this.fs.rename(a, b); }", "perhaps rename b"},
	} {
		file, err := front(t).Read(effect.Source{Path: "lib/mod.ts", Text: []byte(c.src)}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := summary(file, "lib/mod.f"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What becomes of an error, and what is done when a file cannot be read.
func TestHandlers(t *testing.T) {
	for _, c := range []struct {
		name, body     string
		ends           effect.Fate
		absent, broken effect.Answer
	}{
		{"passed on", "return fs.readFileSync(p);", effect.Returned, 0, 0},
		{"defaults", "try { return fs.readFileSync(p); } catch { return {}; }", effect.Dropped, effect.Defaults, effect.Defaults},
		{"logged", "try { return fs.readFileSync(p); } catch (e) { console.error(e); }", effect.Logged, effect.Defaults, effect.Defaults},
		{"only absence", "try { return fs.readFileSync(p); } catch (e) { if (e.code !== 'ENOENT') throw e; return {}; }", effect.Returned, effect.Defaults, effect.Fails},
		{"thrown", "try { return fs.readFileSync(p); } catch (e) { throw new Error('no', { cause: e }); }", effect.Returned, effect.Fails, effect.Fails},
		{"caught", "return fs.promises.readFile(p).catch(() => '{}');", effect.Dropped, effect.Defaults, effect.Defaults},
	} {
		src := "import fs from 'fs';\nfunction f(p) { " + c.body + " }"
		file, err := front(t).Read(effect.Source{Path: "m.js", Text: []byte(src)}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		e := file.Funcs[0].Effects[0]
		if e.Op != effect.Read || e.Ends() != c.ends || e.React.Absent != c.absent || e.React.Broken != c.broken {
			t.Errorf("%s: %s ends %v, answers %v %v", c.name, e.Op, e.Ends(), e.React.Absent, e.React.Broken)
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
		return r != '_' && r != '$' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}

// sources are the cases of the audit, and the tree that WHOLLY_SCRIPT names.
func sources(t testing.TB) map[string][]byte {
	out := map[string][]byte{}
	archives, err := filepath.Glob(filepath.Join("..", "testdata", "script", "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatal("no cases", err)
	}
	for _, a := range archives {
		b, err := os.ReadFile(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(b), "\n-- ")[1:] {
			name, text, _ := strings.Cut(part, " --\n")
			out[name] = []byte(text)
		}
	}
	if dir := os.Getenv("WHOLLY_SCRIPT"); dir != "" {
		err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() && front(t).Language(p) != "" {
				if b, err := os.ReadFile(p); err == nil && len(b) < 500_000 {
					out[p] = b
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// What is no source, or in pieces, is said and does no harm.
func TestBadInput(t *testing.T) {
	f := front(t)
	for _, c := range []struct {
		name, text  string
		err, broken bool
	}{
		{"empty", "", false, false},
		{"byte order mark", "\ufeffimport fs from 'fs';\n", false, false},
		{"windows lines", "const a = 1;\r\nfunction f() {\r\n}\r\n", false, false},
		{"utf-16", "\xff\xfec\x00", false, false},
		{"zero bytes", "c\x00", true, false},
		{"braces that do not balance", "function f( { fs.writeFile(", false, true},
		{"unending template", "fs.writeFile(`x${", false, true},
	} {
		got, err := f.Read(effect.Source{Path: "x.js", Text: []byte(c.text)}, nil, nil)
		if (err != nil) != c.err || (got != nil && got.Broken) != c.broken {
			t.Errorf("%s: %+v %v", c.name, got, err)
		}
	}
}

// A source in UTF-16 does what it does in UTF-8, in the same lines.
func TestUTF16(t *testing.T) {
	text := "import fs from 'fs';\n\nexport function f(p) {\n  fs.writeFileSync(p, 'é');\n}\n"
	for name, order := range map[string]binary.AppendByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
		src := []byte(name)
		for _, u := range utf16.Encode([]rune(text)) {
			src = order.AppendUint16(src, u)
		}
		file, err := front(t).Read(effect.Source{Path: "m.js", Text: src}, nil, nil)
		if err != nil || file == nil || file.Broken {
			t.Fatalf("%x: %+v %v", name, file, err)
		}
		if got := summary(file, "m.f"); got != "open p; write p; close p" || file.Funcs[0].Effects[0].At.Line != 4 {
			t.Errorf("%x: %q in line %d", name, got, file.Funcs[0].Effects[0].At.Line)
		}
	}
}

// What can be read of a broken source is read.
func TestBrokenSourcesAreReadAsFarAsTheyGo(t *testing.T) {
	src := "import fs from 'fs';\nfunction a() { fs.x( = 1; }\n}\nfunction f(p) {\n  fs.unlinkSync(p);\n}\n"
	file, err := front(t).Read(effect.Source{Path: "m.js", Text: []byte(src)}, nil, nil)
	if err != nil || !file.Broken || !strings.Contains(fmt.Sprint(effects(file)), "5 remove") {
		t.Errorf("%+v %v", file, err)
	}
}

// Without grammars the answer is the one that the scan counts.
func TestWithoutGrammars(t *testing.T) {
	if grammar.Available {
		t.Skip("this build has grammars")
	}
	f, err := script.New("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(effect.Source{Path: "x.js", Text: []byte("require('fs').writeFile(x)")}, nil, nil); !errors.Is(err, effect.ErrNoGrammar) {
		t.Errorf("read: %v", err)
	}
}

// Whatever the source, reading it ends and stays inside of it.
func FuzzRead(f *testing.F) {
	for _, b := range sources(f) {
		f.Add(b)
	}
	fr := front(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, name := range []string{"f.js", "f.ts", "f.tsx"} {
			file, err := fr.Read(effect.Source{Path: name, Text: src}, nil, nil)
			if err != nil || file == nil {
				return
			}
			for _, fn := range file.Funcs {
				for i := range fn.Effects {
					if at := fn.Effects[i].At; at.Start < 0 || at.End > len(src)+1 || at.Line < 1 {
						t.Fatalf("effect at %+v of %d bytes", at, len(src))
					}
				}
			}
		}
	})
}
