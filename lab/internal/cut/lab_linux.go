package cut

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/wholly-go/wholly/lab/internal/play"
	"github.com/wholly-go/wholly/lab/internal/tape"
)

// Lab is where rows are run.
type Lab struct {
	Room   string   // a directory for its files, mounts and disks
	Serve  []string // the command of a disk's process; the directory is appended
	Play   []string // the command of a workload; its words are appended
	Tapes  string   // where recordings are kept; "" for those of bad rows only, in TMPDIR
	Choice tape.Choice
	Env    []string // of the workloads, beside the lab's own

	// Progress is told how much of a row's recording has been judged, in
	// events; it begins at 0 of 0.
	Progress func(job Job, done, total int)
}

// patience is how many more seeds a control gets to show what it must.
const patience = 8

// Run records the workload again and again and judges every disk. A control whose
// outcomes hang on timing is recorded with further seeds until it has shown
// them: what it proves is that the lab can see. A workload that cannot be run
// here is a row that says why.
func (l *Lab) Run(ctx context.Context, job Job) (*Row, error) {
	row := newRow(job)
	if job.Play.Missing != nil {
		if err := job.Play.Missing(); err != nil {
			row.Skipped = err.Error()
			return row, nil
		}
	}
	begun := time.Now()
	for seed := job.Seed; job.more(row); seed++ {
		if err := l.seed(ctx, job, row, seed); err != nil {
			return nil, fmt.Errorf("%s on %s, seed %d: %w", row.Name, row.FS, seed, err)
		}
		row.Seeds = append(row.Seeds, seed)
	}
	row.Time = time.Since(begun)
	return row, nil
}

func newRow(job Job) *Row {
	p := job.Play
	row := &Row{
		FS: job.FS.Name, Name: p.Name, Title: p.Title, Group: p.Group.String(), Calls: p.Calls, Promise: p.Promise,
		Durable: p.Durable, Commits: job.Commits, Counts: map[string]int{},
	}
	if job.FS.Control {
		row.Group, row.AnyBad = play.Control.String(), true
		return row
	}
	for _, o := range p.Expect {
		row.Expect = append(row.Expect, o.String())
	}
	return row
}

func (l *Lab) seed(ctx context.Context, job Job, row *Row, seed uint64) (err error) {
	dir, err := os.MkdirTemp(l.Room, "row-")
	if err != nil {
		return err
	}
	defer func() {
		// Never through a mount that could not be taken away: the room's owner
		// will see to it.
		if err == nil {
			err = os.RemoveAll(dir)
		}
	}()
	l.progress(job, 0, 0)
	recording := filepath.Join(dir, "tape")
	if err := l.record(ctx, dir, job, seed, recording); err != nil {
		return err
	}
	found := len(row.Examples)
	if err := l.check(ctx, dir, job, recording, seed, row); err != nil {
		return err
	}
	return l.keep(recording, row, found, seed)
}

func (l *Lab) progress(job Job, done, total int) {
	if l.Progress != nil {
		l.Progress(job, done, total)
	}
}

func (l *Lab) command(job Job, seed uint64) []string {
	if job.Play.Command != nil {
		return job.Play.Command
	}
	return append(slices.Clone(l.Play), job.Play.Name, "--commits", strconv.Itoa(job.Commits), "--seed", strconv.FormatUint(seed, 10))
}

// keep saves a recording that was asked for, or that shows what must not be.
func (l *Lab) keep(recording string, row *Row, found int, seed uint64) error {
	dir := l.Tapes
	if dir == "" {
		if row.Group != play.Ours.String() || len(row.Examples) == found {
			return nil
		}
		dir = os.TempDir()
	}
	path := filepath.Join(dir, fmt.Sprintf("lab-%s-%s-%d.tape.gz", row.FS, row.Name, seed))
	for i := found; i < len(row.Examples); i++ {
		row.Examples[i].Tape = path
	}
	data, err := os.ReadFile(recording)
	return errors.Join(err, os.MkdirAll(dir, 0o755), keepFile(path, data))
}
