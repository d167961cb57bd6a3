package play

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/wholly-go/wholly/lab/internal/judge"
)

// Tool is the environment variable that names the command line that is cut.
// Where it is empty, each play builds its own.
const Tool = "LAB_WHOLLY"

// commandLine are plays of the command line itself, a process each save.
func commandLine() []Play {
	all := []Play{
		{Name: "cli-write", Title: "wholly write --keep 2", Small: true, Rules: judge.Rules{Keep: 2}, Run: each(cliWrite)},
		{Name: "cli-restore", Title: "wholly restore FILE 2", Rules: judge.Rules{Keep: restorable}, Prepare: threeVersions, Run: cliRestore},
		document(Play{Name: "cli-patterns", Title: "wholly patterns merge"}, "patterns.json", cliPatterns),
	}
	for i, p := range all {
		p.Missing, p.CLI = noTool, true
		all[i] = onDisk(our(p))
	}
	return all
}

func noTool() error {
	if at := os.Getenv(Tool); at != "" {
		_, err := exec.LookPath(at)
		return err
	}
	if _, err := exec.LookPath("go"); err != nil {
		return fmt.Errorf("the go command builds the command line, unless %s says where it is: %w", Tool, err)
	}
	return nil
}

// Build builds the command line in the directory dir, and returns its path.
func Build(ctx context.Context, dir string) (string, error) {
	at := filepath.Join(dir, "wholly")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", at, "github.com/wholly-go/wholly/cmd/wholly").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the command line: %w\n%s", err, out)
	}
	return at, nil
}

// tool is the command line, built when it is first asked for.
func (s *Stage) tool() (string, error) {
	if at := os.Getenv(Tool); at != "" || s.built != "" {
		return cmp.Or(at, s.built), nil
	}
	dir, err := os.MkdirTemp("", "wholly-lab-")
	if err != nil {
		return "", err
	}
	s.remove = func() { os.RemoveAll(dir) }
	s.built, err = Build(s.Context, dir)
	return s.built, err
}

// command runs the command line. An error tells what it said.
func (s *Stage) command(in io.Reader, args ...string) error {
	tool, err := s.tool()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(s.Context, tool, args...)
	cmd.Stdin = in
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("wholly %s: %w: %s", args[0], err, bytes.TrimSpace(out))
	}
	return nil
}

func cliWrite(s *Stage, data []byte) error {
	return s.command(bytes.NewReader(data), "write", "--keep", "2", s.Path(target))
}

func cliRestore(s *Stage) error {
	return s.restores(func() error { return s.command(nil, "restore", "--keep", "3", s.Path(target), "2") })
}

func cliPatterns(s *Stage, path string, gen int) error {
	session := fmt.Sprintf(`{"version": 2, "patterns": {"shop.example.com": {"task %d": {"actions": [%q]}}}}`, gen, s.text(gen))
	return s.command(bytes.NewReader([]byte(session)), "patterns", "merge", path, "-")
}
