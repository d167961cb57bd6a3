package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/wholly-go/wholly"
)

// Compact replaces the file by one that holds only the records for which keep
// says true, durably, wholly or not at all. The records keep their sequence
// numbers, and the numbers go on as before. If the journal has damage the whole
// old file is kept first as NAME.bak, an earlier NAME.bak being replaced, so that
// the evidence stays. Appends wait meanwhile; keep must not append itself, and
// the payload it sees is not valid after it returns. It is called once for each
// record.
//
// An error is a *wholly.Error: with State Old nothing changed and the journal
// goes on; otherwise it must be opened anew.
func (j *Journal) Compact(ctx context.Context, keep func(Record) bool) error {
	if err := j.takeTurn(ctx); err != nil {
		return j.fail("compact", wholly.Old, err)
	}
	defer func() { <-j.turn }()
	if err := j.usable(); err != nil {
		return j.fail("compact", wholly.Old, err)
	}
	if j.next == 0 {
		return j.fail("compact", wholly.Old, ErrFull)
	}
	c := compaction{from: j, keep: keep, header: newHeader(j.next)}
	err := j.replace(func(w io.Writer) error { return c.run(ctx, w) })
	if err == nil {
		err = j.adopt(c)
	}
	if err == nil {
		j.log(slog.LevelInfo, "compacted", slog.Uint64("kept", c.kept), slog.Uint64("dropped", c.dropped))
		return nil
	}
	var e *wholly.Error
	state := wholly.Old
	if errors.As(err, &e) {
		state = e.State
	}
	if state != wholly.Old {
		j.breaks(fmt.Errorf("%w: compact: %w", ErrBroken, cause(err)))
	}
	return j.fail("compact", state, cause(err))
}

// adopt goes on with the file that c has made.
func (j *Journal) adopt(c compaction) error {
	j.mu.Lock()
	j.header, j.end = c.header, c.end
	j.mu.Unlock()
	if err := j.reopen(); err != nil {
		return j.fail("compact", wholly.Unknown, err)
	}
	return nil
}

// compaction writes the kept records of a journal to a new file.
type compaction struct {
	from          *Journal
	keep          func(Record) bool
	header        header
	end           int64 // of the new file
	kept, dropped uint64
}

func (c *compaction) run(ctx context.Context, w io.Writer) error {
	s, src, err := c.from.view()
	if err != nil {
		return err
	}
	defer src.file.Close()
	if err := s.ending(); err != nil {
		return err
	}
	evidence := len(src.damaged) > 0
	out := bufio.NewWriterSize(w, chunk)
	out.Write(c.header.encode()) // a bufio.Writer remembers its error
	c.end = start
	for {
		r, damage, err := s.next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		switch {
		case err != nil:
			return err
		case damage != nil:
			evidence = true
		default:
			c.record(out, r)
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if evidence {
		return c.from.keepEvidence(ctx, src)
	}
	return nil
}

// record passes one record on, if it is to be kept.
func (c *compaction) record(out *bufio.Writer, r record) {
	if !c.keep(Record{r.seq, r.payload, r.off}) {
		c.dropped++
		return
	}
	h := head{length: r.length, seq: r.seq, flush: c.end}
	out.Write(c.header.appendRecord(out.AvailableBuffer(), h, r.payload))
	c.end += h.size()
	c.kept++
}

// keepEvidence copies the file to NAME.bak.
func (j *Journal) keepEvidence(ctx context.Context, src source) error {
	policy := wholly.Policy{Links: wholly.Refuse, Logger: j.options.Logger}
	content := io.NewSectionReader(src.file, 0, j.end)
	_, err := policy.DirOn(j.dir).WriteFrom(ctx, j.name+".bak", content, 0o600)
	if err != nil {
		return fmt.Errorf("keep the damaged file as %s.bak: %w", j.name, cause(err))
	}
	return nil
}
