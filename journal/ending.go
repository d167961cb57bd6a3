package journal

// tail is the flush with which a file ends. It is zero where the file ends with
// something else, or where nobody has looked.
type tail struct {
	off, end    int64
	first, last uint64 // sequence numbers
}

// ending finds the flush with which the file ends, if it does end with a whole
// one, and reads no more of the file than that flush and what the search for
// its last record takes. Only the journal writes markers, so the last marker
// begins the last record, whatever the payloads are made of, and whatever part
// of a flush a power cut has left.
func (s *scanner) ending() error {
	at, err := s.w.findLast(max(start, s.w.size-headLen-MaxRecord-sumLen))
	if err != nil || at < 0 {
		return err
	}
	r, v, err := s.look(at)
	if err != nil || v != good || r.end() != s.w.size {
		return err
	}
	t := tail{r.flush, r.end(), r.first(), r.seq}
	whole, err := s.leads(t, at)
	if err == nil && whole {
		s.tail = t
	}
	return err
}

// leads reports whether all records of t are there, without a gap, up to the
// one at last. A copy of them at another place does not pass: they say where
// their flush begins.
func (s *scanner) leads(t tail, last int64) (bool, error) {
	off, seq := t.off, t.first
	if off < start {
		return false, nil
	}
	for ; off < last; seq++ {
		r, v, err := s.look(off)
		if err != nil || v != good || r.seq != seq || r.first() != t.first || r.flush != t.off {
			return false, err
		}
		off = r.end()
	}
	return off == last && seq == t.last, nil
}

// fits reports whether r may come next: numbers ascend, and before a flush that
// is known to end the file nothing overlaps it or is numbered past it.
func (s *scanner) fits(r record) bool {
	before := r.end() <= s.tail.off && r.seq < s.tail.first
	return r.seq > s.last && (before || r.off >= s.tail.off)
}

// behind is where the search goes on that has no use for r.
func (s *scanner) behind(r record) int64 {
	if r.off < s.tail.off {
		return min(r.end(), s.tail.off)
	}
	return r.end()
}
