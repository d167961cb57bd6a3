package store

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
)

// TestWhole reads contents of sizes about the chunk, beside known ones that
// differ from them at every kind of place.
func TestWhole(t *testing.T) {
	filled := func(n int) []byte { return bytes.Repeat([]byte("0123456789"), n/10+1)[:n] }
	differing := func(data []byte, at int) []byte {
		d := bytes.Clone(data)
		d[at] = 'x'
		return d
	}
	for _, size := range []int{0, 1, 10, chunk - 1, chunk, chunk + 1, 3*chunk + 7} {
		data := filled(size)
		var others [][]byte
		for _, at := range []int{0, size / 2, chunk, size - 1} {
			if 0 <= at && at < size {
				others = append(others, differing(data, at))
			}
		}
		others = append(others, nil, filled(size+1), filled(size/2))
		same := bytes.Clone(data)
		for name, r := range map[string]io.Reader{
			"plain": bytes.NewReader(data), "half": iotest.HalfReader(bytes.NewReader(data)), "with EOF": iotest.DataErrReader(bytes.NewReader(data)),
		} {
			for _, claim := range []int{size, size + 5, max(0, size-5), 0} { // a file may change while it is read
				got, err := whole(sized{r, int64(claim)}, others...)
				if err != nil || !bytes.Equal(got, data) {
					t.Fatalf("%d bytes, %s, said to be %d: %d bytes, %v", size, name, claim, len(got), err)
				}
				r = bytes.NewReader(data)
			}
		}
		got, err := whole(bytes.NewReader(data), append(others, same)...)
		if err != nil || size > 0 && &got[0] != &same[0] {
			t.Errorf("%d bytes: what was known was copied, %v", size, err)
		}
		if _, err := whole(sized{iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(data))), int64(size)}, same); size > 2 && err == nil {
			t.Errorf("%d bytes: an error was swallowed", size)
		}
	}
}
