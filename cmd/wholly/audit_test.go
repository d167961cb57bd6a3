package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix"
)

// A source that was changed after it was audited is not written over, nor is a
// file that appeared where one is to be added; what was written before stays.
func TestFixWritesOverNothingThatItHasNotRead(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		return path
	}
	change := func(path, old, text string) fix.Change {
		c := fix.Change{Path: path, Disk: path, New: []byte(text)}
		if old != "" {
			c.Old = []byte(old)
		}
		return c
	}
	first, changed, there := write("first.go", "old\n"), write("changed.go", "mine\n"), write("there.go", "mine\n")
	w := &auditing{app: &app{}}
	for _, last := range []fix.Change{change(changed, "old\n", "new\n"), change(there, "", "new\n")} {
		write("first.go", "old\n")
		done := make([]changedJSON, 2)
		err := w.writeAll([]fix.Change{change(first, "old\n", "new\n"), last}, done)
		if !errors.Is(err, wholly.ErrChanged) && !errors.Is(err, wholly.ErrExists) {
			t.Errorf("%s: %v, want that it was changed or exists", last.Path, err)
		}
		if code := (&app{talk: &bytes.Buffer{}}).fail(err); code != exitBusy {
			t.Errorf("%s: exit code %d, want %d", last.Path, code, exitBusy)
		}
		if !done[0].Written || done[1].Written {
			t.Errorf("written: %v", done)
		}
		for path, want := range map[string]string{first: "new\n", last.Path: "mine\n"} {
			if got, err := os.ReadFile(path); err != nil || string(got) != want {
				t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
			}
		}
	}
	if info, err := os.Stat(first); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v: the mode is not kept", info.Mode(), err)
	}
}

// Without grammars the program builds, audits Go, and says what it has not
// read and what to do; that is exit code 3, unless those languages were not
// asked for.
func TestWithoutGrammars(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program once more")
	}
	dir := t.TempDir()
	bare := filepath.Join(dir, "bare.exe")
	build := exec.Command("go", "build", "-tags", "nogrammar", "-o", bare, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, text := range map[string]string{
		"a.py": "open('a', 'w').write('x')\n", "b.py": "open('b', 'w').write('x')\n",
		"c.ts": "import { writeFileSync } from 'fs';\nwriteFileSync('c', 'x');\n",
		"d.go": "package p\n\nimport \"os\"\n\nfunc keep(b []byte) error { return os.WriteFile(\"d\", b, 0o600) }\n\nfunc load() ([]byte, error) { return os.ReadFile(\"d\") }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (code int, out, said string) {
		t.Helper()
		cmd := exec.Command(bare, args...)
		cmd.Dir = dir
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
	}
	code, out, said := run("audit", ".")
	if code != exitFailed || !strings.Contains(out, "d.go:5 ") ||
		!strings.Contains(said, "2 Python and 1 TypeScript files were not read: this build has no grammars") ||
		!strings.Contains(said, "hint: build with CGO_ENABLED=1 and a C compiler, or say --lang go") {
		t.Errorf("exit code %d\n%s%s", code, out, said)
	}
	if code, out, said := run("audit", "--lang", "go", "."); code != exitNo || said != "" {
		t.Errorf("--lang go: exit code %d\n%s%s", code, out, said)
	}
	if code, out, _ := run("audit", "--json", "."); code != exitFailed || !strings.Contains(out, `{"name":"python","files":2}`) {
		t.Errorf("--json: exit code %d\n%s", code, out)
	}
	if _, out, _ := run("version"); !strings.Contains(out, "grammars none") {
		t.Errorf("version prints %q", out)
	}
}

func TestUnreadLanguagesAreCounted(t *testing.T) {
	for want, unread := range map[string]map[effect.Language]int{
		"":                           {},
		"1 Python file was not read": {effect.Python: 1},
		"214 Python and 31 TypeScript files were not read":                {effect.Python: 214, effect.TypeScript: 31},
		"1,000 Python, 2 JavaScript and 1 TypeScript files were not read": {effect.Python: 1000, effect.JavaScript: 2, effect.TypeScript: 1},
	} {
		if got := unreadText(unread); got != want {
			t.Errorf("%v: %q, want %q", unread, got, want)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]size{
		"1": 1, "500K": 500 << 10, "8MiB": 8 << 20, "1.5 mib": 3 << 19, "2GB": 2e9, "10b": 10, "0.1": 1,
		"": -1, "0": -1, "-1": -1, "K": -1, "1e9": -1, "NaN": -1, "Inf": -1, "9999999999G": -1, "0x10": -1,
	} {
		var s size
		if err := s.Set(text); (err != nil) != (want < 0) || err == nil && s != want {
			t.Errorf("%q is %d, %v; want %d", text, s, err, want)
		}
	}
}

func TestAuditLine(t *testing.T) {
	for want, n := range map[string][2]int64{
		"looking for sources": {0, 0}, "1,204 of 4,951 files read": {1204, 4951}, "4,951 files read, judging": {4951, 4951}, "0 of 1 file read": {0, 1},
	} {
		if got := auditLine(n[0], n[1], time.Second); got != want {
			t.Errorf("auditLine(%d, %d) = %q, want %q", n[0], n[1], got, want)
		}
	}
}

// Where paths are named from, and how that is shown.
func TestPlaceOf(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"here/sub", "there/a", "there/b"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "there", "x.go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "here"))
	abs := filepath.ToSlash(filepath.Join(dir, "there"))
	for _, c := range []struct {
		paths []string
		want  place
	}{
		{[]string{"."}, place{filepath.Join(dir, "here"), "."}},
		{[]string{"sub", "missing.go"}, place{filepath.Join(dir, "here"), "."}},
		{[]string{"../there"}, place{filepath.Join(dir, "there"), "../there"}},
		{[]string{"../there/x.go"}, place{filepath.Join(dir, "there"), "../there"}},
		{[]string{abs}, place{filepath.Join(dir, "there"), abs}},
		{[]string{"../there/a", "../there/b"}, place{filepath.Join(dir, "there"), abs}},
		{[]string{"sub", "../there/b"}, place{dir, filepath.ToSlash(dir)}},
	} {
		if got := placeOf(c.paths); got != c.want {
			t.Errorf("%v: %v, want %v", c.paths, got, c.want)
		}
	}
	if got := (place{dir, "../there"}).name("x.go"); got != "../there/x.go" {
		t.Errorf("a file of ../there is named %s", got)
	}
}

// An interrupt ends a scan at once, with its own exit code.
func TestInterruptedAudit(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, talk bytes.Buffer
	if code := run(ctx, []string{"audit", "."}, os.Stdin, &out, &talk); code != exitInterrupted || out.Len() > 0 {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, &out, &talk)
	}
}
