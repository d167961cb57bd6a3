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
	if j.Next() == 1 {
		if _, err := j.Append(ctx, history.EncodeHeader(history.Header{AgentID: agentID})); err != nil {
			j.Close()
			return nil, err
		}
	}
	return &Log{j}, nil
}

// Append saves steps, in order, with one flush. When it returns nil they are on
// the disk, and no power cut takes them away; after an error the log holds what
// it held before, or its State says that this is not known.
func (l *Log) Append(ctx context.Context, steps ...history.Step) error {
	records := make([][]byte, len(steps))
	for i, s := range steps {
		records[i] = history.EncodeStep(s)
	}
	_, err := l.j.AppendAll(ctx, records...)
	return err
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

// Exported tells what ExportLog wrote.
type Exported struct {
	Result wholly.Result
	Steps  int
	Lost   []error        // damaged stretches and records that are missing in the file
	Notes  []history.Note // what the format of browser-use has no place for
}

// ExportLog writes the log in the file path as a history file that browser-use
// loads, to out: wholly, and holding one step in memory at a time. What could
// not be read is left out and told.
func ExportLog(ctx context.Context, p wholly.Policy, path, out string, e history.Export) (Exported, error) {
	var done Exported
	full, err := resolve(out)
	if err != nil {
		return done, err
	}
	f, err := p.Create(full, 0o600)
	if err != nil {
		return done, err
	}
	defer f.Close()
	w, usage := history.NewWriter(f), []byte(nil)
	for rec, err := range ReadLog(path) {
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		var none *wholly.Error
		switch {
		case errors.As(err, &none):
			return done, err // the log cannot be read at all
		case err != nil:
			done.Lost = append(done.Lost, err)
		case rec.Step != nil:
			step, notes := e.Step(*rec.Step)
			done.Steps++
			done.Notes = append(done.Notes, notes...)
			if err := w.Write(step); err != nil {
				return done, err
			}
		case rec.Usage != nil:
			usage = rec.Usage
		}
	}
	if err := w.Close(usage); err != nil {
		return done, err
	}
	err = f.Commit()
	done.Result = f.Result()
	return done, err
}
