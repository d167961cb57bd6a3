package vault

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"github.com/wholly-go/wholly/agent/storagestate"
)

// Who writes the file notes in its record that it did, and at which generation,
// beside what is noted of the others. So a keeper sees whether a content was made
// from the one it knows: if not, for the file had been damaged or put back and
// somebody wrote who knew less, what that content lacks was not deleted.

// writersMost is how many writers are remembered.
const writersMost = 32

// newWriter names one File: processes share browsers, and a process may have the
// same file twice.
func newWriter() string {
	var id [6]byte
	rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// descends reports whether a content with the record is was made from the one
// with the record known. A program that keeps no record read what it wrote over,
// as far as anybody knows.
func descends(is, known storagestate.Keeper) bool {
	if is.Version == 0 {
		return true
	}
	forgotten := int64(0) // writers before this are not remembered
	if len(is.Writers) >= writersMost {
		forgotten = slices.Min(slices.Collect(maps.Values(is.Writers)))
	}
	for writer, generation := range known.Writers {
		if generation >= forgotten && is.Writers[writer] < generation {
			return false
		}
	}
	return true
}

// ahead reports whether a content with the record is was made from the one with
// the record known, and later.
func ahead(is, known storagestate.Keeper) bool {
	return is.Version > 0 && is.Generation > known.Generation && descends(is, known)
}

// reunite brings together two contents that know nothing of each other. For each
// item the later change counts, a deletion too; where neither tells a time, what
// is there stays, as known has it.
func reunite(is, known *storagestate.State, now time.Time) *storagestate.State {
	a, b := is.Keeper(), known.Keeper()
	has := map[string]bool{}
	for i := range known.Items() {
		has[i.ID()] = true
	}
	theirs := func(i storagestate.Item) bool {
		id := i.ID()
		at, told := b.Changed[id]
		return a.Changed[id].After(at) || !told && !has[id]
	}
	ours := func(i storagestate.Item) bool { return !theirs(i) }
	o := storagestate.Options{Now: now}
	// From this base the one side has changed what is taken of it, and the
	// other the rest.
	base, _ := storagestate.Merge(known.Filter(theirs), is.Filter(ours), o)
	out, _ := storagestate.Merge3(base, is, known, o)
	k := b
	k.Generation = max(a.Generation, b.Generation)
	k.Writers = bothWriters(a.Writers, b.Writers)
	k.Changed = out.Keeper().Changed
	return out.WithKeeper(k)
}

func bothWriters(a, b map[string]int64) map[string]int64 {
	out := make(map[string]int64, len(a)+1)
	maps.Copy(out, a)
	for writer, generation := range b {
		out[writer] = max(out[writer], generation)
	}
	return out
}

// noteWriter adds a writer, and forgets those who wrote longest ago.
func noteWriter(writers map[string]int64, writer string, generation int64) map[string]int64 {
	out := bothWriters(writers, map[string]int64{writer: generation})
	for len(out) > writersMost {
		var oldest string
		for w, g := range out {
			if oldest == "" || g < out[oldest] || g == out[oldest] && w < oldest {
				oldest = w
			}
		}
		delete(out, oldest)
	}
	return out
}
