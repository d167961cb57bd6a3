package journal

import (
	"bytes"
	"testing"
)

// TestHeads: a head with a right sum is refused all the same if it says what no
// journal writes.
func TestHeads(t *testing.T) {
	h, other := newHeader(1), newHeader(1)
	for _, tc := range []struct {
		what string
		from header
		head head
		want bool
	}{
		{"the first", h, head{0, 1, 0, 0}, true},
		{"the largest", h, head{MaxRecord, 1<<64 - 1, 1<<32 - 1, 1<<63 - 1}, true},
		{"too long", h, head{MaxRecord + 1, 1, 0, 0}, false},
		{"number zero", h, head{1, 0, 0, 0}, false},
		{"a flush that begins before 1", h, head{1, 5, 5, 0}, false},
		{"of another file", other, head{0, 1, 0, 0}, false},
	} {
		got, _, ok := h.decodeHead(tc.from.appendRecord(nil, tc.head, nil))
		if ok != tc.want || ok && got != tc.head {
			t.Errorf("%s: %+v, %v", tc.what, got, ok)
		}
	}
}

// TestFindAcrossChunks: a marker is found wherever the pieces meet.
func TestFindAcrossChunks(t *testing.T) {
	for _, middle := range []int{chunk / 2, chunk, 2 * chunk, 3*chunk - 4<<10, 3*chunk - 12<<10} {
		for at := middle - 5; at <= middle+5; at++ {
			file := make([]byte, 3*chunk)
			copy(file[at:], marker[:])
			w := window{r: bytes.NewReader(file), size: int64(len(file))}
			if got, err := w.find(0); got != int64(at) || err != nil {
				t.Errorf("%d, %v, want %d", got, err, at)
			}
			if got, err := w.findLast(0); got != int64(at) || err != nil {
				t.Errorf("last: %d, %v, want %d", got, err, at)
			}
			if got, err := w.find(int64(at + 1)); got != -1 || err != nil {
				t.Errorf("behind it: %d, %v", got, err)
			}
		}
	}
}
