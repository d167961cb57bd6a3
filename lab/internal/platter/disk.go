package platter

import (
	"bytes"
	"sync"

	"github.com/wholly-go/wholly/lab/internal/tape"
)

// disk is what the file "disk" holds, in layers, and what happened to it.
type disk struct {
	mu      sync.Mutex
	size    int64
	layers  []tape.Blocks // topmost first; writes go to the first
	events  []tape.Event
	records bool
	needle  []byte // writes that contain it fail; nil for none
	failed  int    // writes that did
}

// block returns block n as the topmost layer that has it knows it.
func (d *disk) block(n int64) []byte {
	for _, l := range d.layers {
		if b := l[n]; b != nil {
			return b
		}
	}
	return nil
}

func (d *disk) read(p []byte, off int64) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if off >= d.size {
		return 0
	}
	p = p[:min(int64(len(p)), d.size-off)]
	done := len(p)
	for len(p) > 0 {
		n := min(int64(len(p)), tape.Block-off%tape.Block)
		if b := d.block(off / tape.Block); b != nil {
			copy(p[:n], b[off%tape.Block:])
		} else {
			clear(p[:n])
		}
		p, off = p[n:], off+n
	}
	return done
}

// write reports whether the disk took the data.
func (d *disk) write(p []byte, off int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if off+int64(len(p)) > d.size {
		return false
	}
	if d.needle != nil && bytes.Contains(p, d.needle) {
		d.failed++
		return false
	}
	if d.records {
		d.events = append(d.events, tape.Event{Kind: tape.Write, Off: off, Data: bytes.Clone(p)})
	}
	d.layers[0].WriteAt(p, off, d.block)
	return true
}

func (d *disk) flush() { d.note(tape.Event{Kind: tape.Flush}) }

// mark takes the lines that a workload wrote at once.
func (d *disk) mark(text []byte) {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			d.note(tape.Event{Kind: tape.Note, Data: bytes.Clone(line)})
		}
	}
}

func (d *disk) note(e tape.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.records {
		d.events = append(d.events, e)
	}
}

// insert puts another disk into the drive. What was written to the one before
// is gone.
func (d *disk) insert(layers ...tape.Blocks) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.layers = append([]tape.Blocks{{}}, layers...)
}
