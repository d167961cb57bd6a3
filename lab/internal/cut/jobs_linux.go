package cut

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/wholly-go/wholly/lab/internal/play"
	"github.com/wholly-go/wholly/lab/internal/rig"
)

// Job is a row to be run.
type Job struct {
	FS      rig.FS
	Play    play.Play
	Commits int    // saves of each recording
	Seed    uint64 // of the first recording
	Seeds   int    // recordings at least
	Disks   int    // disks at least: recorded again until there are as many
}

// maxSeeds is how many recordings a row may take to get its disks.
const maxSeeds = 40

// more reports whether the row needs another recording.
func (j Job) more(r *Row) bool {
	n := len(r.Seeds)
	switch {
	case n < j.Seeds:
		return true
	case r.Disks < j.Disks:
		return n < maxSeeds
	}
	return len(r.Blind()) > 0 && n < j.Seeds+patience
}

// Work runs the jobs, as many at a time as parallel says, and calls done with
// each row, one call at a time. When the time is over (the zero time never is)
// or done says so, no further row begins; rest are the jobs that did not. The
// first error stops everything.
func (l *Lab) Work(ctx context.Context, jobs []Job, parallel int, until time.Time, done func(*Row) (goOn bool)) (rest []Job, err error) {
	whole := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		mu     sync.Mutex
		next   int
		over   bool
		failed []error
		wait   sync.WaitGroup
	)
	take := func() (Job, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(jobs) || over || ctx.Err() != nil || !until.IsZero() && time.Now().After(until) {
			return Job{}, false
		}
		next++
		return jobs[next-1], true
	}
	for range parallel {
		wait.Go(func() {
			for job, ok := take(); ok; job, ok = take() {
				row, err := l.Run(ctx, job)
				mu.Lock()
				if err != nil {
					failed = append(failed, err)
					cancel()
				} else if !done(row) {
					over = true
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if len(failed) == 0 { // it may have ended between two rows
		return jobs[next:], whole.Err()
	}
	return jobs[next:], first(failed)
}

// first is the error that stopped the others.
func first(failed []error) error {
	for _, err := range failed {
		if !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return errors.Join(failed...)
}
