package bench

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Case is a kind of work. A trial saves all its files, Passes times over, one
// after the other; or, where For is set, every file has a writer of its own
// that saves for so long. All files exist before.
type Case struct {
	ID    string // for --case
	Title string
	Text  string // a sentence on what is timed

	Size   int           // of a file, bytes
	Files  int           // in one directory
	Passes int           // 1 where For is set
	For    time.Duration // of a trial
	Trials int           // of each contestant in a round
}

const (
	kib = 1 << 10
	mib = 1 << 20
)

// Cases returns the cases in the order of the tables; with quick they are
// smaller, and the largest is left out.
func Cases(quick bool) []Case {
	trials := func(n int) int { return n }
	files, saves, limit := 1000, 100, 500*time.Millisecond
	if quick {
		trials = func(n int) int { return max(3, n/4) }
		files, saves, limit = 50, 20, 100*time.Millisecond
	}
	all := []Case{
		single("4k", "4 KiB", 4*kib, trials(20)),
		single("64k", "64 KiB", 64*kib, trials(20)),
		single("1m", "1 MiB", mib, trials(10)),
		single("64m", "64 MiB", 64*mib, 2),
		{ID: "files", Title: fmt.Sprintf("Save %s files", thousands(files)), Size: 4 * kib, Files: files, Passes: 1, Trials: 1,
			Text: "Files of 4 KiB in one directory, each saved once, one after the other."},
		{ID: "writers", Title: "32 writers at once", Size: 4 * kib, Files: 32, Passes: 1, For: limit, Trials: 1,
			Text: fmt.Sprintf("32 goroutines, each saving its own file of 4 KiB again and again for %s; the time of a save is the whole time by the number of saves.", limit)},
		{ID: "hot", Title: fmt.Sprintf("Save one hot document %d times", saves), Size: 64 * kib, Files: 1, Passes: saves, Trials: 1,
			Text: "One document of 64 KiB, half a percent of it changed each time, every save as durable as the contestant makes it: nothing is coalesced."},
	}
	if quick {
		all = append(all[:3], all[4:]...)
	}
	return all
}

func single(id, size string, bytes, trials int) Case {
	return Case{ID: id, Title: "Replace " + size, Text: "One file of " + size + ", replaced; the file system is synced between two saves, untimed.",
		Size: bytes, Files: 1, Passes: 1, Trials: trials}
}

// Single tells a case in which a trial is one save: only there do the counts
// of each save stand alone.
func (c Case) Single() bool { return c.Files*c.Passes == 1 && c.For == 0 }

// Pick returns the cases with these IDs in the order of the tables, all of them
// if there are no IDs. The error lists the IDs there are.
func Pick(all []Case, ids []string) ([]Case, error) {
	if len(ids) == 0 {
		return all, nil
	}
	want, known := map[string]bool{}, []string{}
	for _, id := range ids {
		want[id] = true
	}
	var picked []Case
	for _, c := range all {
		known = append(known, c.ID)
		if want[c.ID] {
			picked = append(picked, c)
			delete(want, c.ID)
		}
	}
	for id := range want {
		return nil, fmt.Errorf("no case %q: there are %s", id, strings.Join(known, ", "))
	}
	return picked, nil
}

// document is content that changes a little with every save, so that no save
// can be left out.
type document struct {
	data    []byte
	version uint64
}

func newDocument(size int, seed uint64) *document {
	d := &document{data: make([]byte, size)}
	random := rand.New(rand.NewPCG(seed, uint64(size)))
	for i := 0; i+8 <= size; i += 8 {
		binary.LittleEndian.PutUint64(d.data[i:], random.Uint64())
	}
	return d
}

// edit changes half a percent of the document, in one place that moves, and the
// number at its head, and returns it.
func (d *document) edit() []byte {
	d.version++
	n := max(8, len(d.data)/200)
	at := int(d.version*uint64(n)) % (len(d.data) - n + 1)
	for i := range n {
		d.data[at+i] ^= byte(d.version)
	}
	binary.LittleEndian.PutUint64(d.data, d.version)
	return d.data
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
