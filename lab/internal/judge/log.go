package judge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"

	"github.com/wholly-go/wholly/internal/disk"
	"github.com/wholly-go/wholly/journal"
)

// log reads a journal as it stands.
func (l *looker) log(d disk.Dir, name, owner string) Content {
	return l.records(owner, journal.ReadIn(d, name))
}

// openLog opens the journal name as a writer does, which cuts off a torn end.
func (l *looker) openLog(ctx context.Context, name string) (c Content) {
	err := l.enter(l.root, path.Dir(name), func(d disk.Dir) {
		j, err := journal.OpenIn(ctx, d, path.Base(name), journal.Options{Wait: -1})
		if err != nil {
			c = Content{Class: Unreadable, Err: err}
			return
		}
		defer j.Close()
		c = l.records(name, j.Records())
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Content{Class: Missing}
	case err != nil:
		return Content{Class: Unreadable, Err: err}
	}
	return c
}

func (l *looker) records(owner string, walk iter.Seq2[journal.Record, error]) Content {
	c := Content{Class: Good}
	for r, err := range walk {
		var damage *journal.Damage
		switch {
		case errors.As(err, &damage):
			c.Class, c.Err = Torn, err
			continue
		case err != nil:
			return Content{Class: Unreadable, Err: err}
		}
		c.Size += len(r.Payload)
		gens := l.known.generations(owner, r.Payload)
		if len(gens) == 0 {
			c.Class, c.Err = Torn, fmt.Errorf("record %d is not one that was written", r.Seq)
		}
		c.records = append(c.records, gens)
	}
	return c
}

// allowsLog says what is wrong with the records of a log, Good if nothing is.
// Generation 0 is how the log was at the start, or a record of it; a record
// that is void may be there or not.
func (s *saves) allowsLog(records [][]int) (Outcome, string) {
	last, there := -1, map[int]bool{}
	for _, gens := range records {
		gen := gens[0]
		if _, begun := s.spans[gen]; !begun {
			return Future, fmt.Sprintf("record %d had not begun", gen)
		}
		if gen <= last {
			return Torn, fmt.Sprintf("record %d stands behind %d", gen, last)
		}
		last, there[gen] = gen, true
	}
	for _, gen := range s.order {
		switch sp := s.spans[gen]; {
		case gen <= 0 || there[gen]:
		case sp.done:
			return Lost, fmt.Sprintf("record %d is gone", gen)
		case gen < last:
			return Torn, fmt.Sprintf("record %d is not there, but %d behind it", gen, last)
		}
	}
	return Good, ""
}
