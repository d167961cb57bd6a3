package change_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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
