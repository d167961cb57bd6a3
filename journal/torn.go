package journal

import "bytes"

// A flush that a power cut met may be on the disk in part, its later records
// without its earlier ones. Nobody was told that it is done, so none of it may
// stand behind the hole. The same picture is damage, of which everything that
// is whole must be kept, if the flush had been acknowledged. Four things must
// come together to call it torn; any of them missing makes it damage.

// torn reports whether the hole before r is one that a power cut made: the file
// does not end with a whole flush, records are missing and all belong to the
// flush of r, no later flush follows, and the hole was never written.
func (s *scanner) torn(r record) (bool, error) {
	if s.off < s.tail.end {
		return false, nil // the last flush is whole, and all before it were
	}
	missing := s.last + 1
	if r.seq == missing || r.first() > missing || missing < s.proven || r.first() <= s.prover {
		return false, nil
	}
	bare, err := s.unwritten(s.off, r.off)
	if err != nil || !bare {
		return false, err
	}
	later, err := s.laterFlush(r)
	return !later, err
}

// laterFlush looks behind r for a record of a later flush, which was begun only
// when that of r was done. What it finds is kept, so that all calls together
// read the file once.
func (s *scanner) laterFlush(r record) (bool, error) {
	first := r.first()
	probe := *s
	probe.w, probe.plain = window{r: s.w.r, size: s.w.size}, nil
	probe.off, probe.last = r.off, r.seq-1
	for {
		r, found, err := probe.resync()
		if err != nil || !found {
			return false, err
		}
		if r.first() > first {
			// What stands as proof is not cut later: without it, the next
			// open would call torn what this one keeps.
			s.proven, s.prover = max(s.proven, r.first()), max(s.prover, r.first())
			return true, nil
		}
		probe.off, probe.last = r.end(), r.seq
	}
}

// sector is what a disk writes wholly or not at all, in bytes.
const sector = 512

var zeros [sector]byte

// unwritten reports whether the bytes from off to end hold zeros where a sector
// is missing: one of them whole, or its part behind off. A file that grows reads
// as zeros where nothing has arrived (etcd's wal tells them in the same way).
func (s *scanner) unwritten(off, end int64) (bool, error) {
	next := (off/sector + 1) * sector
	b, err := s.w.at(off, int(min(16, next-off, end-off)))
	if err != nil || bytes.Equal(b, zeros[:len(b)]) {
		return true, err
	}
	for ; next+sector <= end; next += sector {
		b, err := s.w.at(next, sector)
		if err != nil || bytes.Equal(b, zeros[:]) {
			return true, err
		}
	}
	return false, nil
}
