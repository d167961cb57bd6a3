package journal

import (
	"bytes"
	"io"
)

// chunk is how much a window reads at a time.
const chunk = 128 << 10

// window shows a file through a buffer. Walked from the front to the back it
// reads every byte once.
type window struct {
	r    io.ReaderAt
	size int64  // of the file; less when it turns out to be shorter
	off  int64  // of buf
	buf  []byte // what is at hand
}

// at returns the n bytes at off, fewer where the file ends. They are valid
// until the next call.
func (w *window) at(off int64, n int) ([]byte, error) {
	n = int(max(0, min(int64(n), w.size-off)))
	if off < w.off || off > w.off+int64(len(w.buf)) {
		w.off, w.buf = off, w.buf[:0]
	}
	if have := w.off + int64(len(w.buf)) - off; have < int64(n) {
		if err := w.fill(off, n); err != nil {
			return nil, err
		}
		n = min(n, len(w.buf))
	}
	from := off - w.off
	return w.buf[from : from+int64(n)], nil
}

// fill makes off the start of the buffer, which then holds n bytes or all that
// there is.
func (w *window) fill(off int64, n int) error {
	rest := w.buf[off-w.off:]
	want := int(min(int64(max(n, chunk)), w.size-off))
	if cap(w.buf) < want {
		rest = append(make([]byte, 0, want), rest...)
	} else {
		rest = append(w.buf[:0], rest...)
	}
	have := len(rest)
	w.off, w.buf = off, rest[:want]
	got, err := w.r.ReadAt(w.buf[have:], off+int64(have))
	w.buf = w.buf[:have+got]
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		w.size = off + int64(len(w.buf)) // someone cut it meanwhile
		return nil
	}
	return err
}

// find returns the offset of the next marker at or after off, or -1.
func (w *window) find(off int64) (int64, error) {
	for off < w.size {
		b, err := w.ahead(off)
		if err != nil {
			return -1, err
		}
		if i := bytes.Index(b, marker[:]); i >= 0 {
			return off + int64(i), nil
		}
		if off+int64(len(b)) >= w.size {
			return -1, nil
		}
		off += int64(len(b) - len(marker) + 1)
	}
	return -1, nil
}

// findLast returns the offset of the last marker at or after from, or -1.
func (w *window) findLast(from int64) (int64, error) {
	step := int64(4 << 10)
	for end := w.size; end > from; step = min(2*step, chunk) {
		off := max(from, end-step)
		b, err := w.at(off, int(end-off)+len(marker)-1)
		if err != nil {
			return -1, err
		}
		if i := bytes.LastIndex(b, marker[:]); i >= 0 {
			return off + int64(i), nil
		}
		end = off
	}
	return -1, nil
}

// ahead returns everything at hand from off on, at least half a chunk unless
// the file ends.
func (w *window) ahead(off int64) ([]byte, error) {
	b, err := w.at(off, chunk/2)
	if err != nil || len(b) < chunk/2 {
		return b, err
	}
	return w.buf[off-w.off:], nil
}
