package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/wholly-go/wholly/agent/storagestate"
)

// stateMergedJSON is the answer of merge.
type stateMergedJSON struct {
	Path    string               `json:"path"`
	Dialect storagestate.Dialect `json:"dialect"`
	changeCounts
	Deleted   int              `json:"deleted"` // of the dropped: what was alive
	Written   bool             `json:"written"`
	DryRun    bool             `json:"dry_run"`
	Forgotten bool             `json:"forgotten"` // the earlier versions hold what FILE holds
	Still     []string         `json:"still"`     // names beside FILE that may still hold what was deleted
	From      []mergedFromJSON `json:"from"`
	Recovered *recoveredJSON   `json:"recovered,omitempty"`

	merged bool // there is an answer, whatever happened afterwards
}

type changeCounts struct {
	Added   int `json:"added"`
	Updated int `json:"updated"`
	Dropped int `json:"dropped"`
	Skipped int `json:"skipped"`
	Invalid int `json:"invalid"`
	Lossy   int `json:"lossy"`
}

// mergedFromJSON is what one state brought.
type mergedFromJSON struct {
	Name string `json:"name"`
	changeCounts
	Unchanged int                   `json:"unchanged"`
	Changes   []storagestate.Change `json:"changes"`
}

func countsOfReport(r storagestate.Report) changeCounts {
	return changeCounts{
		Added: r.Count(storagestate.Added), Updated: r.Count(storagestate.Updated), Dropped: r.Count(storagestate.Dropped),
		Skipped: r.Count(storagestate.Skipped), Invalid: r.Count(storagestate.Invalid), Lossy: r.Count(storagestate.Lossy),
	}
}

// changesOf is never nil: a list of --json is never null.
func changesOf(r storagestate.Report) []storagestate.Change {
	return append([]storagestate.Change{}, r.Changes...)
}

func mergedFrom(name string, r storagestate.Report) mergedFromJSON {
	return mergedFromJSON{name, countsOfReport(r), r.Unchanged, changesOf(r)}
}

// count adds up what the states brought.
func (got *stateMergedJSON) count(d storagestate.Dialect) {
	got.Dialect, got.changeCounts, got.Deleted = d, changeCounts{}, 0
	for _, f := range got.From {
		got.Added += f.Added
		got.Updated += f.Updated
		got.Dropped += f.Dropped
		got.Skipped += f.Skipped
		got.Invalid = f.Invalid // of FILE, the same each time
		got.Lossy += f.Lossy
		got.Deleted += deletions(f.Changes)
	}
}

// deletions counts what was dropped although it was alive.
func deletions(changes []storagestate.Change) (n int) {
	for _, c := range changes {
		if c.Action == storagestate.Dropped && (c.Reason == storagestate.ReasonNotInNew || c.Reason == storagestate.ReasonDeleted) {
			n++
		}
	}
	return n
}

// String is "1 added, 2 dropped", without what did not happen.
func (n changeCounts) String() string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{
		{n.Added, "added"}, {n.Updated, "updated"}, {n.Dropped, "dropped"},
		{n.Skipped, "skipped"}, {n.Invalid, "invalid"}, {n.Lossy, "lossy"},
	} {
		if p.n > 0 {
			parts = append(parts, count(int64(p.n))+" "+p.word)
		}
	}
	if len(parts) == 0 {
		return "nothing changed"
	}
	return strings.Join(parts, ", ")
}

func (got stateMergedJSON) print(out io.Writer) {
	outcome := "nothing to write"
	switch {
	case got.DryRun:
		outcome = "nothing written: this was a rehearsal"
	case got.Written:
		outcome = "written, durable"
	}
	fmt.Fprintf(out, "%s: %s; %s\n", shown(got.Path), got.changeCounts, outcome)
	for _, f := range got.From {
		if len(got.From) > 1 {
			name := f.Name
			if name == "-" {
				name = "standard input"
			}
			fmt.Fprintf(out, "  from %s: %s\n", shown(name), f.changeCounts)
		}
		printChanges(out, f.Changes)
	}
	if got.Forgotten {
		fmt.Fprintln(out, "  the earlier versions hold no more than this")
	}
}

// printChanges lists changes by the names of the items; there are no values in
// them.
func printChanges(out io.Writer, changes []storagestate.Change) {
	for _, c := range changes {
		line := fmt.Sprintf("  %-8s %s", c.Action, shown(c.Item.String()))
		if c.Reason != "" {
			line += ": " + shown(c.Reason)
		}
		fmt.Fprintln(out, line)
	}
}
