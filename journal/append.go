package journal

import (
	"context"
	"io"
	"math"
	"slices"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/internal/disk"
)

// entry is what one call wants to append.
type entry struct {
	payloads [][]byte
	size     int64         // in the file, bytes
	done     chan struct{} // closed when the fields below are set
	first    uint64
	err      error
}

// Append adds one record. When it returns nil the record is on the disk, with
// the sequence number seq, one more than that of the record before it. Calls at
// the same time share a flush: all that queue while one runs go with the next,
// in one write and one sync.
//
// An error is a *wholly.Error. Its State is Old when the record is not in the
// journal and never will be; Unknown when that cannot be told before the
// journal is opened again. ctx ends the wait, not a write that has begun.
func (j *Journal) Append(ctx context.Context, payload []byte) (seq uint64, err error) {
	return j.AppendAll(ctx, payload)
}

// AppendAll adds records that follow each other, in one write and one sync, and
// returns the sequence number of the first. A power cut before it returns
// leaves the first few of them, all or none; an error is as that of Append, for
// all of them. Without payloads it does nothing and returns 0.
func (j *Journal) AppendAll(ctx context.Context, payloads ...[]byte) (first uint64, err error) {
	if len(payloads) == 0 {
		return 0, nil
	}
	e := &entry{payloads: payloads, done: make(chan struct{})}
	for _, p := range payloads {
		if len(p) > MaxRecord {
			return 0, j.fail("append", wholly.Old, ErrTooLarge)
		}
		e.size += head{length: uint32(len(p))}.size()
	}
	if err := ctx.Err(); err != nil {
		return 0, j.fail("append", wholly.Old, err)
	}
	j.mu.Lock()
	j.queue = append(j.queue, e)
	j.mu.Unlock()
	if err := j.await(ctx, e); err != nil {
		return 0, j.fail("append", wholly.Old, err)
	}
	return e.first, e.err
}

// await returns when e is done: by another's flush, or by our own when it is
// our turn first. An error means that e was withdrawn.
func (j *Journal) await(ctx context.Context, e *entry) error {
	select {
	case <-e.done:
		return nil
	case <-ctx.Done():
		if j.withdraw(e) {
			return ctx.Err()
		}
		<-e.done
		return nil
	case j.turn <- struct{}{}:
	}
	defer func() { <-j.turn }()
	for {
		select {
		case <-e.done:
			return nil
		default:
			j.flush()
		}
	}
}

// withdraw takes e out of the queue, if no flush has it yet.
func (j *Journal) withdraw(e *entry) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.Index(j.queue, e)
	if i < 0 {
		return false
	}
	j.queue = slices.Delete(j.queue, i, i+1)
	return true
}

// flushLimit is how many bytes a flush takes on, unless its first call has
// more.
const flushLimit = 1 << 20

// take returns the entries of the next flush, in the order of the queue.
func (j *Journal) take() []*entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	n, size := 0, int64(0)
	for n < len(j.queue) && (n == 0 || size+j.queue[n].size <= flushLimit) {
		size += j.queue[n].size
		n++
	}
	batch := j.queue[:n:n]
	j.queue = j.queue[n:]
	return batch
}

// flush writes what has queued and tells everyone; false if nothing had. The
// caller has the turn.
func (j *Journal) flush() bool {
	batch := j.take()
	if len(batch) == 0 {
		return false
	}
	next, state, err := j.write(batch)
	for _, e := range batch {
		if e.err = j.fail("append", state, err); err == nil {
			e.first = next
			next += uint64(len(e.payloads))
		}
		close(e.done)
	}
	return true
}

// write makes the records of batch durable, from number first on, or says what
// became of them.
func (j *Journal) write(batch []*entry) (first uint64, state wholly.State, err error) {
	if err := j.usable(); err != nil {
		return 0, wholly.Old, err
	}
	count := j.encode(batch)
	if j.next == 0 || count > math.MaxUint64-j.next {
		return 0, wholly.Old, ErrFull
	}
	if err := writeAll(j.file, j.buf); err != nil {
		return 0, j.cutBack(err), err
	}
	if err := j.file.Sync(); err != nil {
		return 0, j.repair(err), err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	first = j.next
	j.next += count
	j.end += int64(len(j.buf))
	return first, wholly.New, nil
}

// encode fills the buffer with the records of batch and counts them.
func (j *Journal) encode(batch []*entry) (count uint64) {
	if cap(j.buf) > 2*flushLimit {
		j.buf = nil
	}
	j.buf = j.buf[:0]
	for _, e := range batch {
		j.buf = slices.Grow(j.buf, int(e.size))
		for _, p := range e.payloads {
			h := head{uint32(len(p)), j.next + count, uint32(count), j.end}
			j.buf = j.header.appendRecord(j.buf, h, p)
			count++
		}
	}
	return count
}

// writeAll goes on after a short write: the reason, if there is one, is the
// next write's error.
func writeAll(f disk.File, p []byte) error {
	for len(p) > 0 {
		n, err := f.Write(p)
		if err != nil {
			return err
		}
		if n == 0 {
			return io.ErrShortWrite
		}
		p = p[n:]
	}
	return nil
}
