// Package trial tries rewriters on small projects: what is changed must parse,
// do what it did before, audit clean, and be left alone by a second run.
package trial

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/rule"
)

// Need returns where a program is. It skips a test for want of one; with
// WHOLLY_REQUIRE=1, as in CI, that is a failure, so that a green run never
// means "not run".
func Need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	if os.Getenv("WHOLLY_REQUIRE") == "1" {
		t.Fatalf("%s is required: %v", program, err)
	}
	t.Skipf("not run, for want of %s: %v", program, err)
	return ""
}

// A Case is an archive: "-- name --" stands before each file. Its head has a
// line for each place that is found, in order: the grade, and after a "|"
// words of the reason. A file want/X is what X must be afterwards, and try.*
// is a program that is run before and after, in a folder of its own, and must
// say the same.
type Case struct {
	Name    string
	Head    []string
	Files   map[string]string
	Want    map[string]string
	Program string // name of the try file
	Text    string
}

// Read reads the archives that a pattern names.
func Read(t *testing.T, pattern string) []Case {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases at ", pattern, err)
	}
	var cases []Case
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, parse(strings.TrimSuffix(filepath.Base(p), ".txtar"), string(b)))
	}
	return cases
}

func parse(name, text string) Case {
	c := Case{Name: name, Files: map[string]string{}, Want: map[string]string{}}
	to := func(string) {}
	file := ""
	for line := range strings.Lines(text) {
		if trimmed := strings.TrimSpace(line); strings.HasPrefix(line, "-- ") && strings.HasSuffix(trimmed, " --") {
			file = strings.TrimSpace(trimmed[3 : len(trimmed)-3])
			to = c.into(file)
			to("")
			continue
		}
		if file == "" {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				c.Head = append(c.Head, line)
			}
			continue
		}
		to(line)
	}
	return c
}

func (c *Case) into(file string) func(string) {
	switch {
	case strings.HasPrefix(file, "try."):
		c.Program = file
		return func(line string) { c.Text += line }
	case strings.HasPrefix(file, "want/"):
		return func(line string) { c.Want[file[len("want/"):]] += marks.Replace(line) }
	}
	return func(line string) { c.Files[file] += marks.Replace(line) }
}

// marks stand for bytes that an editor would not keep.
var marks = strings.NewReplacer("<CR>", "\r", "<BOM>", "\ufeff", "<TAB>", "\t")

// Run tries one case. Start is the command that runs a program: the program's
// path is added, and it finds the project in the folder that TREE names.
func Run(t *testing.T, c Case, start ...string) {
	t.Helper()
	tree := write(t, c.Files)
	before, said := scan(t, tree), ""
	if c.Program != "" {
		said = c.run(t, tree, start)
	}
	plan := propose(t, tree, before, fix.Options{Ask: true, AddWriter: !strings.Contains(c.Name, "no_writer")})
	c.grades(t, plan)
	for _, f := range plan.Files {
		if err := os.WriteFile(f.Disk, f.New, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range c.Want {
		if got, err := os.ReadFile(filepath.Join(tree, filepath.FromSlash(name))); err != nil || string(got) != want {
			t.Errorf("%s is now\n%s\nwant\n%s", name, got, want)
		}
	}
	if len(plan.Files) == 0 {
		return
	}
	if t.Failed() {
		show(t, plan)
	}
	if c.Program != "" {
		if now := c.run(t, tree, start); now != said {
			t.Errorf("before it said\n%s\nand now\n%s", said, now)
			show(t, plan)
		}
	}
	c.again(t, tree, plan)
}

// again audits the changed tree: nothing high is left in what was changed, and
// nothing more is to be changed.
func (c *Case) again(t *testing.T, tree string, plan *fix.Plan) {
	t.Helper()
	after := scan(t, tree)
	for _, f := range after.Findings {
		if f.Severity >= rule.High && f.Rule != "default-over-unreadable" && slices.ContainsFunc(plan.Files, func(ch fix.Change) bool { return ch.Path == f.File }) &&
			!strings.Contains(strings.Join(c.Head, "\n"), "never") {
			t.Errorf("%s:%d: %s is left: %s", f.File, f.Line, f.Rule, f.Message)
		}
	}
	if second := propose(t, tree, after, fix.Options{Ask: true, AddWriter: true}); len(second.Files) > 0 {
		t.Error("a second run changes something")
		show(t, second)
	}
}

func (c *Case) grades(t *testing.T, plan *fix.Plan) {
	t.Helper()
	var got []string
	for _, f := range plan.Fixes {
		got = append(got, f.Grade.String()+" | "+f.Reason)
	}
	for i, want := range c.Head {
		grade, words, _ := strings.Cut(want, "|")
		grade, words = strings.TrimSpace(grade), strings.TrimSpace(words)
		if i >= len(got) || !strings.HasPrefix(got[i], grade+" ") || !strings.Contains(got[i], words) {
			t.Errorf("want %q of\n\t%s", want, strings.Join(got, "\n\t"))
		}
	}
	if len(got) != len(c.Head) {
		t.Errorf("%d places, want %d:\n\t%s", len(got), len(c.Head), strings.Join(got, "\n\t"))
	}
}

func (c *Case) run(t *testing.T, tree string, start []string) string {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, c.Program)
	if err := os.WriteFile(program, []byte(c.Text), 0o644); err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(dir, "work")
	if err := os.Mkdir(work, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(start[0], append(slices.Clone(start[1:]), program)...)
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "TREE="+tree, "PYTHONPATH="+tree, "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", c.Program, err, out)
	}
	return string(bytes.ReplaceAll(out, []byte(dir), nil))
}

func show(t *testing.T, plan *fix.Plan) {
	t.Helper()
	var b bytes.Buffer
	if err := fix.Diff(&b, plan.Files, false); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + b.String())
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func scan(t *testing.T, tree string) *audit.Result {
	t.Helper()
	r, err := audit.Scan(context.Background(), []string{tree}, audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Unread) > 0 {
		t.Skip("this build has no grammars")
	}
	for _, p := range r.Problems {
		t.Errorf("%s: %s", p.Path, p.Text)
	}
	return r
}

func propose(t *testing.T, tree string, r *audit.Result, o fix.Options) *fix.Plan {
	t.Helper()
	o.Roots, o.Least = []string{tree}, rule.Low
	plan, err := fix.Propose(context.Background(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// Durable scans a writer alone: each of the functions keeps the file whole
// through a power cut, and no rule is broken.
func Durable(t *testing.T, name string, text []byte, functions ...string) {
	t.Helper()
	r := scan(t, write(t, map[string]string{name: string(text)}))
	for _, fn := range functions {
		i := slices.IndexFunc(r.Sites, func(s *audit.Site) bool { return s.Function == fn })
		if i < 0 {
			t.Errorf("%s: %s writes nothing", name, fn)
			continue
		}
		if s := r.Sites[i]; s.Verdict != protocol.Durable && s.Writer != protocol.Durable {
			t.Errorf("%s: %s is %s %s", name, fn, s.Verdict, s.Writer)
		}
	}
	for _, f := range r.Findings {
		t.Errorf("%s:%d: %s: %s", name, f.Line, f.Rule, f.Message)
	}
}
