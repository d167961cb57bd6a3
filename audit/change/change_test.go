package change_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/audit/change"
)

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
