package journal

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/internal/disk"
)

// Journal is a journal that is open for appending. It may be used by many
// goroutines; Close it at the end.
type Journal struct {
	path    string // as the caller gave it
	dir     disk.Dir
	ownDir  bool
	name    string
	options Options
	unlock  func()
	opened  Opened

	// turn is held by whoever works on the file: one flush, Compact, Close.
	turn chan struct{}
	// The fields below belong to the holder of turn.
	file disk.File // positioned at end
	buf  []byte    // of the flush, kept for the next

	mu sync.Mutex
	// The fields below change only with turn and mu held; either is enough to
	// read them.
	header header
	end    int64  // of the acknowledged records, bytes
	next   uint64 // sequence number
	broken error  // why nothing can be appended any more
	closed bool

	queue []*entry // under mu: what waits for a flush
}

// Opened is what Open found. It reads the whole file only where the end is not
// whole; of damage before a whole end it does not know, but Records does.
type Opened struct {
	Empty   bool   // there was no file, or no whole record in it
	Scanned bool   // the whole file was read
	Records uint64 // whole records; 0 unless Scanned
	Damaged int    // stretches of damage, without those of records unless Scanned; nothing of them was cut
	Cut     int64  // bytes of a torn end that were cut off; 0 unless Scanned
}

// Opened tells what Open found in the file.
func (j *Journal) Opened() Opened { return j.opened }

// Next returns the sequence number that the next record will have, if no
// append is under way. The first is 1.
func (j *Journal) Next() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.next
}

// Size returns the length of the file in bytes.
func (j *Journal) Size() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.end
}

// Close waits for the appends under way, closes the file and releases the lock.
// Every record that was acknowledged is on the disk already. Closing again does
// nothing.
func (j *Journal) Close() error {
	j.turn <- struct{}{}
	defer func() { <-j.turn }()
	for j.flush() {
	}
	j.mu.Lock()
	closed := j.closed
	j.closed = true
	j.mu.Unlock()
	if closed {
		return nil
	}
	return j.fail("close", wholly.Old, j.release()) // every record is on the disk
}

// release gives back what open took.
func (j *Journal) release() (err error) {
	if j.file != nil {
		err = j.file.Close()
	}
	if j.unlock != nil {
		j.unlock()
	}
	if j.ownDir {
		j.dir.Close()
	}
	return err
}

// usable reports why the journal cannot be written.
func (j *Journal) usable() error {
	switch {
	case j.closed:
		return ErrClosed
	case j.broken != nil:
		return j.broken
	}
	return nil
}

// fail makes err an error of op; nil stays nil.
func (j *Journal) fail(op string, state wholly.State, err error) error {
	if err == nil {
		return nil
	}
	return &wholly.Error{Op: op, Path: j.path, State: state, Err: err}
}

// cause takes the cause out of an Error of the verbs: ours names the journal.
func cause(err error) error {
	var e *wholly.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

func (j *Journal) log(level slog.Level, event string, attrs ...slog.Attr) {
	if j.options.Logger != nil {
		attrs = append([]slog.Attr{slog.String("path", j.path)}, attrs...)
		j.options.Logger.LogAttrs(context.Background(), level, "journal "+event, attrs...)
	}
}
