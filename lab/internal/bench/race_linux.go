package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/wholly-go/wholly/lab/internal/rig"
)

// race is a case on a file system.
type race struct {
	field    *field
	fs       rig.FS
	work     Case
	docs     []*document // one for each writer; the contestants take turns with them
	entrants []*entrant
}

// entrant is a contestant in a race, with a directory of its own.
type entrant struct {
	Contestant
	saver   *saver
	meter   meter
	dir     string
	targets []target
	docs    []*document // of the race
	samples []Sample
	failed  error
}

// run lets the contestants race and returns a cell for each. It fails only if
// there is nothing to compare with: a contestant that fails drops out, and its
// cell says why.
func (r *race) run(ctx context.Context, all []Contestant, random *rand.Rand, rounds int, tick func()) (cells []Cell, err error) {
	defer func() { err = errors.Join(err, r.clear()) }()
	r.docs = []*document{newDocument(r.work.Size, random.Uint64())}
	for r.work.For > 0 && len(r.docs) < r.work.Files {
		r.docs = append(r.docs, newDocument(r.work.Size, random.Uint64()))
	}
	for _, c := range all {
		r.enter(ctx, c)
	}
	for t := range schedule(random, len(r.entrants), rounds, r.work.Trials) {
		e := r.entrants[t.contestant]
		if err := r.trial(ctx, e, t.round); err != nil {
			return nil, err
		}
		tick()
	}
	if first := r.entrants[0]; first.failed != nil {
		return nil, fmt.Errorf("the baseline, %s, failed on %s in case %s: %w", first.Name, r.fs.Name, r.work.ID, first.failed)
	}
	for _, e := range r.entrants {
		cells = append(cells, r.cell(e))
	}
	return cells, nil
}

// enter prepares a contestant: its files exist, and it has saved each of them
// once, so that the first timed save is like the second.
func (r *race) enter(ctx context.Context, c Contestant) {
	e := &entrant{Contestant: c, docs: r.docs, dir: filepath.Join(r.field.dir, fmt.Sprintf("contestant-%02d", len(r.entrants)))}
	r.entrants = append(r.entrants, e)
	if e.targets, e.failed = fill(e.dir, r.work, e.docs[0].data); e.failed != nil {
		return
	}
	if e.saver, e.failed = c.open(ctx, e.dir); e.failed != nil {
		return
	}
	e.meter = meter{r.field.loop, e.saver.away}
	_, e.failed = e.pass(ctx, 1)
}

// trial times one trial and then lets the disk come to rest. Its error is that
// of the race; one of the contestant ends only its own part.
func (r *race) trial(ctx context.Context, e *entrant, round int) error {
	if e.failed != nil {
		return ctx.Err()
	}
	if err := r.field.settle(); err != nil {
		return err
	}
	before, err := e.meter.begin()
	if err != nil {
		return err
	}
	saves, latency, failed := e.work(ctx, r.work)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failed == nil {
		sample, err := e.meter.end(before, saves)
		if err != nil {
			return err
		}
		sample.Round, sample.Latency = round, latency
		if latency != nil {
			sample.Away = 0 // the ways of many writers overlap: their sum is no part of the time
		}
		e.samples = append(e.samples, sample)
		failed = e.verify()
	}
	e.failed = failed
	return nil
}

// verify reads the file that was saved last.
func (e *entrant) verify() error {
	last := e.targets[len(e.targets)-1]
	got, err := os.ReadFile(last.path)
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	if !bytes.Equal(got, e.docs[len(e.docs)-1].data) {
		return fmt.Errorf("read back: %s does not hold what was saved", last.name)
	}
	return nil
}

func (r *race) cell(e *entrant) Cell {
	c := Cell{FS: r.fs.Name, Case: r.work.ID, Contestant: e.Name, Calls: e.Calls, Durable: e.Durable, Syncs: e.syncs(),
		Baseline: e == r.entrants[0], Ours: e.Ours, InProcess: e.InProcess}
	if e.failed != nil {
		c.Failed = e.failed.Error()
		return c
	}
	c.fill(r.entrants[0].samples, e.samples)
	return c
}

// clear closes the contestants and removes their files.
func (r *race) clear() error {
	var failed []error
	for _, e := range r.entrants {
		if e.saver != nil {
			failed = append(failed, e.saver.close())
		}
		failed = append(failed, os.RemoveAll(e.dir))
	}
	return errors.Join(append(failed, r.field.settle())...)
}
