// Package tape holds what a disk was asked to do, in the order in which it was
// asked, and makes of it every disk that a power cut could have left.
//
// The idea is that of dm-log-writes: with every write and every flush in one
// total order, and the workload's own marks in the same order, a disk at any
// moment is a matter of choosing which of the writes since the last flush had
// reached it.
package tape

import (
	"bytes"
	"fmt"
	"maps"
)

// Block is the unit, in bytes, in which a disk is held, and in which a write is
// torn unless something else is asked for.
const Block = 4096

// Kind is what happened.
type Kind uint8

const (
	// Write put Data at Off.
	Write Kind = iota
	// Flush made everything written before it durable.
	Flush
	// Note is a line of the workload.
	Note
)

// Event is one thing that happened.
type Event struct {
	Kind Kind
	Off  int64  // of a write, in bytes
	Data []byte // of a write; the text of a note
}

// Blocks is the content of a disk by block number; a block that is not there
// is zero. Blocks are never changed in place, so that disks may share them.
type Blocks map[int64][]byte

// Tape is a recording: the disk at its start, and what happened to it.
type Tape struct {
	Size   int64 // of the disk, in bytes
	Base   Blocks
	Events []Event
}

// ReadAt fills p from off.
func (b Blocks) ReadAt(p []byte, off int64) {
	for len(p) > 0 {
		n := min(int64(len(p)), Block-off%Block)
		if block := b[off/Block]; block != nil {
			copy(p[:n], block[off%Block:])
		} else {
			clear(p[:n])
		}
		p, off = p[n:], off+n
	}
}

// WriteAt puts p at off. below is where a block that is written in part is
// taken from; it may be b itself.
func (b Blocks) WriteAt(p []byte, off int64, below func(n int64) []byte) {
	for len(p) > 0 {
		n := min(int64(len(p)), Block-off%Block)
		number := off / Block
		block := make([]byte, Block)
		if n < Block {
			copy(block, below(number))
		}
		copy(block[off%Block:], p[:n])
		b[number] = block
		p, off = p[n:], off+n
	}
}

// At returns block n, nil if it is zero.
func (b Blocks) At(n int64) []byte { return b[n] }

// Clone returns a disk that shares b's blocks.
func (b Blocks) Clone() Blocks { return maps.Clone(b) }

// IsZero reports whether p holds no byte but zero.
func IsZero(p []byte) bool { return len(bytes.TrimLeft(p, "\x00")) == 0 }

// String renders the event as a line of a story.
func (e Event) String() string {
	switch e.Kind {
	case Write:
		return fmt.Sprintf("write %d+%d", e.Off, len(e.Data))
	case Flush:
		return "flush"
	}
	return "-- " + string(e.Data)
}
