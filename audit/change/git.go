package change

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Why there is nothing to compare with.
var (
	ErrNoGit        = errors.New("git is not installed, or not on the PATH")
	ErrNoRepository = errors.New("it lies in no work tree of git: name a folder of one")
	ErrUnknownBase  = errors.New("git knows no such commit: fetch it first, or name another; " +
		"in CI check out with the whole history (fetch-depth: 0)")
	ErrUnrelated = errors.New("it has no commit in common with HEAD: in CI check out with the whole history (fetch-depth: 0)")
)

// git runs in one folder of a work tree.
type git struct {
	ctx context.Context
	dir string
	at  string // dir, as seen from the top
}

func open(ctx context.Context, dir string) (*git, error) {
	g := &git{ctx: ctx, dir: dir}
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, errors.New("it is no folder")
	}
	out, err := g.run("rev-parse", "--is-inside-work-tree", "--show-prefix")
	if err != nil {
		if strings.Contains(err.Error(), "not a git repository") {
			return nil, ErrNoRepository
		}
		return nil, err
	}
	inside, prefix, _ := strings.Cut(string(out), "\n")
	if inside != "true" {
		return nil, ErrNoRepository
	}
	g.at = strings.TrimSuffix(prefix, "\n")
	return g, nil
}

// fork is the commit at which HEAD and base parted.
func (g *git) fork(base string) (string, error) {
	if base == "" || base[0] == '-' {
		return "", fmt.Errorf("%q: %w", base, ErrUnknownBase)
	}
	commit, err := g.run("rev-parse", "--verify", "--quiet", base+"^{commit}")
	if g.ctx.Err() != nil {
		return "", g.ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("%q: %w", base, ErrUnknownBase)
	}
	out, err := g.run("merge-base", "HEAD", trim(commit))
	var exit *exec.ExitError
	switch {
	case err == nil:
		return trim(out), nil
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return "", fmt.Errorf("%q: %w", base, ErrUnrelated)
	}
	return "", err
}

func trim(out []byte) string { return string(bytes.TrimSpace(out)) }

// run returns what git prints. Its words are asked for in English, since some
// are looked at; the index is not written for git's own comfort.
func (g *git) run(args ...string) ([]byte, error) {
	cmd := exec.CommandContext(g.ctx, "git", append([]string{"-c", "diff.autoRefreshIndex=false"}, args...)...)
	cmd.Dir = g.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	err := cmd.Run()
	switch {
	case g.ctx.Err() != nil:
		return nil, g.ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return nil, ErrNoGit
	case err != nil:
		said, _, _ := strings.Cut(strings.TrimSpace(talk.String()), "\n")
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, said)
	}
	return out.Bytes(), nil
}
