package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
)

// scans are the results of the audit's own cases.
func scans(t testing.TB) map[string]*audit.Result {
	t.Helper()
	archives, err := filepath.Glob("../testdata/*/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no cases", err)
	}
	out := map[string]*audit.Result{}
	for _, a := range archives {
		r, err := audit.Scan(t.Context(), []string{unpack(t, a)}, audit.Options{})
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(filepath.Dir(a))+"/"+filepath.Base(a)] = r
	}
	return out
}

// unpack writes the files of an archive, "-- name --" before each, to a folder.
func unpack(t testing.TB, archive string) string {
	t.Helper()
	text, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	dir, name, files := t.TempDir(), "", map[string]string{}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(rest, " --") {
			name = strings.TrimSuffix(rest, " --")
		} else if name != "" {
			files[name] += line
		}
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
