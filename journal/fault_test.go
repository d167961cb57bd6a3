package journal

import (
	"fmt"
	"slices"
	"syscall"
	"testing"

	"github.com/wholly-go/wholly/crash"
)

const short = syscall.Errno(1 << 20) // not an error: a short write

// errorsOf are the errors that an operation is made to return.
func errorsOf(kind string) []syscall.Errno {
	switch kind {
	case "write":
		return []syscall.Errno{syscall.EIO, syscall.ENOSPC, short}
	case "sync", "dirsync":
		return []syscall.Errno{syscall.EIO, syscall.ENOSPC}
	}
	return []syscall.Errno{syscall.EIO}
}

// fault is an error injected into the n-th operation, from 0.
type fault struct {
	w    *workload
	n    int
	kind string
	err  syscall.Errno
	then int // a second error at this operation; lasting: at every one from n on that changes the disk
}

const lasting = -1

func (f fault) String() string {
	return fmt.Sprintf("%s with %v at operation %d (%s) then %d", f.w.name, f.err, f.n, f.kind, f.then)
}

// inject makes the fault happen. A short write is followed by a full disk, as
// write(2) reports it.
func (f fault) inject(d *crash.Disk) {
	n := -1
	full := false
	d.Fault = func(op crash.Op) error {
		n++
		switch {
		case f.err == short && full && op.Kind == "write":
			full = false
			return syscall.ENOSPC
		case f.err == short && n > f.n && n == f.then:
			return syscall.EIO
		case f.err == short:
			return nil
		case n == f.n, n == f.then && n > f.n, n > f.n && f.then == lasting && changes(op.Kind):
			return f.err
		}
		return nil
	}
	if f.err == short {
		d.Short = func(crash.Op) bool { full = n == f.n; return full }
	}
}

// changes reports whether a disk that fails refuses the operation.
func changes(kind string) bool {
	return slices.Contains([]string{"create", "write", "truncate", "sync", "dirsync", "rename"}, kind)
}

// faults are all of them, of all workloads.
func faults() (all []fault) {
	for _, w := range workloads() {
		n := 0
		w.play(func(d *crash.Disk) {
			d.Fault = func(op crash.Op) error {
				for _, err := range errorsOf(op.Kind) {
					all = append(all, fault{w: w, n: n, kind: op.Kind, err: err})
				}
				n++
				return nil
			}
		}, false)
	}
	return all
}

// TestErrors makes every operation of every workload fail in turn, and judges
// the returned State and every disk.
func TestErrors(t *testing.T) {
	all := faults()
	if testing.Short() {
		all = slices.DeleteFunc(all, func(f fault) bool { return f.n%5 != 0 })
	}
	each(all, func(f fault) { f.check(t) })
}

// TestHardErrors lets two operations fail, close to each other, and the disk
// fail for good from any operation on.
func TestHardErrors(t *testing.T) {
	var all []fault
	for _, f := range faults() {
		if f.err != syscall.EIO && f.err != short || !changes(f.kind) {
			continue
		}
		for then := f.n + 1; then <= f.n+6; then++ {
			f.then = then
			all = append(all, f)
		}
		if f.then = lasting; f.err != short {
			all = append(all, f)
		}
	}
	if testing.Short() {
		all = slices.DeleteFunc(all, func(f fault) bool { return f.n%7 != 0 })
	}
	each(all, func(f fault) { f.check(t) })
}

func (f fault) check(t *testing.T) {
	total.faults.Add(1)
	p := f.w.play(f.inject, f.then != 0)
	wrong := f.w.check(p, false)
	if left := leftovers(p.disk); wrong == "" && len(left) > 0 && f.kind != "unlink" && f.then == 0 {
		wrong = fmt.Sprintf("left behind: %v", left)
	}
	if wrong != "" {
		total.bad.Add(1)
		t.Errorf("%v: %s\nreturned: %v", f, wrong, p.errs)
	}
}

// TestTeeth takes away every sync and rename of every workload in turn: each
// must be missed, but for those that the workload names.
func TestTeeth(t *testing.T) {
	type call struct {
		w    *workload
		kind string
		n    int
	}
	var calls []call
	for _, w := range workloads() {
		count := map[string]int{}
		for _, op := range w.play(nil, false).disk.Ops() {
			if op.Kind == "sync" || op.Kind == "dirsync" || op.Kind == "rename" {
				calls = append(calls, call{w, op.Kind, count[op.Kind]})
				count[op.Kind]++
			}
		}
	}
	each(calls, func(c call) {
		total.mutations.Add(1)
		seen := -1
		p := c.w.play(func(d *crash.Disk) {
			d.Skip = func(op crash.Op) bool {
				if op.Kind == c.kind {
					seen++
				}
				return op.Kind == c.kind && seen == c.n
			}
		}, false)
		noticed := len(p.errs) > 0 || c.w.check(p, false) != ""
		id := fmt.Sprintf("%s#%d", c.kind, c.n)
		if !noticed {
			total.unnoticed.Add(1)
		}
		if blind := slices.Contains(c.w.blind, id); noticed == blind {
			t.Errorf("%s without %s: noticed %v", c.w.name, id, noticed)
		}
	})
	if len(calls) < 60 {
		t.Errorf("%d calls were taken away", len(calls))
	}
}
