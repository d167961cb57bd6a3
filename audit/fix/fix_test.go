package fix_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/fix"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/rule"
)

func apply(t *testing.T, text []byte, f fix.Fix) []byte {
	t.Helper()
	out, err := edit.Apply(text, f.Edits)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const mixed = `package p

import "os"

func Safe(path string, b []byte) error { return os.WriteFile(path, b, 0o600) }

func Ask(path string, b []byte) error {
	if err := os.WriteFile(path+".tmp", b, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}
`

// Without Ask the changes to be asked about are graded and shown, and are not
// among the files.
func TestAskIsNotApplied(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "p.go"), mixed)
	r, o := scan(t, dir)
	for _, ask := range []bool{false, true} {
		o.Ask = ask
		p, err := fix.Propose(context.Background(), r, o)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(p.Fixes, func(f fix.Fix) bool { return f.Grade == fix.Ask })
		if len(p.Fixes) != 2 || len(p.Files) != 1 || i < 0 || len(p.Fixes[i].Edits) == 0 || p.Fixes[i].Applied != ask || !p.Fixes[1-i].Applied {
			t.Fatalf("ask %v: %+v", ask, p)
		}
		if got := bytes.Contains(p.Files[0].New, []byte("os.Rename")); got == ask {
			t.Errorf("ask %v:\n%s", ask, p.Files[0].New)
		}
	}
}

// Findings below Least, and suppressed ones, are left alone.
func TestLeast(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "p.go"), mixed)
	r, o := scan(t, dir)
	o.Least = rule.High
	p, err := fix.Propose(context.Background(), r, o)
	if err != nil || len(p.Fixes)+len(p.Files) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	for _, f := range r.Findings {
		f.Suppressed = "known"
	}
	o.Least = rule.Info
	if p, err = fix.Propose(context.Background(), r, o); err != nil || len(p.Fixes)+len(p.Files) != 0 {
		t.Errorf("suppressed: %+v, %v", p, err)
	}
}

// A file that changed since the scan, so that it no longer parses or can no
// longer be read, is left alone with a reason.
func TestUnreadableIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "p.go"), mixed)
	r, o := scan(t, dir)
	for name, read := range map[string]func(string) ([]byte, error){
		"broken": func(string) ([]byte, error) { return []byte("package p\nfunc {"), nil },
		"gone":   func(string) ([]byte, error) { return nil, os.ErrNotExist },
		"other":  func(string) ([]byte, error) { return []byte("package p\n"), nil },
	} {
		o.Read = read
		p, err := fix.Propose(context.Background(), r, o)
		if err != nil || len(p.Files) != 0 || len(p.Fixes) == 0 {
			t.Fatalf("%s: %+v, %v", name, p, err)
		}
		for _, f := range p.Fixes {
			if f.Grade != fix.Never || f.Reason == "" || f.Edits != nil {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

// What the second scan does not find durable is taken back, whatever the
// rewriter thought of it: here it is shown other contents than were proposed.
func TestSecondScanDecides(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "p.go"), mixed)
	r, o := scan(t, dir)
	o.Again = nil
	if p, err := fix.Propose(context.Background(), r, o); err != nil || len(p.Files) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	o.Again = again(t, dir, func(text string) string { return strings.ReplaceAll(text, "wholly.", "other.") })
	p, err := fix.Propose(context.Background(), r, o)
	if err != nil || len(p.Files) != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, f := range p.Fixes {
		if f.Grade != fix.Never || !strings.Contains(f.Reason, "audited again") {
			t.Errorf("%+v", f)
		}
	}
}

func TestContextEnds(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "p.go"), mixed)
	r, o := scan(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if p, err := fix.Propose(ctx, r, o); !errors.Is(err, context.Canceled) || p != nil {
		t.Errorf("%+v, %v", p, err)
	}
}

// What a replacement changes for those around is said with the change.
func TestReasons(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"configuration": {`return os.WriteFile("settings.yaml", b, 0o600)`, "mount its folder"},
		"read back": {"old, err := os.ReadFile(path)\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn os.WriteFile(path, append(old, b...), 0o600)",
			"wholly.Update"},
		"other backup": {"if err := os.Rename(path, path+\".old\"); err != nil {\n\t\treturn err\n\t}\n\treturn os.WriteFile(path, b, 0o600)",
			"NAME.bak"},
	} {
		p := proposeOne(t, []byte("package p\n\nimport \"os\"\n\nfunc Save(path string, b []byte) error {\n\t"+c.body+"\n}\n"))
		if len(p.Fixes) != 1 || p.Fixes[0].Grade == fix.Never || !strings.Contains(p.Fixes[0].Reason, c.want) {
			t.Errorf("%s: %+v", name, p.Fixes)
		}
	}
}
