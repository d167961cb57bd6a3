package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// toScreen runs cmd with the stream that attach sets on a terminal, and
// returns what that showed and the exit code.
func toScreen(t *testing.T, cmd *exec.Cmd, attach func(screen *os.File)) (string, int) {
	t.Helper()
	other, screen := terminal(t)
	attach(screen)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	screen.Close()
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(other) // ends with EIO when the program ends
		shown <- string(text)
	}()
	text := <-shown
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return text, cmd.ProcessState.ExitCode()
}

func auditedDir(t *testing.T, cmd *exec.Cmd, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(cmd.Dir, "a.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const audited = "package p\n\nimport \"os\"\n\nfunc keep(b []byte) error { return os.WriteFile(\"a\", b, 0o600) }\n\nfunc load() ([]byte, error) { return os.ReadFile(\"a\") }\n"

// On a terminal severities have colours, unless the user wants none; what the
// colours say is said by words too.
func TestAuditHasColoursOnATerminal(t *testing.T) {
	codes := regexp.MustCompile("\x1b\\[[0-9;]*m")
	plain := ""
	for _, env := range []string{"NO_COLOR=1", "TERM=dumb", "TERM=xterm"} {
		cmd := program(t, "audit", ".")
		auditedDir(t, cmd, audited)
		cmd.Env = append(os.Environ(), "NO_COLOR=", "TERM=xterm", env)
		text, code := toScreen(t, cmd, func(screen *os.File) { cmd.Stdout = screen })
		if code != exitNo || !strings.Contains(text, "MEDIUM") {
			t.Fatalf("%s: exit code %d\n%s", env, code, text)
		}
		if got, want := codes.MatchString(text), env == "TERM=xterm"; got != want {
			t.Errorf("%s: colours %v, want %v: %q", env, got, want, text)
		}
		text = codes.ReplaceAllString(text, "")
		if plain != "" && text != plain {
			t.Errorf("%s: the text differs:\n%s\nwant:\n%s", env, text, plain)
		}
		plain = text
	}
}

// A diff on a terminal spells out what the terminal would obey; in a pipe it is
// what patch needs.
func TestFixShowsNoControlCharacters(t *testing.T) {
	const odd = "// \x1b[2J\u202e\n" + audited
	for _, onTerminal := range []bool{true, false} {
		cmd := program(t, "audit", "--fix", ".")
		auditedDir(t, cmd, odd)
		cmd.Env = append(os.Environ(), "NO_COLOR=1")
		var text string
		if onTerminal {
			text, _ = toScreen(t, cmd, func(screen *os.File) { cmd.Stdout = screen })
		} else {
			out, _ := cmd.Output()
			text = string(out)
		}
		if !strings.Contains(text, "+func keep(b []byte) error { return wholly.WriteFile(") {
			t.Fatalf("on a terminal %v: %s", onTerminal, text)
		}
		if raw := strings.ContainsAny(text, "\x1b\u202e"); raw == onTerminal {
			t.Errorf("on a terminal %v: control characters %v: %q", onTerminal, raw, text)
		}
		if onTerminal && !strings.Contains(text, `\x1b[2J\u202e`) {
			t.Errorf("they are not spelled out: %q", text)
		}
	}
}

// A long audit shows how far it has come, and takes the line away again.
func TestLongAuditShowsProgress(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	cmd := program(t, "audit", "--max-file", "100M", ".")
	auditedDir(t, cmd, audited+strings.Repeat("var _ = \"a line that is generated, and long enough to fill the file\"\n", 600_000))
	text, code := toScreen(t, cmd, func(screen *os.File) { cmd.Stderr = screen })
	if code != exitNo || !regexp.MustCompile(`^(\r(0 of 1 file read|1 file read, judging) *)+\r +\r$`).MatchString(text) {
		t.Errorf("exit code %d, the terminal showed %q", code, text)
	}
}
