package eio

import (
	"slices"
	"testing"
)

// TestSyncsAreUnderstood: what a trace says is read, calls that were interrupted
// by those of other threads too.
func TestSyncsAreUnderstood(t *testing.T) {
	trace := `12 fsync(3</mnt/d/.wholly-a>) = -1 EIO (Input/output error)
13 fsync(4</mnt/d>  <unfinished ...>
12 fdatasync(5</mnt/d/b>) = 0
13 <... fsync resumed>)              = 0
`
	list, again := syncs(trace)
	want := []string{"fsync .wholly-a = EIO", "fdatasync b = 0", "fsync d = 0"}
	if !slices.Equal(list, want) || again {
		t.Errorf("read %q (again: %v), want %q", list, again, want)
	}
	if _, again := syncs(trace + "13 fsync(9</mnt/d/.wholly-a>) = 0\n"); !again {
		t.Error("a second sync of a file that failed was not noticed")
	}
}
