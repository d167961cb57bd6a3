package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/history"
)

// Exporting says how a log becomes a history file. Its zero value makes what
// browser-use loads, and takes no secrets out.
type Exporting struct {
	Format   history.Export
	Redactor *history.Redactor // takes secrets out of every step; nil takes none
	Keys     history.Keys      // what becomes of a secret in a key
}

// Exported tells what was written.
type Exported struct {
	Result wholly.Result // of the file; ExportLog only
	Steps  int
	Lost   []error        // damaged stretches and records that are missing in the file
	Notes  []history.Note // what the format of browser-use has no place for
	Report history.Report // of the redaction
}

// ExportLog writes the log in the file path as a history file that browser-use
// loads, to out: wholly, and holding one step in memory at a time. What could
// not be read is left out and told. After an error out is as it was: the log
// cannot be read, a secret is left (a *history.LeftError), writing failed, or
// ctx ended.
func ExportLog(ctx context.Context, p wholly.Policy, path, out string, x Exporting) (Exported, error) {
	full, err := resolve(out)
	if err != nil {
		return Exported{}, err
	}
	f, err := p.Create(full, 0o600)
	if err != nil {
		return Exported{}, err
	}
	defer f.Close()
	done, err := WriteLog(ctx, f, path, x)
	if err != nil {
		return done, err
	}
	err = f.Commit()
	done.Result = f.Result()
	return done, err
}

// WriteLog is ExportLog to a writer. After an error the document in w is not
// whole, but no step that holds a secret was written.
func WriteLog(ctx context.Context, w io.Writer, path string, x Exporting) (Exported, error) {
	return x.write(ctx, w, ReadLog(path))
}

func (x Exporting) write(ctx context.Context, out io.Writer, records iter.Seq2[history.Record, error]) (Exported, error) {
	done := Exported{Report: history.Report{Names: map[string]int{}, Keys: []string{}, Warnings: []string{}}}
	w, usage := history.NewWriter(out), []byte(nil)
	for rec, err := range records {
		var failed *wholly.Error
		switch {
		case ctx.Err() != nil:
			return done, ctx.Err()
		case errors.As(err, &failed):
			return done, err // the log cannot be read at all
		case err != nil:
			done.Lost = append(done.Lost, err)
		case rec.Step != nil:
			step, err := x.step(*rec.Step, &done)
			if err == nil {
				err = w.Write(step)
			}
			if err != nil {
				return done, err
			}
		case rec.Usage != nil:
			usage = rec.Usage
		}
	}
	if usage != nil && x.Redactor != nil {
		var report history.Report
		var err error
		if usage, report, err = x.Redactor.JSON(usage, x.Keys); err != nil {
			return done, err
		}
		done.Report = joined(done.Report, report)
	}
	return done, w.Close(usage)
}

// step makes s what is written.
func (x Exporting) step(s history.Step, done *Exported) (history.Step, error) {
	if x.Redactor != nil {
		report, err := x.Redactor.Step(s, x.Keys)
		for i, key := range report.Keys {
			report.Keys[i] = placeOf(done.Steps, key)
		}
		done.Report = joined(done.Report, report)
		if err != nil {
			return s, fmt.Errorf("%s: %w", placeOf(done.Steps, ""), err)
		}
	}
	s, notes := x.Format.Step(s)
	for _, n := range notes {
		n.Path = placeOf(done.Steps, n.Path)
		done.Notes = append(done.Notes, n)
	}
	done.Steps++
	return s, nil
}

// placeOf is the place in the whole document of what stands at path in a step.
func placeOf(step int, path string) string {
	if path == "" {
		return fmt.Sprintf("history[%d]", step)
	}
	return fmt.Sprintf("history[%d].%s", step, path)
}

// joined is the report of a document of which a and b are parts. Short secrets
// are the same in all.
func joined(a, b history.Report) history.Report {
	names := maps.Clone(a.Names)
	for name, n := range b.Names {
		names[name] += n
	}
	return history.Report{Replaced: a.Replaced + b.Replaced, Names: names, Keys: append(a.Keys, b.Keys...), Warnings: b.Warnings}
}
