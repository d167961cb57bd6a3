package journal

import (
	"fmt"
	"io"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
)

// workload is one way of using a journal.
type workload struct {
	name    string
	records int                      // in the journal at the start; -1: there is no file
	spoil   func(file []byte) []byte // what happened to the file before
	damaged int                      // stretches of damage that are reported at all times
	lost    []uint64                 // records that are damaged
	run     func(p *player)
	blind   []string // calls whose loss this workload cannot notice
}

// settled: an Open writes and syncs the last flush again, and syncs the
// directory, in case that the writer before was killed in between or gave up.
// Only "killed" and "found" show that this is needed.
var settled = []string{"sync#0", "dirsync#0"}

func opened(deeds func(p *player)) func(p *player) {
	return func(p *player) {
		if p.open() {
			deeds(p)
			p.close()
		}
	}
}

var long = strings.Repeat("a long record ", 60)

func workloads() []*workload {
	return []*workload{
		{name: "create", records: -1, run: opened(func(p *player) { p.append("one") })},
		{name: "create-append", records: -1, run: opened(func(p *player) {
			p.append("one")
			p.append("two")
			p.append("three")
		})},
		{name: "begun-empty", records: -1, spoil: func([]byte) []byte { return []byte{} },
			run: opened(func(p *player) { p.append("one") })},
		{name: "begun-torn", records: -1, spoil: func([]byte) []byte { return newHeader(1).encode()[:25] },
			run: opened(func(p *player) { p.append("one") })},
		{name: "append", records: 2, blind: settled, run: opened(func(p *player) {
			p.append("one")
			p.append("")
			p.append(long)
		})},
		{name: "append-all", records: 1, blind: settled, run: opened(func(p *player) {
			p.append("one", long, "", "four")
			p.append("next")
		})},
		{name: "forged", records: 2, blind: settled, run: opened(func(p *player) {
			p.append(string(forged(p.file, 3, 20)))
			p.append("next")
		})},
		{name: "together", records: 1, blind: settled, run: opened(func(p *player) {
			p.together("a1", "b1"+long, "c1", "d1")
			p.together("a2", "b2")
		})},
		{name: "together-from-nothing", records: -1, run: opened(func(p *player) { p.together("a1", "b1", "c1") })},
		{name: "reopen", records: -1, blind: []string{"sync#3", "dirsync#1"}, run: func(p *player) {
			opened(func(p *player) { p.append("one"); p.append("two") })(p)
			opened(func(p *player) { p.append("three") })(p)
		}},
		{name: "killed", records: 1, blind: []string{"dirsync#0"}, run: func(p *player) {
			p.written("written", "not synced")
			opened(func(p *player) { p.append("one") })(p)
		}},
		{name: "found", records: -1, blind: []string{"rename#0"}, run: func(p *player) {
			p.leave()
			opened(func(p *player) { p.append("one") })(p)
		}},
		{name: "cut", records: 3, blind: settled,
			spoil: func(file []byte) []byte { return append(file, sample(9)[start:start+40]...) },
			run:   opened(func(p *player) { p.append("one"); p.append("two") })},
		{name: "cut-hole", records: 2, blind: []string{"dirsync#0"}, spoil: hole,
			run: opened(func(p *player) { p.append("one"); p.append("two") })},
		{name: "compact", records: 7, blind: settled, run: opened((*player).compact)},
		{name: "compact-append", records: 4, blind: settled, run: opened(func(p *player) {
			p.append("one")
			p.append("two")
			p.compact()
			p.append("three")
		})},
		{name: "damaged", records: 6, damaged: 1, lost: []uint64{3}, spoil: spoilThird, blind: settled,
			run: opened(func(p *player) { p.append("one"); p.append("two") })},
		{name: "damaged-compact", records: 6, damaged: 1, lost: []uint64{3}, spoil: spoilThird, blind: settled, run: opened(func(p *player) {
			p.compact()
			p.append("one")
		})},
	}
}

// sample is a journal of n records, each of a flush of its own.
func sample(n int) []byte {
	d := crash.New()
	j, err := OpenIn(ctx, d.Root(), name, Options{})
	must(err)
	for i := range n {
		_, err := j.Append(ctx, fmt.Appendf(nil, "record %d", i+1))
		must(err)
	}
	must(j.Close())
	return d.Files()[name]
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// spoilThird damages record 3 of a sample.
func spoilThird(file []byte) []byte {
	file[start+2*int(head{length: 8}.size())+headLen] ^= 1
	return file
}

// hole adds a flush of three records of which the first never arrived.
func hole(file []byte) []byte {
	h, _, _ := decodeHeader(file)
	flush := int64(len(file))
	for i, p := range []string{"one", "given up 1", "given up 2"} {
		from := len(file)
		file = h.appendRecord(file, head{uint32(len(p)), 3 + uint64(i), uint32(i), flush}, []byte(p))
		if i == 0 {
			clear(file[from:])
		}
	}
	return file
}

// written adds records in one write, as one who was killed before the sync.
func (p *player) written(payloads ...string) {
	p.begin(&deed{payloads: payloads})
	h, _, _ := decodeHeader(p.file)
	var b []byte
	for i, payload := range payloads {
		b = h.appendRecord(b, head{uint32(len(payload)), p.start[len(p.start)-1].Seq + 1 + uint64(i), uint32(i), int64(len(p.file))}, []byte(payload))
	}
	f, err := p.disk.Root().OpenWrite(name)
	if err == nil {
		defer f.Close()
		_, err = f.Seek(int64(len(p.file)), io.SeekStart)
	}
	if err == nil {
		_, err = f.Write(b)
	}
	if err != nil {
		p.errs = append(p.errs, err)
	}
}

// leave makes a journal as one whose maker was killed before the first append,
// and so before the directory was synced.
func (p *player) leave() {
	p.begin(&deed{})
	policy := wholly.Policy{Durability: wholly.Ordered}
	if err := policy.DirOn(p.disk.Root()).WriteFile(name, sample(0), 0o600); err != nil {
		p.failed("leave", err)
	}
}

// play runs the workload on a new disk; hard is for more than one error.
func (w *workload) play(prepare func(d *crash.Disk), hard bool) *player {
	d := crash.New()
	d.Powersafe = true
	p := &player{disk: d, hard: hard}
	if w.records >= 0 || w.spoil != nil {
		file := sample(max(w.records, 0))
		if w.spoil != nil {
			file = w.spoil(file)
		}
		d.Put(name, file, 0o600)
		p.file = file
		if w.records > 0 {
			p.start, _ = collect(ReadIn(d.Root(), name))
		}
	}
	d.Reset()
	if prepare != nil {
		prepare(d)
	}
	w.run(p)
	d.Fault, d.Skip, d.Short = nil, nil, nil
	return p
}
