package change_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/change"
)

// repo is a real repository: what git prints is what is tested.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("WHOLLY_REQUIRE") != "" {
			t.Fatal(err)
		}
		t.Skip("git is not installed")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	r := &repo{t, t.TempDir()}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	return r.in(".", args...)
}

func (r *repo) in(dir string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir = filepath.Join(r.dir, dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repo) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) commit(msg string) string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "-m", msg)
	return r.git("rev-parse", "HEAD")
}

// numbered is n lines, "1" to "n", with some of them changed.
func numbered(n int, change map[int]string) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		if text, ok := change[i]; ok {
			b.WriteString(text)
			continue
		}
		b.WriteString(strings.Repeat("x", i) + "\n")
	}
	return b.String()
}

// touched are the lines of file, up to 20, on which a finding would be kept.
func touched(t *testing.T, l *change.Lines, file string) []int {
	t.Helper()
	r := &audit.Result{}
	for i := 1; i <= 20; i++ {
		r.Findings = append(r.Findings, &audit.Finding{File: file, Line: i, At: i, SiteIndex: -1})
	}
	l.Keep(r)
	var at []int
	for _, f := range r.Findings {
		at = append(at, f.Line)
	}
	return at
}

func (r *repo) since(dir, base string) *change.Lines {
	r.t.Helper()
	l, err := change.Since(context.Background(), filepath.Join(r.dir, dir), base)
	if err != nil {
		r.t.Fatal(err)
	}
	return l
}

var every = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}

func TestChangedLines(t *testing.T) {
	r := newRepo(t)
	odd := []string{"plain.go", "with blank.py", `quo"te.py`, "tab\tand\nline.py", "ünïcode 日本.ts", "-dash.go", "b/b.go", "deep/er/x.go", ":(glob)*.go"}
	for _, name := range odd {
		r.write(name, numbered(20, nil))
	}
	r.write("gone.go", "x\n")
	r.write("moved from.go", numbered(20, nil))
	r.write("no newline.go", "a\nb")
	r.write(".gitignore", "ignored.go\n")
	base := r.commit("base")

	r.git("checkout", "-q", "-b", "topic")
	for _, name := range odd {
		r.write(name, numbered(20, map[int]string{3: "committed\n", 10: "", 15: "a\nb\n"}))
	}
	r.git("rm", "-q", "gone.go")
	r.git("mv", "moved from.go", "moved to.go")
	r.commit("topic")
	r.git("checkout", "-q", "main")
	r.write("plain.go", numbered(20, map[int]string{20: "only on main\n"}))
	r.commit("main goes on")
	r.git("checkout", "-q", "topic")

	r.write("moved to.go", numbered(20, map[int]string{7: "not committed\n"}))
	r.git("add", "moved to.go")
	r.write("moved to.go", numbered(20, map[int]string{7: "not committed\n", 8: "++ not added\n", 9: "-- nor this\n"}))
	r.write("no newline.go", "a\nb\n@@ -1 +1 @@\n")
	r.write("new here.go", "x\n")
	r.write("ignored.go", "x\n")

	l := r.since(".", "main")
	want := []int{3, 9, 10, 14, 15}
	for _, name := range odd {
		if got := touched(t, l, name); !slices.Equal(got, want) {
			t.Errorf("%q: lines %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string][]int{
		"moved to.go": {7, 8, 9}, "moved from.go": nil, "gone.go": nil, "ignored.go": nil, ".gitignore": nil, "nowhere.go": nil,
		"new here.go": every, "no newline.go": {2, 3},
	} {
		if got := touched(t, l, name); !slices.Equal(got, want) {
			t.Errorf("%q: lines %v, want %v", name, got, want)
		}
	}
	if got := touched(t, r.since("deep", base), "er/x.go"); !slices.Equal(got, want) {
		t.Errorf("seen from below: %v, want %v", got, want)
	}
	if got := touched(t, r.since(".", "HEAD"), "plain.go"); got != nil {
		t.Errorf("since HEAD: %v", got)
	}
}

// The user's settings for people do not change what is read.
func TestSettingsOfTheUserAreNotInTheWay(t *testing.T) {
	r := newRepo(t)
	r.write("a b.go", numbered(20, nil))
	r.write("from.go", numbered(20, nil)+"z\n")
	r.commit("base")
	r.write("a b.go", numbered(20, map[int]string{5: "y\n", 8: "y\n"}))
	r.git("mv", "from.go", "to.go")
	for _, s := range [][2]string{
		{"diff.noprefix", "true"}, {"diff.mnemonicPrefix", "true"}, {"color.ui", "always"}, {"diff.context", "9"}, {"diff.interHunkContext", "9"},
		{"diff.external", "false"}, {"core.quotePath", "false"}, {"diff.relative", "true"}, {"core.pager", "false"}, {"diff.srcPrefix", "x/"},
		{"diff.renames", "false"}, {"diff.wordRegex", "."}, {"diff.submodule", "log"}, {"diff.algorithm", "patience"}, {"diff.orderFile", "order"},
	} {
		if s[0] == "diff.orderFile" {
			r.write("order", "*.py\n")
		}
		r.git("config", s[0], s[1])
	}
	l := r.since(".", "HEAD")
	if got := touched(t, l, "a b.go"); !slices.Equal(got, []int{5, 8}) {
		t.Errorf("lines %v, want 5 and 8", got)
	}
	if got := touched(t, l, "to.go"); got != nil {
		t.Errorf("a moved file: lines %v", got)
	}
}

func TestSubmodulesAreOtherPeoples(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", "x\n")
	r.commit("base")
	other := newRepo(t)
	other.write("b.go", "x\n")
	other.commit("other")
	r.git("submodule", "add", "-q", other.dir, "sub")
	r.commit("with a submodule")
	r.write("sub/b.go", "y\n")
	r.write("sub/c.go", "y\n")
	r.write("a.go", "y\n")
	l := r.since(".", "HEAD")
	if got := touched(t, l, "a.go"); !slices.Equal(got, []int{1}) {
		t.Errorf("a.go: %v", got)
	}
	for _, name := range []string{"sub", "sub/b.go", "sub/c.go"} {
		if got := touched(t, l, name); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhatCannotBeCompared(t *testing.T) {
	r := newRepo(t)
	ctx := context.Background()
	if _, err := change.Since(ctx, r.dir, "HEAD"); !errors.Is(err, change.ErrUnknownBase) {
		t.Errorf("nothing committed: %v", err)
	}
	r.write("a.go", "x\n")
	r.commit("base")
	r.git("checkout", "-q", "--orphan", "other")
	r.commit("no parent")
	bare := t.TempDir()
	r.git("init", "-q", "--bare", bare)
	for _, test := range []struct {
		dir, base string
		want      error
		says      string
	}{
		{t.TempDir(), "main", change.ErrNoRepository, "work tree"},
		{bare, "main", change.ErrNoRepository, "work tree"},
		{filepath.Join(r.dir, ".git"), "main", change.ErrNoRepository, "work tree"},
		{filepath.Join(r.dir, "nowhere"), "main", os.ErrNotExist, "nowhere"},
		{filepath.Join(r.dir, "a.go"), "main", nil, "no folder"},
		{r.dir, "origin/main", change.ErrUnknownBase, "fetch"},
		{r.dir, "", change.ErrUnknownBase, ""},
		{r.dir, "--output=x", change.ErrUnknownBase, "--output=x"},
		{r.dir, "HEAD:a.go", change.ErrUnknownBase, ""},
		{r.dir, "main", change.ErrUnrelated, "fetch-depth"},
	} {
		_, err := change.Since(ctx, test.dir, test.base)
		if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s since %q: %v", test.dir, test.base, err)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("more than one line: %q", err)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := change.Since(ctx, r.dir, "main"); !errors.Is(err, change.ErrNoGit) {
		t.Errorf("without git: %v", err)
	}
}

func TestAnEndedContextEndsIt(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", "x\n")
	r.commit("base")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := change.Since(ctx, r.dir, "HEAD"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Since changes nothing, not even what git does for its own comfort.
func TestTheRepositoryIsLeftAsItIs(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", "x\n")
	r.commit("base")
	old := time.Unix(1e9, 0) // the same text with another time: git would refresh its index
	if err := os.Chtimes(filepath.Join(r.dir, "a.go"), old, old); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(r.dir, ".git", "index"))
	if err != nil {
		t.Fatal(err)
	}
	if got := touched(t, r.since(".", "HEAD"), "a.go"); got != nil {
		t.Errorf("lines %v", got)
	}
	after, err := os.ReadFile(filepath.Join(r.dir, ".git", "index"))
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("the index is another (%v)", err)
	}
}

func TestKeepAsksTheWholeSite(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", numbered(20, nil))
	r.write("b.go", numbered(20, nil))
	r.commit("base")
	r.write("a.go", numbered(20, map[int]string{5: "y\n", 12: ""}))
	l := r.since(".", "HEAD")
	step := func(file string, line int) audit.Step { return audit.Step{File: file, Line: line} }
	for _, test := range []struct {
		name  string
		f     audit.Finding
		steps []audit.Step
		kept  bool
	}{
		{"the site", audit.Finding{File: "a.go", Line: 5, At: 5}, nil, true},
		{"the line that decides", audit.Finding{File: "a.go", Line: 1, At: 5}, nil, true},
		{"it decides in another file", audit.Finding{File: "b.go", Line: 1, At: 5, AtFile: "a.go"}, nil, true},
		{"the other file has another line 5", audit.Finding{File: "a.go", Line: 1, At: 5, AtFile: "b.go"}, nil, false},
		{"a step", audit.Finding{File: "b.go", Line: 1, At: 1}, []audit.Step{step("b.go", 1), step("a.go", 5)}, true},
		{"no step", audit.Finding{File: "a.go", Line: 6, At: 6}, []audit.Step{step("a.go", 6), step("a.go", 7)}, false},
		{"changed between steps only", audit.Finding{File: "a.go", Line: 4, At: 4}, []audit.Step{step("a.go", 4), step("a.go", 6)}, false},
		{"gone between steps", audit.Finding{File: "a.go", Line: 8, At: 8}, []audit.Step{step("a.go", 8), step("a.go", 15)}, true},
		{"gone after the steps", audit.Finding{File: "a.go", Line: 8, At: 8}, []audit.Step{step("a.go", 8), step("a.go", 10)}, false},
	} {
		f := test.f
		if test.steps != nil {
			f.Site = &audit.Site{File: f.File, Line: f.Line, Steps: test.steps}
		}
		res := &audit.Result{Findings: []*audit.Finding{&f}}
		l.Keep(res)
		if kept := len(res.Findings) == 1; kept != test.kept {
			t.Errorf("%s: kept %v, want %v", test.name, kept, test.kept)
		}
	}
}

// What is left of a site is led by the worst of it.
func TestKeepLetsTheRestLead(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", numbered(20, nil))
	r.commit("base")
	r.write("a.go", numbered(20, map[int]string{5: "y\n"}))
	res := &audit.Result{Findings: []*audit.Finding{
		{Rule: "one", File: "a.go", Line: 1, At: 1, Leads: true, Also: []string{"two", "three"}},
		{Rule: "two", File: "a.go", Line: 1, At: 5},
		{Rule: "three", File: "a.go", Line: 1, At: 5},
	}}
	r.since(".", "HEAD").Keep(res)
	if len(res.Findings) != 2 || !res.Findings[0].Leads || !slices.Equal(res.Findings[0].Also, []string{"three"}) {
		t.Errorf("%+v", res.Findings)
	}
}
