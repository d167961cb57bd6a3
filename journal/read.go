package journal

import (
	"errors"
	"io"
	"iter"
	"path/filepath"
	"slices"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/internal/disk"
)

// Record is one record of a journal.
type Record struct {
	Seq     uint64 // from 1
	Payload []byte // the caller's to keep
	Offset  int64  // of the record in the file, bytes
}

// Records yields every record that was acknowledged when the walk begins, in
// order. A damaged stretch is yielded as a *Damage, and the walk goes on behind
// it; any other error ends it. One record is in memory at a time.
func (j *Journal) Records() iter.Seq2[Record, error] { return j.Since(0) }

// Since is Records from the sequence number seq on; damage before it is left
// out.
func (j *Journal) Since(seq uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		s, from, err := j.view()
		if errors.Is(err, wholly.ErrChanged) {
			s, from, err = j.viewInTurn() // Compact is about to go on with the new file
		}
		if err != nil {
			yield(Record{}, j.fail("read", wholly.Old, err))
			return
		}
		defer from.file.Close()
		s.walk(from, seq, yield)
	}
}

// Read yields the records of the journal path without its lock, as
// [Journal.Records] does. It may be used while another process appends: a record
// that is not there as a whole yet is the end. Nothing is cut, made or changed.
// An empty file has no records.
func Read(path string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		dir, err := disk.OpenDir(filepath.Dir(path))
		if err != nil {
			yield(Record{}, &wholly.Error{Op: "read", Path: path, State: wholly.Old, Err: err})
			return
		}
		defer dir.Close()
		read(dir, filepath.Base(path), path, yield)
	}
}

// ReadIn is Read for the file name, one path element, in an open directory.
func ReadIn(dir disk.Dir, name string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) { read(dir, name, name, yield) }
}

func read(dir disk.Dir, name, path string, yield func(Record, error) bool) {
	fail := func(err error) {
		yield(Record{}, &wholly.Error{Op: "read", Path: path, State: wholly.Old, Err: err})
	}
	f, err := openFile(dir, name, false)
	if err != nil {
		fail(err)
		return
	}
	defer f.Close()
	s, damaged, err := newScanner(path, f)
	if errors.Is(err, errFresh) {
		return
	}
	if err != nil {
		fail(err)
		return
	}
	s.walk(source{f, damaged, true}, 0, yield)
}

// source is where a walk reads.
type source struct {
	file    disk.File
	damaged []*Damage // of the header
	live    bool      // someone may be writing
}

// view opens the file for a walk over what is acknowledged now. It has a handle
// of its own, so that it outlives a Compact, even a Close.
func (j *Journal) view() (*scanner, source, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil, source{}, ErrClosed
	}
	f, err := openFile(j.dir, j.name, false)
	if err != nil {
		return nil, source{}, err
	}
	s, damaged, err := newScanner(j.path, f)
	if err == nil && s.header != j.header {
		err = wholly.ErrChanged
	}
	if err != nil {
		f.Close()
		return nil, source{}, err
	}
	s.w.size = j.end
	return s, source{f, damaged, false}, nil
}

func (j *Journal) viewInTurn() (*scanner, source, error) {
	j.turn <- struct{}{}
	defer func() { <-j.turn }()
	return j.view()
}

// walk yields what s finds.
func (s *scanner) walk(from source, seq uint64, yield func(Record, error) bool) {
	fail := func(err error) {
		yield(Record{}, &wholly.Error{Op: "read", Path: s.path, State: wholly.Old, Err: err})
	}
	if err := s.ending(); err != nil {
		fail(err)
		return
	}
	for _, d := range from.damaged {
		if seq == 0 && !yield(Record{}, d) {
			return
		}
	}
	for {
		r, damage, err := s.step(from)
		switch {
		case err == io.EOF:
			return
		case err != nil:
			fail(err)
			return
		case damage != nil:
			if damage.LastSeq >= seq && !yield(Record{}, damage) {
				return
			}
		case r.seq >= seq:
			if !yield(Record{r.seq, slices.Clone(r.payload), r.off}, nil) {
				return
			}
		}
	}
}

// step is next; in a file that is being written it looks twice before it calls
// something damaged: the writer may have been in the middle of it.
func (s *scanner) step(from source) (record, *Damage, error) {
	before := *s
	r, damage, err := s.next()
	if damage == nil || !from.live {
		return r, damage, err
	}
	info, err := from.file.Stat()
	if err != nil {
		return r, nil, err
	}
	s.off, s.last, s.proven, s.prover = before.off, before.last, before.proven, before.prover
	s.w = window{r: s.w.r, size: info.Size}
	return s.next()
}
