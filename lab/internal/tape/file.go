package tape

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// A tape in a file is gzip over: the magic line, the size of the disk, then
// frames of one byte of kind, an offset, a length and as many bytes; numbers
// are unsigned varints. A base frame is a block of the disk at the start. The
// last frame is an end frame: a file without it was cut off.
const (
	magic     = "wholly-lab tape 1\n"
	kindBase  = 'B'
	kindEnd   = 'E'
	maxFrame  = 64 << 20
	maxBlocks = 1 << 22 // of a base: 16 GiB
)

var kinds = map[Kind]byte{Write: 'W', Flush: 'F', Note: 'N'}

// Encode writes the tape to w, compressed.
func (t *Tape) Encode(w io.Writer) error {
	z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
	b := bufio.NewWriterSize(z, 1<<16)
	b.WriteString(magic)
	b.Write(binary.AppendUvarint(nil, uint64(t.Size)))
	for _, n := range slices.Sorted(maps.Keys(t.Base)) {
		frame(b, kindBase, n*Block, t.Base[n])
	}
	for _, e := range t.Events {
		frame(b, kinds[e.Kind], e.Off, e.Data)
	}
	frame(b, kindEnd, 0, nil)
	return errors.Join(b.Flush(), z.Close())
}

func frame(b *bufio.Writer, kind byte, off int64, data []byte) {
	head := binary.AppendUvarint([]byte{kind}, uint64(off))
	b.Write(binary.AppendUvarint(head, uint64(len(data))))
	b.Write(data)
}

// Decode reads a tape that Encode wrote. A tape that was cut off, or that
// speaks of places outside its disk, is an error.
func Decode(r io.Reader) (*Tape, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("not a tape: %w", err)
	}
	b := bufio.NewReaderSize(z, 1<<16)
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(b, head); err != nil || string(head) != magic {
		return nil, errors.New("not a tape: it does not begin with " + magic[:len(magic)-1])
	}
	size, err := binary.ReadUvarint(b)
	if err != nil || size > maxBlocks*Block {
		return nil, fmt.Errorf("tape: size of the disk %d: %w", size, errors.Join(err, errRange))
	}
	t := &Tape{Size: int64(size), Base: Blocks{}}
	for n := 0; ; n++ {
		end, err := t.frame(b)
		if err != nil {
			return nil, fmt.Errorf("tape: frame %d: %w", n, noEOF(err))
		}
		if !end {
			continue
		}
		if _, err := b.ReadByte(); err != io.EOF { // the sum of the whole file is behind it
			return nil, fmt.Errorf("tape: after its end: %w", errors.Join(err, errRange))
		}
		return t, nil
	}
}

var errRange = errors.New("out of range")

// noEOF makes an end of the file that comes too early an error by that name.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// frame reads one frame into t; end reports that it was the last.
func (t *Tape) frame(b *bufio.Reader) (end bool, err error) {
	kind, err := b.ReadByte()
	if err != nil {
		return false, err
	}
	off, err := binary.ReadUvarint(b)
	if err != nil {
		return false, err
	}
	n, err := binary.ReadUvarint(b)
	if err != nil {
		return false, err
	}
	if n > maxFrame || off > uint64(t.Size) || off+n > uint64(t.Size) && kind != kinds[Note] {
		return false, fmt.Errorf("%d bytes at %d: %w", n, off, errRange)
	}
	data, err := io.ReadAll(io.LimitReader(b, int64(n)))
	if err != nil {
		return false, err
	}
	if uint64(len(data)) < n {
		return false, io.ErrUnexpectedEOF
	}
	return kind == kindEnd, t.add(kind, int64(off), data)
}

func (t *Tape) add(kind byte, off int64, data []byte) error {
	switch kind {
	case kindEnd:
	case kindBase:
		if off%Block != 0 || len(data) != Block {
			return fmt.Errorf("a block of %d bytes at %d: %w", len(data), off, errRange)
		}
		t.Base[off/Block] = data
	case kinds[Write]:
		t.Events = append(t.Events, Event{Kind: Write, Off: off, Data: data})
	case kinds[Flush]:
		t.Events = append(t.Events, Event{Kind: Flush})
	case kinds[Note]:
		t.Events = append(t.Events, Event{Kind: Note, Data: data})
	default:
		return fmt.Errorf("unknown kind %q", kind)
	}
	return nil
}
