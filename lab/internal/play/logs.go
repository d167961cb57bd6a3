package play

import (
	"errors"

	"github.com/wholly-go/wholly/journal"
	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/lab/internal/mark"
)

const keptRecords = "each record that was acknowledged is there, in order"

// logs are the journals.
func logs() []Play {
	rules := judge.Rules{Log: true}
	return []Play{
		our(Play{Name: "journal", Title: "append to a new journal, one record or three", Calls: "F", Small: true,
			Promise: keptRecords, Rules: rules, Prepare: nothing, Run: appendLog}),
		our(Play{Name: "journal-compact", Title: "append to a journal, and compact it", Calls: "F",
			Promise: keptRecords, Rules: rules, Prepare: nothing, Run: compactLog}),
	}
}

const logName = "log"

// record is record gen of a log: 64 bytes to 4 KiB.
func (s *Stage) record(gen int) []byte {
	if s.Size > 0 {
		return mark.Content(gen, s.Size)
	}
	return mark.Content(gen, 64+s.Rand.IntN(4<<10))
}

func (s *Stage) withLog(do func(j *journal.Journal) error) error {
	j, err := journal.OpenIn(s.Context, s.Disk, logName, journal.Options{})
	if err != nil {
		return err
	}
	return errors.Join(do(j), j.Close())
}

// appendLog saves one record, then three at once, and so on.
func appendLog(s *Stage) error {
	return s.withLog(func(j *journal.Journal) error {
		gen := 0
		for n := range s.Commits {
			records := [][]byte{s.record(gen + 1)}
			if n%2 == 1 {
				records = append(records, s.record(gen+2), s.record(gen+3))
			}
			if err := s.append(gen, len(records), func() error {
				_, err := j.AppendAll(s.Context, records...)
				return err
			}); err != nil {
				return err
			}
			gen += len(records)
		}
		return nil
	})
}

// append marks what save does: n records behind record last.
func (s *Stage) append(last, n int, save func() error) error {
	for i := range n {
		if err := s.Begin(logName, last+1+i, nil); err != nil {
			return err
		}
	}
	if err := save(); err != nil {
		return err
	}
	for i := range n {
		if err := s.Ack(logName, last+1+i, nil); err != nil {
			return err
		}
	}
	return s.Pause()
}

// compactLog drops all records but the last before every second append.
func compactLog(s *Stage) error {
	return s.withLog(func(j *journal.Journal) error {
		for gen := 1; gen <= s.Commits; gen++ {
			if gen > 1 && gen%2 == 1 {
				if err := s.compact(j, gen-1); err != nil {
					return err
				}
			}
			record := s.record(gen)
			err := s.append(gen-1, 1, func() error { _, err := j.Append(s.Context, record); return err })
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Stage) compact(j *journal.Journal, last int) error {
	for gen := 1; gen < last; gen++ {
		if err := s.Tell(mark.Mark{Verb: mark.Void, Name: logName, Gen: gen}); err != nil {
			return err
		}
	}
	return j.Compact(s.Context, func(r journal.Record) bool { return r.Seq == uint64(last) })
}
