package journal

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
)

// total counts what the whole test run has checked.
var total struct{ disks, second, runs, faults, mutations, unnoticed, cut, bad atomic.Int64 }

func TestMain(m *testing.M) {
	flag.Parse()
	debug.SetGCPercent(400)
	code := m.Run()
	if total.disks.Load() > 0 {
		line := fmt.Sprintf("journal: %d disks checked (%d of them by a second crash in the recovery), of %d runs with %d injected errors; %d single calls taken away, %d of them not needed there; %d disks where not every combination was made; %d bad\n",
			total.disks.Load(), total.second.Load(), total.runs.Load(), total.faults.Load(), total.mutations.Load(), total.unnoticed.Load(), total.cut.Load(), total.bad.Load())
		fmt.Print(line)
		if report := os.Getenv("WHOLLY_REPORT"); report != "" {
			if err := appendTo(report, line); err != nil {
				fmt.Println(err)
				code = 1
			}
		}
	}
	os.Exit(code)
}

func appendTo(path, line string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	return errors.Join(err, f.Close())
}

// collect returns the records of a walk and the damage that it told of; any
// other error is the second result's last.
func collect(walk iter.Seq2[Record, error]) (all []Record, errs []error) {
	for r, err := range walk {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, r)
	}
	return all, errs
}

// check judges every disk that a crash could leave of a played workload. It
// stops at the first bad one.
func (w *workload) check(p *player, deep bool) string {
	total.runs.Add(1)
	if len(p.bad) > 0 {
		return p.bad[0]
	}
	ops := p.disk.Ops()
	judged := map[[2]uint64]bool{} // in both models: a disk that looks the same is judged once
	for _, model := range []crash.Model{crash.Subset, crash.Prefix} {
		for c := range p.disk.Crashes(model) {
			total.disks.Add(1)
			if c.Cut {
				total.cut.Add(1)
			}
			h, marks := historyOf(ops, c.At)
			key := [2]uint64{c.Key(), uint64(marks)}
			if judged[key] {
				continue
			}
			judged[key] = true
			wrong := w.judge(p, c.Disk(), h)
			if wrong == "" && deep {
				wrong = w.judgeAgain(p, c)
			}
			if wrong != "" {
				return fmt.Sprintf("%v disk %d: %s\n%s", model, c.Index, wrong, c.Story())
			}
		}
	}
	return ""
}

// judge opens the journal on a disk that a crash left, goes on with it, and
// sweeps.
func (w *workload) judge(p *player, d *crash.Disk, h history) string {
	if files := d.Files(); w.damaged > 0 && !bytes.HasPrefix(files[name], p.file) && !bytes.HasPrefix(files[name+".bak"], p.file) {
		return "the damaged bytes are gone"
	}
	found, errs := collect(ReadIn(d.Root(), name))
	if wrong := w.judgeErrors(errs, p); wrong != "" {
		return "without the lock: " + wrong
	}
	if wrong := p.judge(found, h); wrong != "" {
		return wrong + "\nfound:" + describe(found)
	}
	if wrong := w.goOn(d, found); wrong != "" {
		return wrong + "\nfound:" + describe(found)
	}
	if _, err := (wholly.Policy{}).DirOn(d.Root()).Sweep(); err != nil {
		return fmt.Sprintf("sweep: %v", err)
	}
	if left := leftovers(d); len(left) > 0 {
		return fmt.Sprintf("left behind: %v", left)
	}
	return ""
}

// judgeErrors allows no error but the damage that was there, and a missing file
// where nothing was acknowledged.
func (w *workload) judgeErrors(errs []error, p *player) string {
	damaged := 0
	for _, err := range errs {
		var d *Damage
		switch {
		case errors.Is(err, os.ErrNotExist) && len(p.start) == 0:
		case errors.As(err, &d) && w.damaged > 0 && d.FirstSeq == w.lost[0] && d.LastSeq == w.lost[0]:
			damaged++
		default:
			return err.Error()
		}
	}
	if damaged != w.damaged && !strings.Contains(w.name, "compact") {
		return fmt.Sprintf("%d stretches of damage are reported, not %d", damaged, w.damaged)
	}
	return ""
}

// goOn opens the journal, which must hold what a reader found, appends, and
// looks again.
func (w *workload) goOn(d *crash.Disk, found []Record) string {
	for round := range 2 {
		j, err := OpenIn(ctx, d.Root(), name, Options{Wait: -1})
		if err != nil {
			return fmt.Sprintf("open, round %d: %v", round, err)
		}
		again, _ := collect(j.Records())
		if !same(again, found) {
			return fmt.Sprintf("opened, round %d, it holds%s", round, describe(again))
		}
		if round > 0 && j.Opened().Cut > 0 {
			return fmt.Sprintf("%d bytes are cut again", j.Opened().Cut)
		}
		probe := fmt.Appendf(nil, "probe %d", round)
		seq, err := j.Append(ctx, probe)
		if err != nil {
			return fmt.Sprintf("append, round %d: %v", round, err)
		}
		if n := len(found); n > 0 && seq != found[n-1].Seq+1 && !strings.Contains(w.name, "compact") {
			return fmt.Sprintf("record %d is followed by %d", found[n-1].Seq, seq)
		}
		found = append(found, Record{Seq: seq, Payload: probe})
		if err := j.Close(); err != nil {
			return err.Error()
		}
	}
	return ""
}

func same(a, b []Record) bool {
	return slices.EqualFunc(a, b, func(a, b Record) bool { return a.Seq == b.Seq && string(a.Payload) == string(b.Payload) })
}

// judgeAgain cuts the power a second time, at every moment of the recovery from
// the first and of an append after it.
func (w *workload) judgeAgain(p *player, c *crash.Crash) string {
	again := &player{disk: c.Disk(), file: p.file}
	again.start, _ = collect(ReadIn(again.disk.Root(), name))
	opened(func(p *player) { p.append("after the crash") })(again)
	if len(again.errs) > 0 {
		return fmt.Sprint(again.errs)
	}
	judged := map[[2]uint64]bool{}
	for c2 := range again.disk.Crashes(crash.Subset) {
		total.disks.Add(1)
		total.second.Add(1)
		h2, marks := historyOf(again.disk.Ops(), c2.At)
		key := [2]uint64{c2.Key(), uint64(marks)}
		if judged[key] {
			continue
		}
		judged[key] = true
		if wrong := w.judge(again, c2.Disk(), h2); wrong != "" {
			return fmt.Sprintf("after a second crash in the recovery, %s\n%s\nthe first crash:", wrong, c2.Story())
		}
	}
	return ""
}

// each runs f over all items, as many at a time as there are processors.
func each[T any](items []T, f func(T)) {
	var group sync.WaitGroup
	next := make(chan T)
	for range runtime.NumCPU() {
		group.Go(func() {
			for item := range next {
				f(item)
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	group.Wait()
}

// TestModel judges every disk that a power cut could leave at any moment of any
// workload, and a second cut in the recovery.
func TestModel(t *testing.T) {
	each(workloads(), func(w *workload) {
		p := w.play(nil, false)
		if len(p.errs) > 0 {
			t.Errorf("%s: %v", w.name, p.errs)
			return
		}
		if wrong := w.check(p, true); wrong != "" {
			total.bad.Add(1)
			t.Errorf("%s: %s", w.name, wrong)
		}
	})
}
