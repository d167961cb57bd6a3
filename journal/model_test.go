package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
)

// The journal on the disk of the crash model: what is done there, and what may
// be found afterwards.

const name = "log"

var ctx = context.Background()

// deed is one call on the journal: an append, or a Compact where drop is set.
type deed struct {
	payloads []string // no two records of a workload have the same
	first    uint64   // sequence number, once acknowledged
	drop     func(seq uint64) bool
}

// player does the deeds of a workload on a disk, and marks them there.
type player struct {
	disk  *crash.Disk
	deeds []*deed // mark k is deeds[k-1]
	start []Record
	file  []byte   // the journal at the start
	errs  []error  // that the calls returned
	bad   []string // what was wrong while the machine ran
	hard  bool     // more than one error is injected
	j     *Journal
}

func (p *player) wrong(format string, args ...any) {
	p.bad = append(p.bad, fmt.Sprintf(format, args...))
}

// open opens the journal; a single injected error strikes once, so that the
// second attempt must work.
func (p *player) open() bool {
	for range 2 {
		j, err := OpenIn(ctx, p.disk.Root(), name, Options{Wait: -1})
		if err == nil {
			p.j = j
			return true
		}
		p.failed("open", err)
	}
	if !p.hard {
		p.wrong("a second open failed too: %v", p.errs)
	}
	return false
}

func (p *player) failed(what string, err error) wholly.State {
	p.errs = append(p.errs, err)
	var e *wholly.Error
	if !errors.As(err, &e) {
		p.wrong("%s returned %T: %v", what, err, err)
		return wholly.Unknown
	}
	return e.State
}

func (p *player) close() {
	if err := p.j.Close(); err != nil {
		p.failed("close", err)
	}
}

// begin marks that a deed begins.
func (p *player) begin(d *deed) int {
	p.deeds = append(p.deeds, d)
	k := len(p.deeds)
	p.disk.Begin(k)
	return k
}

// settle marks how deed k ended, and compares a State of Old with what a reader
// finds now.
func (p *player) settle(k int, first uint64, err error) {
	d := p.deeds[k-1]
	if err == nil {
		d.first = first
		p.disk.Ack(k)
		return
	}
	switch state := p.failed("append", err); {
	case state == wholly.New && d.drop == nil:
		p.wrong("deed %d says new: %v", k, err)
	case state == wholly.Old && d.drop == nil:
		for _, r := range p.now() {
			if slices.Contains(d.payloads, string(r.Payload)) {
				p.wrong("deed %d says old, but its record %d is there: %v", k, r.Seq, err)
			}
		}
		p.disk.Void(k)
	case state == wholly.Old:
		p.disk.Void(k)
	}
}

// now is what a reader finds.
func (p *player) now() []Record {
	fault := p.disk.Fault
	p.disk.Fault = nil
	defer func() { p.disk.Fault = fault }()
	all, _ := collect(ReadIn(p.disk.Root(), name))
	return all
}

func (p *player) append(payloads ...string) {
	k := p.begin(&deed{payloads: payloads})
	first, err := p.j.AppendAll(ctx, bytesOf(payloads)...)
	p.settle(k, first, err)
}

// together appends from several goroutines, which all wait for the same flush.
func (p *player) together(payloads ...string) {
	type result struct {
		first uint64
		err   error
	}
	p.j.turn <- struct{}{}
	var marks []int
	var results []chan result
	for i, payload := range payloads {
		marks = append(marks, p.begin(&deed{payloads: []string{payload}}))
		c := make(chan result, 1)
		results = append(results, c)
		go func() {
			first, err := p.j.Append(ctx, []byte(payload))
			c <- result{first, err}
		}()
		waiting(p.j, i+1)
	}
	<-p.j.turn
	var all []result
	for _, c := range results {
		all = append(all, <-c)
	}
	for i, k := range marks {
		p.settle(k, all[i].first, all[i].err)
	}
}

// compact drops the records whose number is not a multiple of three.
func (p *player) compact() {
	keep := func(r Record) bool { return r.Seq%3 == 0 }
	k := p.begin(&deed{drop: func(seq uint64) bool { return seq%3 != 0 }})
	p.settle(k, 0, p.j.Compact(ctx, keep))
}

func bytesOf(payloads []string) (all [][]byte) {
	for _, p := range payloads {
		all = append(all, []byte(p))
	}
	return all
}

// history is which deeds had begun and been acknowledged at one moment.
type history map[int]bool

func historyOf(ops []crash.Op, at int) (h history, marks int) {
	h = history{}
	for _, op := range ops[:at] {
		switch op.Kind {
		case "begin":
			h[op.Mark] = false
		case "ack":
			h[op.Mark] = true
		case "void":
			delete(h, op.Mark)
		default:
			continue
		}
		marks++
	}
	return h, marks
}

// judge says what is wrong with records that were found, "" if nothing is.
func (p *player) judge(found []Record, h history) string {
	at := map[string]uint64{}
	last := uint64(0)
	for _, r := range found {
		if r.Seq <= last {
			return fmt.Sprintf("record %d follows %d", r.Seq, last)
		}
		last, at[string(r.Payload)] = r.Seq, r.Seq
	}
	if len(at) != len(found) {
		return "a record is there twice"
	}
	expected := map[string]bool{}
	for _, r := range p.start {
		expected[string(r.Payload)] = true
		if wrong := p.judgeRecord(string(r.Payload), r.Seq, 0, at, h); wrong != "" {
			return wrong
		}
	}
	for i, d := range p.deeds {
		k := i + 1
		acked, begun := h[k]
		if !begun {
			continue
		}
		for n, payload := range d.payloads {
			expected[payload] = true
			if acked {
				if wrong := p.judgeRecord(payload, d.first+uint64(n), k, at, h); wrong != "" {
					return wrong
				}
			} else if n > 0 && at[payload] != 0 && at[payload] != at[d.payloads[n-1]]+1 {
				return fmt.Sprintf("record %.20q of deed %d is there without the one before it", payload, k)
			}
		}
	}
	for payload := range at {
		if !expected[payload] {
			return fmt.Sprintf("record %d %.20q was not begun, or given up", at[payload], payload)
		}
	}
	return p.judgeHalf(at, h)
}

// judgeRecord looks for an acknowledged record of deed k.
func (p *player) judgeRecord(payload string, seq uint64, k int, at map[string]uint64, h history) string {
	may := false
	for i, d := range p.deeds[k:] {
		done, begun := h[k+i+1]
		if d.drop == nil || !begun || !d.drop(seq) {
			continue
		}
		if done && at[payload] != 0 {
			return fmt.Sprintf("record %d came back after Compact had dropped it", seq)
		}
		may = true
	}
	if at[payload] == 0 && may || at[payload] == seq {
		return ""
	}
	return fmt.Sprintf("record %d %.20q was acknowledged; it is found as number %d", seq, payload, at[payload])
}

// judgeHalf: a Compact under way has dropped all or nothing.
func (p *player) judgeHalf(at map[string]uint64, h history) string {
	for i, d := range p.deeds {
		done, begun := h[i+1]
		if d.drop == nil || done || !begun {
			continue
		}
		gone, there := 0, 0
		for _, r := range p.start {
			if d.drop(r.Seq) && at[string(r.Payload)] != 0 {
				there++
			} else if d.drop(r.Seq) {
				gone++
			}
		}
		if gone > 0 && there > 0 {
			return fmt.Sprintf("Compact is half done: %d records dropped, %d not", gone, there)
		}
	}
	return ""
}

// leftovers are the files that do not belong there.
func leftovers(d *crash.Disk) (left []string) {
	for file := range d.Files() {
		if file != name && file != name+".bak" {
			left = append(left, file)
		}
	}
	return left
}

func describe(found []Record) string {
	var b strings.Builder
	for _, r := range found {
		fmt.Fprintf(&b, " %d:%.12q", r.Seq, r.Payload)
	}
	return b.String()
}
