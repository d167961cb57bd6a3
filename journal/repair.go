package journal

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/wholly-go/wholly"
)

// cutBack takes away what a failed write has left, and returns the state of its
// records. The cut is synced: else a part of them could appear again behind the
// next record.
func (j *Journal) cutBack(why error) wholly.State {
	if j.shorten() != nil {
		return j.repair(why)
	}
	j.log(slog.LevelWarn, "append failed and was taken back", slog.Any("cause", why))
	return wholly.Old
}

// shorten cuts the file off at its end, durably.
func (j *Journal) shorten() error {
	if err := j.file.Truncate(j.end); err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		return err
	}
	return j.reopen()
}

// repair replaces the file by a copy of what was acknowledged, and returns the
// state of the records that were not. After a failed sync nobody knows what of
// the file is on the disk, and a second sync would say "all" (Rebello et al.,
// "Can Applications Recover from fsync Failures?", USENIX ATC 2020): only
// another file can be trusted. If that fails too, nothing is appended any more.
func (j *Journal) repair(why error) wholly.State {
	err := j.replace(func(w io.Writer) error {
		_, err := io.Copy(w, io.NewSectionReader(j.file, 0, j.end))
		return err
	})
	if err == nil {
		err = j.reopen()
	}
	if err == nil {
		j.log(slog.LevelWarn, "the file was replaced by a copy of what is good", slog.Any("cause", why))
		return wholly.Old
	}
	j.breaks(fmt.Errorf("%w: %w (repair: %w)", ErrBroken, why, cause(err)))
	return wholly.Unknown
}

// breaks ends the use of the journal.
func (j *Journal) breaks(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.broken = err
	j.log(slog.LevelError, "out of use", slog.Any("cause", err))
}

// replace makes what fill writes the file: durably, wholly or not at all.
func (j *Journal) replace(fill func(io.Writer) error) error {
	policy := wholly.Policy{Links: wholly.Refuse, Logger: j.options.Logger}
	f, err := policy.DirOn(j.dir).Create(j.name, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := fill(f); err != nil {
		return err
	}
	return f.Commit()
}

// await the turn, for work on the file that is no flush.
func (j *Journal) takeTurn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case j.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
