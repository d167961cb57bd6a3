package audit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// A case is a small source tree with what is expected on the line:
//
//	os.WriteFile(path, b, 0o600) // want in-place medium:truncate-in-place !rewrite-in-place
//
// the verdict, then rules that must be found, with their severity if given,
// or must not be, after "!". Lines without a want have no site, but for
// helpers whose callers are judged. Cases lie in testdata/LANGUAGE/*.txtar; the
// files of one archive are one tree, unless its head says "each file alone".

var want = regexp.MustCompile(`(?://|#) want (.*)$`)

func TestCases(t *testing.T) {
	archives, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no cases", err)
	}
	cases := 0
	for _, a := range archives {
		head, files := txtar(t, a)
		name := strings.TrimPrefix(strings.TrimSuffix(filepath.ToSlash(a), ".txtar"), "testdata/")
		if !strings.Contains(head, "each file alone") {
			cases++
			t.Run(name, func(t *testing.T) { check(t, files) })
			continue
		}
		for _, f := range files {
			cases++
			t.Run(name+"/"+f.name, func(t *testing.T) { check(t, []file{f}) })
		}
	}
	t.Logf("%d cases", cases)
}

type file struct{ name, text string }

// txtar reads an archive: "-- name --" before each file.
func txtar(t *testing.T, path string) (head string, files []file) {
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
		case len(files) == 0:
			head += line
		default:
			files[len(files)-1].text += line
		}
	}
	return head, files
}

// tree writes files into a new folder.
func tree(t *testing.T, files []file) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		p := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(f.text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func scan(t *testing.T, files []file) *audit.Result {
	t.Helper()
	r, err := audit.Scan(context.Background(), []string{tree(t, files)}, audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func check(t *testing.T, files []file) {
	r := scan(t, files)
	if len(r.Unread) > 0 {
		t.Skip("this build has no grammars")
	}
	for _, p := range r.Problems {
		t.Errorf("%s: %s", p.Path, p.Text)
	}
	wanted := map[string][]string{}
	for _, f := range files {
		n := 0
		for line := range strings.Lines(f.text) {
			n++
			if m := want.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil {
				wanted[fmt.Sprintf("%s:%d", f.name, n)] = strings.Fields(m[1])
			}
		}
	}
	for _, s := range r.Sites {
		at := fmt.Sprintf("%s:%d", s.File, s.Line)
		w, ok := wanted[at]
		if !ok {
			if s.Verdict != protocol.Delegated {
				t.Errorf("%s: a site that no one wants: %s of %s%s", at, s.Verdict, s.Target, found(r, s.File, s.Line))
			}
			continue
		}
		if len(w) == 0 || string(s.Verdict) != w[0] {
			t.Errorf("%s: verdict %s, want %v%s", at, s.Verdict, w, found(r, s.File, s.Line))
		}
		for _, exp := range w[1:] {
			rules(t, r, s, at, exp)
		}
		delete(wanted, at)
	}
	for at, w := range wanted {
		t.Errorf("%s: no site, want %v", at, w)
	}
}

// rules checks one expected rule: "rule", "severity:rule" or "!rule".
func rules(t *testing.T, r *audit.Result, s *audit.Site, at, exp string) {
	t.Helper()
	level, name, ok := strings.Cut(strings.TrimPrefix(exp, "!"), ":")
	if !ok {
		level, name = "", level
	}
	i := slices.IndexFunc(r.Findings, func(f *audit.Finding) bool {
		return f.Site == s && f.Rule == name && (level == "" || f.Level == level)
	})
	if (i >= 0) == strings.HasPrefix(exp, "!") {
		t.Errorf("%s: want %s%s\n\tevidence: %v", at, exp, found(r, s.File, s.Line), s.Evidence)
	}
}

func found(r *audit.Result, file string, line int) string {
	var b strings.Builder
	for _, f := range r.Findings {
		if f.File == file && f.Line == line {
			fmt.Fprintf(&b, "\n\tfound %s:%s", f.Level, f.Rule)
		}
	}
	return b.String()
}
