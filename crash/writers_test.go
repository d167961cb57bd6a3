package crash_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
)

// turns lets writers take turns, one operation each, in an order drawn from a
// seed. A writer that is busy elsewhere (waiting for a lock) loses its turn.
type turns struct {
	rnd  *rand.Rand
	ask  []chan struct{} // one a writer: it wants an operation
	go_  []chan struct{}
	done []chan struct{}
}

func newTurns(writers int, seed uint64) *turns {
	t := &turns{rnd: rand.New(rand.NewPCG(seed, 1))}
	for range writers {
		t.ask = append(t.ask, make(chan struct{}))
		t.go_ = append(t.go_, make(chan struct{}))
		t.done = append(t.done, make(chan struct{}))
	}
	return t
}

// gate is a Disk's Gate. Writer 0 is the test itself and passes freely.
func (t *turns) gate(writer int) {
	if writer > 0 {
		t.ask[writer-1] <- struct{}{}
		<-t.go_[writer-1]
	}
}

// run starts the writers and grants operations until all are done.
func (t *turns) run(writers ...func()) {
	for i, w := range writers {
		go func() { w(); close(t.done[i]) }()
	}
	left := make([]int, len(writers))
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		i := left[t.rnd.IntN(len(left))]
		select {
		case <-t.ask[i]:
			t.go_[i] <- struct{}{}
		case <-t.done[i]:
			left = slices.DeleteFunc(left, func(j int) bool { return i == j })
		}
	}
}

// race is two writers on one file, and what must be true when both are done.
type race struct {
	name string
	w    *workload
	do   func(s *saver, writer int)
	end  func(s *saver) string
}

func races() []race {
	replace := func(p wholly.Policy) func(*saver, int) {
		return func(s *saver, writer int) {
			for n := range 2 {
				k := 2*n + writer
				s.disk.Begin(k)
				if err := p.DirOn(s.disk.As(writer)).WriteFile(file, generations[k], 0o640); err != nil {
					s.bad = append(s.bad, err.Error())
				}
				s.disk.Ack(k)
			}
		}
	}
	fine := func(*saver) string { return "" }
	base := func(keep int) *workload {
		return &workload{path: file, mode: 0o640, keep: keep, setup: put(0), kept: map[int][]int{}}
	}
	return []race{
		{"replace", base(0), replace(wholly.Policy{Check: whole}), fine},
		{"keep-2", base(2), replace(wholly.Policy{Keep: 2, Check: whole}), fine},
		{"update", base(1), func(s *saver, writer int) { s.update(writer); s.update(writer) }, func(s *saver) string {
			if k, _ := generation(s.disk.Files()[file]); k != 4 {
				return fmt.Sprintf("two writers made two updates each, and %d are there", k)
			}
			return ""
		}},
		{"create-if-absent", &workload{path: file, mode: 0o640, absent: true}, func(s *saver, writer int) {
			s.disk.Begin(writer)
			p := wholly.Policy{If: wholly.IfAbsent, Check: whole}
			switch err := p.DirOn(s.disk.As(writer)).WriteFile(file, generations[writer], 0o640); {
			case err == nil:
				s.disk.Ack(writer)
			case errors.Is(err, wholly.ErrExists):
				s.disk.Void(writer)
			default:
				s.bad = append(s.bad, err.Error())
			}
		}, func(s *saver) string {
			if h := historyOf(s.disk.Ops(), len(s.disk.Ops())); len(h) != 1 {
				return fmt.Sprintf("%d of two writers created the file", len(h))
			}
			return ""
		}},
		{"write-beside-sweep", base(0), func(s *saver, writer int) {
			if writer == 1 {
				replace(wholly.Policy{Check: whole})(s, 1)
				return
			}
			for range 4 {
				if _, err := s.w.policy().DirOn(s.disk.As(writer)).Sweep(); err != nil {
					s.bad = append(s.bad, err.Error())
				}
			}
		}, fine},
	}
}

var repeat = flag.String("crash.order", "", "one order of two writers to run again, as a failed test names it")

// TestTwoWriters interleaves two writers operation by operation, in many
// orders, and judges every disk of each (P1, P2, P3, P4, P8).
func TestTwoWriters(t *testing.T) {
	orders := 60
	if testing.Short() {
		orders = 10
	}
	type order struct {
		race
		seed uint64
	}
	var all []order
	for _, r := range races() {
		for seed := range uint64(orders) {
			o := order{r, seed}
			if *repeat == "" || *repeat == o.id(seed) {
				all = append(all, o)
			}
		}
	}
	if len(all) == 0 {
		t.Fatalf("there is no order %q", *repeat)
	}
	// Writers that wait for the lock sleep: many orders at a time cost little.
	each(all, 32, func(o order) {
		if wrong := o.play(o.seed); wrong != "" {
			total.bad.Add(1)
			t.Errorf("%s, order %d: %s\nto repeat: go test ./crash -run TestTwoWriters -crash.order='%s'", o.name, o.seed, wrong, o.id(o.seed))
		}
	})
}

// id names one order, for -crash.order.
func (r race) id(seed uint64) string { return fmt.Sprintf("%s/%d", r.name, seed) }

// play runs the two writers in the order of seed.
func (r race) play(seed uint64) string {
	w := *r.w
	w.name = r.name
	d := crash.New()
	if w.setup != nil {
		w.setup(d)
	}
	d.Reset()
	s := &saver{w: &w, disk: d}
	turn := newTurns(2, seed)
	d.Gate = turn.gate
	turn.run(func() { r.do(s, 1) }, func() { r.do(s, 2) })
	d.Gate = nil
	if wrong := r.end(s); wrong != "" {
		return wrong
	}
	s.void = true // the order of backups is the writers' own
	// How check repeats a run of one writer is not how this one is repeated.
	wrong, _, _ := strings.Cut(run{w: &w}.check(s, false), "\nto repeat:")
	return wrong
}
