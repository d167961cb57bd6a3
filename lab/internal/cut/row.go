package cut

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wholly-go/wholly/lab/internal/judge"
)

// Row is what became of one program on one file system.
type Row struct {
	FS      string `json:"fs"`
	Name    string `json:"workload"`
	Title   string `json:"title"`
	Group   string `json:"group"`   // "ours", "peer", "control"
	Calls   string `json:"calls"`   // F fsync, R rename, D fsync of the directory, L link
	Promise string `json:"promise"` // what the program says of itself
	Durable bool   `json:"durable"` // it says that what returned is kept

	Seeds   []uint64       `json:"seeds"`
	Commits int            `json:"commits"` // of each recording
	Writes  int            `json:"writes"`  // write requests recorded
	Flushes int            `json:"flushes"`
	Disks   int            `json:"disks"`    // that a cut could have left, each at its moment
	Mounted int            `json:"mounted"`  // different ones among them, each mounted and read
	Bad     int            `json:"bad"`      // disks that are not good
	Counts  map[string]int `json:"outcomes"` // disks by the worst that was found on each, good ones too

	Examples []Example     `json:"examples,omitempty"` // one for each bad outcome
	Expect   []string      `json:"expect,omitempty"`   // outcomes that a control must show
	AnyBad   bool          `json:"any_bad,omitempty"`  // it is a control that must show whatever it likes
	Skipped  string        `json:"skipped,omitempty"`  // why it was not run
	Time     time.Duration `json:"ns"`
}

// Example is one bad disk, and how to see it again.
type Example struct {
	Outcome string `json:"outcome"`
	Seed    uint64 `json:"seed"`
	Cut     string `json:"cut"`
	Why     string `json:"why"`
	Tape    string `json:"tape,omitempty"` // the file of the recording, if it was kept
}

// Lost is the outcome of which a program that never claimed to be durable on
// return is not accused.
var Lost = judge.Lost.String()

// Guilty counts the bad disks that break what the program promises.
func (r *Row) Guilty() int {
	if r.Durable {
		return r.Bad
	}
	return r.Bad - r.Counts[Lost]
}

// Blind returns the outcomes that this control had to show and did not.
func (r *Row) Blind() []string {
	if r.AnyBad && r.Bad == 0 {
		return []string{"anything bad"}
	}
	return slices.DeleteFunc(slices.Clone(r.Expect), func(o string) bool { return r.Counts[o] > 0 })
}

// control reports whether the row has something to show.
func (r *Row) control() bool { return r.AnyBad || len(r.Expect) > 0 }

// Judgement says in a word or two how the row stands.
func (r *Row) Judgement() string {
	switch {
	case r.Skipped != "":
		return "not run: " + r.Skipped
	case r.control() && len(r.Blind()) > 0:
		return "BLIND: not seen: " + strings.Join(r.Blind(), ", ")
	case r.control():
		return "bad, as it must be"
	case r.Bad == 0:
		return "clean"
	case r.Guilty() == 0:
		return "keeps what it promises"
	}
	return fmt.Sprintf("%d bad", r.Guilty())
}

// OK reports whether the row is as it has to be: ours and the textbook clean,
// each control showing what it must. All else is only told about.
func (r *Row) OK() bool {
	switch {
	case r.Skipped != "" || r.Group == "peer":
		return true
	case r.control():
		return len(r.Blind()) == 0
	case r.Group == "control" && !r.Durable: // shown for comparison
		return true
	}
	return r.Bad == 0
}

// Beyond returns the outcomes that were seen and are not among those that the
// model allows. A file system that cannot be mounted is damage below the files.
func (r *Row) Beyond(allowed []judge.Outcome) (names []string) {
	for _, e := range r.Examples {
		of := func(o judge.Outcome) bool { return o.String() == e.Outcome }
		if e.Outcome != judge.Unmountable.String() && !slices.ContainsFunc(allowed, of) {
			names = append(names, e.Outcome)
		}
	}
	return names
}

// add takes one judged disk into account. Of several outcomes the first counts
// that is worse than the loss of a save: a program that never promised to keep
// it must not hide behind that.
func (r *Row) add(bad []judge.Outcome) {
	r.Disks++
	worst := judge.Good
	for _, o := range bad {
		if worst == judge.Good || worst == judge.Lost {
			worst = o
		}
	}
	if worst != judge.Good {
		r.Bad++
	}
	r.Counts[worst.String()]++
}
