package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/wholly-go/wholly/conform"
)

// Row is what one contestant did, or why it was not asked.
type Row struct {
	Contestant
	Missing string // why it could not run here; empty if it did
	Report  conform.Report
}

// Count returns how many cases ended with the given outcome.
func (r Row) Count(o conform.Outcome) int { return len(r.Report.With(o)) }

func (r Row) differs(id string) bool { return slices.Contains(r.Report.With(conform.Differs), id) }

// Run has a contestant run the table below dir, in a process that is started by
// command with its name and a cache directory as arguments. What the peer lacks
// is told by the row; an error is about the run itself.
//
// The process may start others as any user, so its packages are put where
// everybody may read them.
func (c Contestant) Run(ctx context.Context, command []string, dir string) (Row, error) {
	row := Row{Contestant: c}
	room, err := os.MkdirTemp(dir, "wholly-conform-")
	if err != nil {
		return row, err
	}
	defer os.RemoveAll(room)
	cache, work := filepath.Join(room, "cache"), filepath.Join(room, "work")
	if err := errors.Join(os.Chmod(room, 0o755), os.Mkdir(cache, 0o755), os.Mkdir(work, 0o755)); err != nil {
		return row, err
	}
	if lack := lackOf(ctx, c.Name, cache); lack != nil {
		row.Missing = lack.Error()
		return row, ctx.Err()
	}
	row.Report, err = serve(ctx, append(command, c.Name, cache), work)
	if err != nil {
		return row, fmt.Errorf("%s: %w", c.Name, err)
	}
	return row, nil
}

// lackOf also fills the cache.
func lackOf(ctx context.Context, name, cache string) error {
	c, err := Find(All(cache), name)
	if err != nil {
		return err
	}
	return c.Missing(ctx)
}

// Find returns the contestant called name, or an error that lists the names.
func Find(all []Contestant, name string) (Contestant, error) {
	var names []string
	for _, c := range all {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return Contestant{}, fmt.Errorf("no peer is called %q; there are %q", name, names)
}

// serve runs the process of a contestant. When ctx ends it is interrupted, not
// killed, because it has mounts to take down.
func serve(ctx context.Context, command []string, dir string) (report conform.Report, err error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 20 * time.Second
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil {
		return report, fmt.Errorf("%w: %s", errors.Join(err, ctx.Err()), bytes.TrimSpace(talk.Bytes()))
	}
	return report, json.Unmarshal(out.Bytes(), &report)
}
