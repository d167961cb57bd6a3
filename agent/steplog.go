package agent

import (
	"context"
	"errors"
	"iter"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/journal"
)

// Log is the history of a run as an append-only log: saving a step costs what
// the step is long, and a crash loses no step that was saved. It may be used by
// many goroutines; one process at a time has it open for appending.
type Log struct{ j *journal.Journal }

// OpenLog opens the log in the file path, or makes it, private, its directories
// too. agentID goes into a new log and may be empty. Another process that has
// the log open is waited for, as wait says: zero for 30 seconds, negative not
// at all; then the error matches wholly.ErrBusy. A torn end, of a step whose
// saving a crash cut off, is gone when OpenLog returns.
func OpenLog(ctx context.Context, path, agentID string, o journal.Options) (*Log, error) {
	full, err := resolve(path)
	if err != nil {
		return nil, err
	}
	if o.MkdirMode == 0 {
		o.MkdirMode = 0o700
	}
	j, err := journal.Open(ctx, full, o)
	if err != nil {
		return nil, err
	}
	if err := begin(ctx, j, full, agentID); err != nil {
		j.Close()
		return nil, err
	}
	return &Log{j}, nil
}

// begin writes the header of a new log, and refuses a journal that is no log of
// a history before anything is added to it.
func begin(ctx context.Context, j *journal.Journal, path, agentID string) error {
	if j.Next() == 1 {
		_, err := j.Append(ctx, history.EncodeHeader(history.Header{AgentID: agentID}))
		return err
	}
	for r, err := range j.Records() {
		var damage *journal.Damage
		if errors.As(err, &damage) {
			continue
		}
		if err != nil {
			return err
		}
		rec, err := history.DecodeRecord(r.Payload)
		if err == nil && r.Seq == 1 && rec.Header == nil {
			err = ErrNotLog
		}
		if err != nil {
			return &wholly.Error{Op: "open", Path: path, State: wholly.Old, Err: err}
		}
		break
	}
	return nil
}

// ErrNotLog: the file is a journal, but none of a history.
var ErrNotLog = errors.New("not the log of a history")

// Append saves steps, in order, with one flush. When it returns nil they are on
// the disk, and no power cut takes them away: the first is record first of the
// log, the others follow. After an error the log holds what it held before, or
// its State says that this is not known.
func (l *Log) Append(ctx context.Context, steps ...history.Step) (first uint64, err error) {
	records := make([][]byte, len(steps))
	for i, s := range steps {
		records[i] = history.EncodeStep(s)
	}
	return l.j.AppendAll(ctx, records...)
}

// SetUsage saves the token usage of the run, one JSON value. The last counts.
func (l *Log) SetUsage(ctx context.Context, usage []byte) error {
	record, err := history.EncodeUsage(usage)
	if err == nil {
		_, err = l.j.Append(ctx, record)
	}
	return err
}

// Opened tells what OpenLog found.
func (l *Log) Opened() journal.Opened { return l.j.Opened() }

// Size is the length of the log in bytes.
func (l *Log) Size() int64 { return l.j.Size() }

// Close closes the log and lets others append.
func (l *Log) Close() error { return l.j.Close() }

// ReadLog yields the records of the log in the file path, as it is now, without
// keeping a writer from appending. A damaged stretch is yielded as a
// *journal.Damage, a record that is none of a history with what is wrong with
// it; both end nothing.
func ReadLog(path string) iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		full, err := resolve(path)
		if err != nil {
			yield(history.Record{}, err)
			return
		}
		for r, err := range journal.Read(full) {
			var rec history.Record
			if err == nil {
				rec, err = history.DecodeRecord(r.Payload)
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

// IsLog reports whether the file path is a log rather than a history file, by
// how it begins; a log that is damaged, or of a later version, is one. An empty
// file is none. An error says that the file could not be read.
func IsLog(path string) (bool, error) {
	full, err := resolve(path)
	if err != nil {
		return false, err
	}
	for _, err := range journal.Read(full) {
		var failed *wholly.Error
		switch {
		case errors.Is(err, journal.ErrNotJournal):
			return false, nil
		case errors.Is(err, journal.ErrHeader), errors.Is(err, journal.ErrVersion):
			return true, nil
		case errors.As(err, &failed):
			return false, err
		}
		return true, nil
	}
	stamp, err := wholly.Policy{}.Stamp(full)
	return err == nil && stamp.Size() > 0, err
}
