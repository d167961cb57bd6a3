// Package play holds the workloads that the lab cuts: ways of saving files, of
// this library, of its peers, and the classic mistakes.
//
// A play is written once, over the directory of its stage, and runs on a real
// file system as well as on the model of package crash.
package play

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/lab/internal/judge"
)

// Group says whose way of saving a play shows.
type Group uint8

// The groups, in the order of tables.
const (
	Ours Group = iota
	Control
	Peer
)

// String is "ours", "control" or "peer".
func (g Group) String() string { return [...]string{"ours", "control", "peer"}[g] }

// Usual is the play that stands for the library where one is enough.
const Usual = "replace"

// Play is one workload.
type Play struct {
	Name    string // as it is asked for
	Title   string // for tables
	Calls   string // F fsync, R rename, D fsync of the directory, L link; in their order
	Promise string // what its makers promise, one sentence
	Group   Group
	Rules   judge.Rules
	Durable bool // an acknowledged save is promised to survive a power cut: nothing bad may be seen at all
	Model   bool // runs on the model too
	Small   bool // part of the small run, which CI makes
	CLI     bool // runs the command line, which Tool names
	Size    int  // bytes of a content; 0 draws each anew, 4 to 64 KiB

	// Expect are outcomes that a recording must show, else the lab is blind.
	Expect []judge.Outcome
	// Command is a program that is a workload itself, instead of Run.
	Command []string
	// Missing says why it cannot run here; nil, or a nil error: it can.
	Missing func() error
	// Prepare makes what is there at the start, Run does the saves.
	Prepare, Run func(*Stage) error
}

// All are all plays, in the order of tables.
func All() []Play {
	return slices.Concat(ours(), logs(), documents(), commandLine(), controls(), peers())
}

// Find returns the play called name. An error lists those that there are.
func Find(name string) (Play, error) {
	var names []string
	for _, p := range All() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Play{}, fmt.Errorf("no workload %q: there are %s", name, strings.Join(names, ", "))
}
