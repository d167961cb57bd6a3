package peer

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
)

//go:embed backup.py
var backupScript string

// inPython returns the .bak pattern that many programs have by hand, in its two
// forms. It stands for a pattern, not for a project.
func inPython() []Peer {
	return []Peer{
		pythonPeer(Peer{
			Name: "Python .bak", Calls: "R R",
			Promise: "None in writing: programs that do so expect the old or the new content, or else a backup.",
		}),
		pythonPeer(Peer{
			Name: "Python .bak + fsync", Calls: "F R R",
			Promise: "None in writing: as without the fsync, and that the content is on the disk before it has its name.",
		}, "sync"),
	}
}

func pythonPeer(p Peer, args ...string) Peer {
	p.Language, p.Version, p.Source = "Python", pythonVersion(), "this package: backup.py"
	p.Note = "Its temp has a fixed name, so that two writers meet in it."
	p.Missing = func(context.Context) error {
		if python() == "" {
			return fmt.Errorf("%s: no python3 on this machine (Debian: python3)", p.Name)
		}
		return nil
	}
	p.Open = func(ctx context.Context) (*Writer, error) {
		if err := p.Missing(ctx); err != nil {
			return nil, err
		}
		c, err := start(ctx, python(), append([]string{"-I", "-c", backupScript}, args...)...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		return &Writer{name: p.Name, child: c}, nil
	}
	return p
}

// python returns the interpreter; the system's own first, which every user of
// the machine may start.
func python() string {
	const system = "/usr/bin/python3"
	if _, err := os.Stat(system); err == nil {
		return system
	}
	path, _ := exec.LookPath("python3")
	return path
}

// pythonVersion is asked once: the interpreter stays the same while we run.
var pythonVersion = sync.OnceValue(func() string { return versionOf(python(), "-V") })

// versionOf returns the last word of what the program prints; "unknown" if it
// does not run.
func versionOf(program string, args ...string) string {
	out, err := exec.Command(program, args...).Output()
	words := strings.Fields(string(out))
	if err != nil || len(words) == 0 {
		return "unknown"
	}
	return words[len(words)-1]
}
