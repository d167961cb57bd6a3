package mark

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
)

// Smallest and Largest are the limits of the lab's own contents, in bytes.
const (
	Smallest = 48
	Largest  = 64 << 20
)

// Content is the lab's own content of generation gen: size bytes, or as near
// to that as the limits allow. A line at the beginning says both, what follows
// is drawn from them. There is no zero byte, so zeros prove a hole, and no two
// contents share a stretch, so a mixture proves a tear.
func Content(gen, size int) []byte {
	size = min(max(size, Smallest), Largest)
	data := header(make([]byte, 0, size), gen, size)
	s := newStream(gen, size)
	for len(data)+8 <= size {
		data = binary.LittleEndian.AppendUint64(data, s.next())
	}
	var last [8]byte
	binary.LittleEndian.PutUint64(last[:], s.next())
	return append(data, last[:size-len(data)]...)
}

// Generation tells which generation data is, if it is a whole one that Content
// made.
func Generation(data []byte) (gen int, ok bool) {
	line, _, found := bytes.Cut(data[:min(len(data), Smallest)], []byte("\n"))
	if !found || len(data) < Smallest || len(data) > Largest {
		return 0, false
	}
	number, _, _ := bytes.Cut(bytes.TrimPrefix(line, []byte("generation ")), []byte(" "))
	gen, err := strconv.Atoi(string(number))
	var own [Smallest]byte
	if err != nil || !bytes.Equal(header(own[:0], gen, len(data)), data[:len(line)+1]) {
		return 0, false
	}
	s := newStream(gen, len(data))
	rest := data[len(line)+1:]
	for ; len(rest) >= 8; rest = rest[8:] {
		if binary.LittleEndian.Uint64(rest) != s.next() {
			return 0, false
		}
	}
	var last [8]byte
	binary.LittleEndian.PutUint64(last[:], s.next())
	return gen, bytes.Equal(rest, last[:len(rest)])
}

func header(to []byte, gen, size int) []byte {
	return fmt.Appendf(to, "generation %d of %d bytes\n", gen, size)
}

// stream yields the bytes behind the header, eight at a time.
type stream struct{ pcg *rand.PCG }

func newStream(gen, size int) stream { return stream{rand.NewPCG(uint64(gen), uint64(size))} }

// next sets a bit in every byte, so that none is zero.
func (s stream) next() uint64 { return s.pcg.Uint64() | 0x1010_1010_1010_1010 }
