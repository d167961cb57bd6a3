package fix_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix"
	"github.com/wholly-go/wholly/audit/rule"
)

// A case is one package with a function Save. The line that is to be fixed
// says how it ends: "// want safe", "// want ask: words of the reason", "//
// want never: words". What it becomes stands in golden.diff.

var update = flag.Bool("update", false, "write the golden files")

var wantGrade = regexp.MustCompile(`// want (safe|ask|never)(?:: (.*))?`)

// Where the mode of an existing file does not stay, by package; and where the
// old content is kept as NAME.bak.
var (
	private = []string{"secret", "tidy"}
	backups = []string{"aside", "window", "keeps", "linked"}
)

// goModule writes all cases as packages of one module that uses this library.
func goModule(t *testing.T) (dir string, names []string) {
	t.Helper()
	lib, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if dir, err = filepath.EvalSymlinks(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "go.mod"), "module example.com/m\n\ngo 1.25.0\n\nrequire github.com/wholly-go/wholly v0.0.0\n\nrequire golang.org/x/sys v0.47.0 // indirect\n\nreplace github.com/wholly-go/wholly => "+lib+"\n")
	sum, err := os.ReadFile(filepath.Join(lib, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "go.sum"), string(sum))
	check, err := os.ReadFile("testdata/go/check.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "check", "check.go"), string(check))
	archives, err := filepath.Glob("testdata/go/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no cases", err)
	}
	for _, a := range archives {
		for _, f := range txtar(t, a) {
			name := strings.TrimSuffix(f.name, ".go")
			names = append(names, name)
			put(t, filepath.Join(dir, name, f.name), f.text)
			if strings.Contains(f.text, "// want never") {
				continue
			}
			put(t, filepath.Join(dir, name, "save_test.go"), fmt.Sprintf("package %s\n\nimport (\n\t\"testing\"\n\n\t\"example.com/m/check\"\n)\n\nfunc TestSave(t *testing.T) { check.Saves(t, Save, %v, %v) }\n",
				name, slices.Contains(private, name), slices.Contains(backups, name)))
		}
	}
	return dir, names
}

type file struct{ name, text string }

func txtar(t testing.TB, path string) (files []file) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "-- ") && strings.HasSuffix(trimmed, " --"):
			files = append(files, file{name: strings.TrimSpace(trimmed[3 : len(trimmed)-3])})
		case len(files) > 0:
			files[len(files)-1].text += line
		}
	}
	return files
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func scan(t *testing.T, dir string) (*audit.Result, fix.Options) {
	t.Helper()
	o := audit.Options{Languages: []effect.Language{effect.Go}, Exclude: []string{"*_test.go", "check"}}
	r, err := audit.Scan(context.Background(), []string{dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	return r, fix.Options{Roots: []string{dir}, Audit: o, Least: rule.Info, Ask: true}
}

// again audits a folder with contents that are changed once more.
func again(t *testing.T, dir string, change func(string) string) func(context.Context, map[string][]byte) (*audit.Result, error) {
	_, o := scan(t, dir)
	return func(ctx context.Context, changed map[string][]byte) (*audit.Result, error) {
		other := o.Audit
		other.Overlay = map[string][]byte{}
		for name, text := range changed {
			other.Overlay[name] = []byte(change(string(text)))
		}
		return audit.Scan(ctx, o.Roots, other)
	}
}

func propose(t *testing.T, dir string) *fix.Plan {
	t.Helper()
	r, o := scan(t, dir)
	p, err := fix.Propose(context.Background(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGoCases(t *testing.T) {
	dir, names := goModule(t)
	p := propose(t, dir)
	grades := map[fix.Grade]int{}
	for _, name := range names {
		t.Run(name, func(t *testing.T) { compareGrades(t, dir, name+"/"+name+".go", p, grades) })
	}
	t.Logf("%d cases: %d safe, %d ask, %d never", len(names), grades[fix.Safe], grades[fix.Ask], grades[fix.Never])
	var d bytes.Buffer
	if err := fix.Diff(&d, p.Files, false); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/go/golden.diff", d.Bytes())
	for _, c := range p.Files {
		put(t, c.Disk, string(c.New))
		if out, err := format.Source(c.New); err != nil || !bytes.Equal(out, c.New) {
			t.Errorf("%s is not as gofmt has it: %v\n%s", c.Path, err, c.New)
		}
	}
	built(t, dir)
	r, _ := scan(t, dir)
	for _, f := range r.Findings {
		fixed := slices.ContainsFunc(p.Fixes, func(x fix.Fix) bool { return x.Applied && x.File == f.File })
		if fixed && f.Severity >= rule.Medium {
			t.Errorf("%s:%d: %s is left: %s", f.File, f.Line, f.Rule, f.Message)
		}
	}
	if again := propose(t, dir); len(again.Files) > 0 {
		var d bytes.Buffer
		_ = fix.Diff(&d, again.Files, false)
		t.Errorf("a second run changes:\n%s", d.Bytes())
	}
}

// compareGrades compares the plan for one file with its comments.
func compareGrades(t *testing.T, dir, name string, p *fix.Plan, grades map[fix.Grade]int) {
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	line := 0
	for text := range strings.Lines(string(b)) {
		line++
		m := wantGrade.FindStringSubmatch(text)
		i := slices.IndexFunc(p.Fixes, func(f fix.Fix) bool { return f.File == name && f.Finding.Site.Raw.Line == line })
		switch {
		case m == nil && i < 0:
		case m == nil:
			t.Errorf("%s:%d: %s, not expected: %s", name, line, p.Fixes[i].Grade, p.Fixes[i].Reason)
		case i < 0:
			t.Errorf("%s:%d: no fix, want %s", name, line, m[1])
		default:
			f := p.Fixes[i]
			grades[f.Grade]++
			if f.Grade.String() != m[1] || !strings.Contains(f.Reason, strings.TrimSpace(m[2])) {
				t.Errorf("%s:%d: %s: %s\nwant %s: %s", name, line, f.Grade, f.Reason, m[1], m[2])
			}
			if (f.Grade == fix.Never) != (len(f.Edits) == 0) || f.Grade == fix.Never && f.Reason == "" {
				t.Errorf("%s:%d: %s with %d edits and the reason %q", name, line, f.Grade, len(f.Edits), f.Reason)
			}
		}
	}
}

// built vets and tests the module: the fixed code builds with the library, and
// what it does to files is tried.
func built(t *testing.T, dir string) {
	t.Helper()
	if testing.Short() {
		return // all but this is fast
	}
	for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("go %s: %v\n%s", args[0], err, out)
		}
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		put(t, path, string(got))
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run the test with -update and look at the change. Got:\n%s", path, got)
	}
}
