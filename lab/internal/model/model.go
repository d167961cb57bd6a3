// Package model runs the lab's plays on the model of package crash, and judges
// every disk that it allows by the lab's own judge. What a real file system
// shows of a play must be among that; else the model is too kind.
package model

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/lab/internal/mark"
	"github.com/wholly-go/wholly/lab/internal/play"
)

// Bounds of one play on the model.
const (
	commits = 4
	size    = 64    // bytes of a content
	most    = 20000 // disks that are looked at; of more, a sample
	oneOf   = 16    // of those above
)

// Allowed is what the model allows for a play.
type Allowed struct {
	Bad    map[judge.Outcome]string // each bad outcome, and the first disk that showed it
	Disks  int                      // disks that a power cut could leave, at every moment
	Looked int                      // different ones of them that were looked at
	Cut    bool                     // not all of them, or not every combination of lost entries was made
}

// Outcomes are the bad ones, in the order of tables.
func (a Allowed) Outcomes() (bad []judge.Outcome) {
	for _, o := range judge.Outcomes() {
		if _, ok := a.Bad[o]; ok {
			bad = append(bad, o)
		}
	}
	return bad
}

// Outcomes plays p on a new disk and judges every disk that a power cut could
// leave of it. An error means that the play itself failed.
func Outcomes(p play.Play) (Allowed, error) {
	if !p.Model {
		return Allowed{}, fmt.Errorf("%s does not run on the model", p.Name)
	}
	r := newRecording(p)
	if err := r.record(); err != nil {
		return Allowed{}, fmt.Errorf("%s on the model: %w", p.Name, err)
	}
	return r.judge(), nil
}

// recording is one play, recorded.
type recording struct {
	play   play.Play
	disk   *crash.Disk
	marks  []mark.Mark
	before int // marks before the recording began
}

func newRecording(p play.Play) *recording {
	r := &recording{play: p, disk: crash.New()}
	r.disk.Powersafe = p.Rules.Log // a log relies on it
	return r
}

func (r *recording) stage(writer int) *play.Stage {
	return &play.Stage{
		Context: context.Background(), Disk: r.disk.As(writer), Commits: commits, Size: size, Writer: writer,
		Rand: rand.New(rand.NewPCG(1, uint64(writer))), Tell: r.tell,
		Second: func() (wait func() error, err error) {
			return func() error { return r.play.Run(r.stage(writer + 1)) }, nil
		},
	}
}

func (r *recording) record() error {
	if err := r.play.Prepare(r.stage(0)); err != nil {
		return err
	}
	r.disk.Reset() // as syncing the file system does
	r.before = len(r.marks)
	return r.play.Run(r.stage(0))
}

// tell keeps the mark beside the disk, which remembers when it was told.
func (r *recording) tell(m mark.Mark) error {
	r.marks = append(r.marks, m)
	r.disk.Begin(len(r.marks))
	return nil
}

func (r *recording) judge() Allowed {
	a := Allowed{Bad: map[judge.Outcome]string{}}
	for c, v := range r.verdicts(&a) {
		for _, o := range v.bad {
			if _, ok := a.Bad[o]; !ok {
				a.Bad[o] = v.why + "\n" + c.Story()
			}
		}
	}
	return a
}

// verdict is what the judge says of a disk.
type verdict struct {
	bad []judge.Outcome
	why string
}

// verdicts yields that of each disk, in both models; disks that look the same
// are judged once between two marks. It counts in a.
func (r *recording) verdicts(a *Allowed) iter.Seq2[*crash.Crash, verdict] {
	known := judge.Learn(r.marks)
	sights := map[uint64]judge.Sight{}
	rnd := rand.New(rand.NewPCG(uint64(len(r.marks)), 1))
	look := func(c *crash.Crash) (s judge.Sight, ok bool) {
		if s, ok = sights[c.Key()]; ok {
			return s, true
		}
		if a.Looked >= most && rnd.IntN(oneOf) > 0 {
			a.Cut = true
			return s, false
		}
		a.Looked++
		s = judge.Look(context.Background(), c.Disk().Root(), r.play.Rules, known)
		sights[c.Key()] = s
		return s, true
	}
	return func(yield func(*crash.Crash, verdict) bool) {
		for _, model := range []crash.Model{crash.Prefix, crash.Subset} {
			m, judged := r.moments(), map[uint64]bool{}
			for c := range r.disk.Crashes(model) {
				a.Disks++
				a.Cut = a.Cut || c.Cut
				if m.advance(c.At) {
					clear(judged)
				}
				if judged[c.Key()] {
					continue
				}
				judged[c.Key()] = true
				s, ok := look(c)
				if !ok {
					continue
				}
				bad, why := s.Judge(&m.history)
				if !yield(c, verdict{bad, why}) {
					return
				}
			}
		}
	}
}

// moments walks through a recording.
type moments struct {
	ops     []crash.Op
	marks   []mark.Mark
	at      int
	history judge.History
}

func (r *recording) moments() *moments {
	m := &moments{ops: r.disk.Ops(), marks: r.marks}
	for _, before := range r.marks[:r.before] {
		m.history.Add(before)
	}
	return m
}

// advance goes on to the moment after so many operations, and reports whether
// it came by a mark.
func (m *moments) advance(at int) (marked bool) {
	for _, op := range m.ops[m.at:at] {
		if op.Kind == "begin" {
			m.history.Add(m.marks[op.Mark-1])
			marked = true
		}
	}
	m.at = at
	return marked
}
