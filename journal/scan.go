package journal

import (
	"bytes"
	"io"
)

// scanner walks the records of one file. After io.EOF, off is where the next
// record belongs: what lies behind it is the torn end of a flush that nobody
// was told is done.
type scanner struct {
	path   string
	header header
	w      window
	off    int64  // of the next record
	last   uint64 // sequence number before it
	proven uint64 // a later flush shows that all before this one were done
	prover uint64 // the first record of the last flush that was needed to show it
	tail   tail   // with which the file ends, where that is known
	plain  []byte // the last record that was masked
}

// record is one whole record, seen through the window.
type record struct {
	head
	off     int64
	payload []byte
}

func (r record) end() int64 { return r.off + r.size() }

// verdict is what is found at an offset.
type verdict uint8

const (
	foreign verdict = iota // no record of this file begins here
	broken                 // one does, but its payload is not what was written
	good
)

// look says what is at off.
func (s *scanner) look(off int64) (record, verdict, error) {
	b, err := s.w.at(off, headLen)
	if err != nil {
		return record{}, foreign, err
	}
	h, k, ok := s.header.decodeHead(b)
	r := record{head: h, off: off}
	if !ok {
		return r, foreign, nil
	}
	if r.end() > s.w.size { // before anything of that length is allocated
		return r, foreign, nil
	}
	if b, err = s.w.at(off, int(r.size())+len(marker)-1); err != nil {
		return r, foreign, err
	}
	if int64(len(b)) < r.size() || bytes.Contains(b[1:], marker[:]) {
		return r, broken, nil // the journal writes no marker into a record
	}
	if b = s.unmasked(b[:r.size()], k); !s.header.whole(b) {
		return r, broken, nil
	}
	r.payload = b[headLen : len(b)-sumLen]
	return r, good, nil
}

// unmasked returns the plain form of a record. The window needs its bytes as
// they are in the file.
func (s *scanner) unmasked(b []byte, k key) []byte {
	if k == (key{}) {
		return b
	}
	s.plain = append(s.plain[:0], b...)
	k.mask(s.plain)
	return s.plain
}

// next returns the next record, or the damage before it, or io.EOF.
func (s *scanner) next() (record, *Damage, error) {
	r, v, err := s.look(s.off)
	if err != nil {
		return r, nil, err
	}
	if v == good && s.fits(r) {
		if from := max(s.last+1, s.header.floor); r.seq > from {
			s.last = r.seq - 1
			return r, &Damage{s.path, s.off, s.off, from, r.seq - 1}, nil
		}
		s.off, s.last = r.end(), r.seq
		s.proven = max(s.proven, r.first())
		return r, nil, nil
	}
	r, found, err := s.resync()
	if err != nil {
		return r, nil, err
	}
	if !found {
		return r, nil, io.EOF
	}
	torn, err := s.torn(r)
	if err != nil {
		return r, nil, err
	}
	if torn {
		return r, nil, io.EOF
	}
	d := &Damage{Path: s.path, From: s.off, To: r.off}
	if r.seq > s.last+1 {
		d.FirstSeq, d.LastSeq = s.last+1, r.seq-1
	}
	s.off, s.last = r.off, r.seq-1
	return r, d, nil
}

// patience limits how many bytes of broken payloads are summed for each byte
// that the search moves on: heads in heads, as only an attacker makes them,
// would cost the square of the file.
const patience = 16

// resync finds the first whole record behind off that fits.
func (s *scanner) resync() (record, bool, error) {
	spent := int64(0)
	for pos := s.off; ; {
		r, v, err := s.look(pos)
		if err != nil {
			return r, false, err
		}
		if v != foreign { // the length of no record was read, not its bytes
			spent += r.size()
		}
		switch {
		case v == good && s.fits(r):
			return r, true, nil
		case v == good, v == broken && spent > patience*(pos-s.off)+MaxRecord:
			pos = s.behind(r)
		default:
			pos++
		}
		if pos, err = s.w.find(pos); err != nil || pos < 0 {
			return r, false, err
		}
	}
}
