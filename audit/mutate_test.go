package audit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// good is a durable writer in which nothing is missing.
const good = `package p

import (
	"os"
	"path/filepath"
)

func load() ([]byte, error) { return os.ReadFile("state.json") }

func save(b []byte) error {
	path := "state.json"
	f, err := os.CreateTemp(filepath.Dir(path), ".state-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(b); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
`

// TestMutations takes one thing at a time out of the good writer: the verdict
// or a rule must change, as the table says.
func TestMutations(t *testing.T) {
	if s := only(t, good); s.site.Verdict != protocol.Durable || len(s.rules) > 0 {
		t.Fatalf("the good writer: %s, %v", s.site.Verdict, s.rules)
	}
	const fsync = "\tif err := f.Sync(); err != nil {\n\t\treturn err\n\t}\n"
	const rename = "\tif err := os.Rename(f.Name(), path); err != nil {\n\t\treturn err\n\t}\n"
	for _, m := range []struct {
		name, old, new string
		verdict        protocol.Verdict
		rule           string
	}{
		{"no fsync", fsync, "", protocol.Atomic, "rename-without-sync"},
		{"fsync error dropped", fsync, "\t_ = f.Sync()\n", protocol.Atomic, "write-error-dropped"},
		{"fsync retried", fsync, "\tfor f.Sync() != nil {\n\t}\n", protocol.Durable, "sync-retried"},
		{"fsync in a branch", fsync, "\tif len(b) > 100 {\n" + fsync + "\t}\n", protocol.Atomic, "sync-misplaced"},
		{"no directory sync", "return d.Sync()", "return nil", protocol.AtomicSynced, "dir-not-synced"},
		{"no rename", rename, "", protocol.Scratch, ""},
		{"copied instead", rename, "\tif err := os.WriteFile(path, b, 0o600); err != nil {\n\t\treturn err\n\t}\n", protocol.InPlace, "truncate-in-place"},
		{"fixed name", `os.CreateTemp(filepath.Dir(path), ".state-*")`, `os.Create(path + ".tmp")`, protocol.Durable, "fixed-temp-name"},
		{"no clean-up", "\tdefer os.Remove(f.Name())\n", "", protocol.Durable, "temp-left-on-error"},
		{"system temp", "filepath.Dir(path), \".state-*\"", `"", "state-*"`, protocol.Durable, "temp-on-another-device"},
		{"moved away first", rename, "\tos.Rename(path, path+\".bak\")\n" + rename, protocol.Window, "missing-file-window"},
		{"removed first", rename, "\tos.Remove(path)\n" + rename, protocol.Window, "missing-file-window"},
		{"linked aside", rename, "\tos.Link(path, path+\".bak\")\n" + rename, protocol.Durable, "backup-never-read"},
		{"truncated", `os.CreateTemp(filepath.Dir(path), ".state-*")`, `os.Create(path)`, protocol.InPlace, "truncate-in-place"},
		{"error swallowed", rename, "\tos.Rename(f.Name(), path)\n", protocol.Durable, "write-error-swallowed"},
	} {
		t.Run(m.name, func(t *testing.T) {
			text := strings.Replace(good, m.old, m.new, 1)
			if text == good {
				t.Fatal("nothing was changed")
			}
			got := only(t, text)
			if got.site.Verdict != m.verdict {
				t.Errorf("verdict %s, want %s; rules %v", got.site.Verdict, m.verdict, got.rules)
			}
			if m.rule != "" && !slices.Contains(got.rules, m.rule) {
				t.Errorf("rules %v, want %s", got.rules, m.rule)
			}
		})
	}
	moved := strings.Replace(strings.Replace(good, fsync, "", 1), rename, rename+fsync, 1)
	if got := only(t, moved); got.site.Verdict != protocol.Atomic || !slices.Contains(got.rules, "sync-misplaced") {
		t.Errorf("fsync only after the rename: %s, %v", got.site.Verdict, got.rules)
	}
	early := strings.Replace(strings.Replace(good, fsync, "", 1), "\tif _, err := f.Write(b)", fsync+"\tif _, err := f.Write(b)", 1)
	if got := only(t, early); got.site.Verdict != protocol.Atomic || !slices.Contains(got.rules, "sync-misplaced") {
		t.Errorf("fsync only before the write: %s, %v", got.site.Verdict, got.rules)
	}
}

type judged struct {
	site  *audit.Site
	rules []string
}

// only scans one Go file and returns the site that is worst, with its rules.
func only(t *testing.T, text string) judged {
	t.Helper()
	return worstOf(t, scan(t, []file{{"a.go", text}}))
}

// worstOf is the first site, or the one that writes in place, with its rules.
func worstOf(t *testing.T, r *audit.Result) judged {
	t.Helper()
	var got judged
	for _, s := range r.Sites {
		if got.site == nil || s.Verdict == protocol.InPlace {
			got.site = s
		}
	}
	if got.site == nil {
		t.Fatal("no site")
	}
	for _, f := range r.Findings {
		if f.Site == got.site {
			got.rules = append(got.rules, f.Rule)
		}
	}
	return got
}
