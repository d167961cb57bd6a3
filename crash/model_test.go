package crash_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/wholly-go/wholly/crash"
)

// total counts what the whole test run has checked.
var total struct{ disks, second, runs, faults, mutations, cut, bad atomic.Int64 }

func TestMain(m *testing.M) {
	flag.Parse()
	debug.SetGCPercent(800) // many small disks, none of which lives long
	code := m.Run()
	if n := total.disks.Load(); n > 0 {
		line := fmt.Sprintf("crash: %d disks checked (%d of them by a second crash in the recovery), of %d runs with %d injected errors; %d single calls taken away; %d disks where not every combination was made; %d bad\n",
			n, total.second.Load(), total.runs.Load(), total.faults.Load(), total.mutations.Load(), total.cut.Load(), total.bad.Load())
		fmt.Print(line)
		if report := os.Getenv("WHOLLY_REPORT"); report != "" {
			if err := add(report, line); err != nil {
				fmt.Println(err)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// add appends line to the report of the whole test run, which others add to at
// the same time.
func add(report, line string) error {
	f, err := os.OpenFile(report, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	return errors.Join(err, f.Close())
}

// run is one play of a workload: everything that is needed to repeat it.
type run struct {
	w     *workload
	fault fault
	skip  call
}

// fault is an error injected into one operation: the n-th, from 0.
type fault struct {
	n   int
	err syscall.Errno
}

const short = syscall.Errno(1 << 20) // not an error: a short write

func (f fault) String() string {
	if f.err == 0 {
		return "-"
	}
	return fmt.Sprintf("%d:%d", f.n, int(f.err))
}

// call is one call taken away: the n-th of its kind, from 0.
type call struct {
	kind string
	n    int
}

func (c call) String() string {
	if c.kind == "" {
		return "-"
	}
	return fmt.Sprintf("%s#%d", c.kind, c.n)
}

func (r run) play() *saver {
	return r.w.play(func(d *crash.Disk) {
		n := -1
		hit := false
		if r.fault.err == short {
			d.Short = func(crash.Op) bool { n++; hit = n == r.fault.n; return hit }
		} else if r.fault.err != 0 {
			d.Fault = func(crash.Op) error {
				if n++; n == r.fault.n {
					return r.fault.err
				}
				return nil
			}
		}
		seen := -1
		if r.skip.kind != "" {
			d.Skip = func(op crash.Op) bool {
				if op.Kind != r.skip.kind {
					return false
				}
				seen++
				return seen == r.skip.n
			}
		}
	})
}

// id names one disk of one run, for -crash.replay.
func (r run) id(model crash.Model, index int) string {
	return fmt.Sprintf("%s/%v/%v/%v/%d", r.w.name, r.fault, r.skip, model, index)
}

// check judges every disk of a played run. It stops at the first bad one.
func (r run) check(s *saver, deep bool) (wrong string) {
	total.runs.Add(1)
	for _, bad := range s.bad {
		return bad
	}
	ops := s.disk.Ops()
	for _, model := range []crash.Model{crash.Subset, crash.Prefix} {
		if model == crash.Prefix && r.fault.err != 0 {
			continue // its disks are among the other model's
		}
		at, h, marks := -1, history(nil), 0
		judged := map[[2]uint64]bool{}
		for c := range s.disk.Crashes(model) {
			total.disks.Add(1)
			if c.At != at {
				at, h, marks = c.At, historyOf(ops, c.At), marksOf(ops, c.At)
			}
			if c.Cut {
				total.cut.Add(1)
			}
			key := [2]uint64{c.Key(), uint64(marks)}
			if judged[key] {
				continue
			}
			judged[key] = true
			wrong := r.w.judge(c, model, h, s)
			if wrong == "" && deep && model == crash.Subset { // its disks include the other model's
				wrong = r.w.judgeAgain(c, h)
			}
			if wrong != "" {
				return fmt.Sprintf("%s\n%s\nto repeat: go test ./crash -run TestReplay -crash.replay='%s'", wrong, c.Story(), r.id(model, c.Index))
			}
		}
	}
	return ""
}

// judgeAgain cuts the power a second time, at every moment of the recovery
// from the first.
func (w *workload) judgeAgain(c *crash.Crash, h history) string {
	d := c.Disk()
	dir := w.policy().DirOn(d.Root())
	dir.ReadFile(w.path)
	dir.Sweep()
	if len(d.Ops()) == 0 {
		return ""
	}
	for c2 := range d.Crashes(crash.Subset) {
		total.disks.Add(1)
		total.second.Add(1)
		wrong := w.judgeDisk(c2.Disk(), h)
		if wrong == "" {
			wrong = w.judgeBackups(c2.Files(), crash.Subset, h, true)
		}
		if wrong != "" {
			return fmt.Sprintf("after a second crash in the recovery, %s\n%s\nthe first crash:", wrong, c2.Story())
		}
	}
	return ""
}

// each runs f over all items, so many at a time.
func each[T any](items []T, workers int, f func(T)) {
	var group sync.WaitGroup
	next := make(chan T)
	for range workers {
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

func TestModel(t *testing.T) {
	each(workloads(), runtime.NumCPU(), func(w *workload) {
		r := run{w: w}
		s := r.play()
		if len(s.errs) > 0 {
			t.Errorf("%s: %v", w.name, s.errs)
			return
		}
		if k, class := generation(s.disk.Files()[w.path]); k != w.last || class != "" {
			t.Errorf("%s ends with generation %d %s, want %d", w.name, k, class, w.last)
		}
		if wrong := r.check(s, true); wrong != "" {
			total.bad.Add(1)
			t.Errorf("%s: %s", w.name, wrong)
		}
	})
}

// errorsOf are the errors that an operation is made to return.
func errorsOf(kind string) []syscall.Errno {
	switch kind {
	case "write":
		return []syscall.Errno{syscall.EIO, syscall.ENOSPC, syscall.EDQUOT, short}
	case "sync", "dirsync":
		return []syscall.Errno{syscall.EIO, syscall.ENOSPC, syscall.EINTR}
	case "rename", "renamenew", "link":
		return []syscall.Errno{syscall.EIO, syscall.ENOSPC, syscall.EXDEV, syscall.EBUSY, syscall.EPERM}
	case "create", "mkdir", "open", "opendir":
		return []syscall.Errno{syscall.EIO, syscall.ENOSPC, syscall.EACCES}
	case "chmod", "chown", "setattr":
		return []syscall.Errno{syscall.EIO, syscall.EPERM}
	}
	return []syscall.Errno{syscall.EIO}
}

// TestErrors makes every operation of every workload fail in turn, with every
// error that it may return.
func TestErrors(t *testing.T) {
	var runs []run
	for _, w := range workloads() {
		n := 0
		w.play(func(d *crash.Disk) {
			d.Fault = func(op crash.Op) error {
				for _, err := range errorsOf(op.Kind) {
					runs = append(runs, run{w: w, fault: fault{n, err}})
				}
				n++
				return nil
			}
		})
	}
	if testing.Short() {
		for i := range len(runs) / 8 {
			runs[i] = runs[8*i]
		}
		runs = runs[:len(runs)/8]
	}
	each(runs, runtime.NumCPU(), func(r run) {
		total.faults.Add(1)
		var hit crash.Op
		s := r.play()
		for _, op := range s.disk.Ops() {
			if op.Err != nil {
				hit = op
			}
		}
		s.narrow = hit.Kind == "chmod"
		wrong := r.check(s, false)
		if wrong == "" {
			wrong = litter(s, hit)
		}
		if wrong != "" {
			total.bad.Add(1)
			t.Errorf("%s with %v into %v: %s", r.w.name, r.fault, hit, wrong)
		}
	})
}

// litter reports a temp or lock that is left after all verbs have returned
// (P4). Only what could not be removed because that very call failed may stay.
func litter(s *saver, hit crash.Op) string {
	for name := range s.disk.Files() {
		base := name[strings.LastIndex(name, "/")+1:]
		left := strings.HasPrefix(base, ".wholly-") || strings.HasSuffix(base, ".wholly-lock") || strings.HasSuffix(base, ".wholly-undo")
		// The copy of the old content stays until a sync of the new one worked.
		needed := strings.HasSuffix(base, ".wholly-undo") && hit.Kind == "sync"
		// A copy that cannot be removed is at least made a leftover like others.
		removed := hit.Kind == "unlink" && (hit.Name == base || strings.HasSuffix(hit.Name, ".wholly-undo"))
		if left && !needed && !removed {
			return "left behind: " + name
		}
	}
	return ""
}

// TestTeeth takes away every sync, link and rename of every workload in turn:
// each must be missed.
func TestTeeth(t *testing.T) {
	var runs []run
	for _, w := range workloads() {
		count := map[string]int{}
		for _, op := range w.play(nil).disk.Ops() {
			switch op.Kind {
			case "sync", "dirsync", "link", "rename", "renamenew":
				runs = append(runs, run{w: w, skip: call{op.Kind, count[op.Kind]}})
				count[op.Kind]++
			}
		}
	}
	each(runs, runtime.NumCPU(), func(r run) {
		total.mutations.Add(1)
		s := r.play()
		if len(s.errs) == 0 && r.check(s, false) == "" {
			t.Errorf("%s without %v: nobody notices", r.w.name, r.skip)
		}
	})
	t.Logf("%d single calls were taken away", len(runs))
}

var replay = flag.String("crash.replay", "", "one disk to look at again, as a failed test names it")

func TestReplay(t *testing.T) {
	if *replay == "" {
		t.Skip("nothing to repeat: see -crash.replay")
	}
	r, model, index, err := parse(*replay)
	if err != nil {
		t.Fatal(err)
	}
	s := r.play()
	for c := range s.disk.Crashes(model) {
		if c.Index != index {
			continue
		}
		h := historyOf(s.disk.Ops(), c.At)
		wrong := r.w.judge(c, model, h, s)
		if wrong == "" {
			wrong = r.w.judgeAgain(c, h)
		}
		t.Log(c.Story())
		if wrong != "" {
			t.Error(wrong)
		}
		return
	}
	t.Errorf("%s has no disk %d", r.w.name, index)
}

func parse(id string) (r run, model crash.Model, index int, err error) {
	part := strings.Split(id, "/")
	if len(part) != 5 {
		return r, 0, 0, errors.New("want workload/fault/call/model/index")
	}
	for _, w := range workloads() {
		if w.name == part[0] {
			r.w = w
		}
	}
	if r.w == nil {
		return r, 0, 0, fmt.Errorf("no workload %q", part[0])
	}
	if n, e, ok := strings.Cut(part[1], ":"); ok {
		r.fault.n, _ = strconv.Atoi(n)
		errno, _ := strconv.Atoi(e)
		r.fault.err = syscall.Errno(errno)
	}
	if kind, n, ok := strings.Cut(part[2], "#"); ok {
		r.skip.kind = kind
		r.skip.n, _ = strconv.Atoi(n)
	}
	if part[3] == crash.Prefix.String() {
		model = crash.Prefix
	}
	index, err = strconv.Atoi(part[4])
	return r, model, index, err
}
