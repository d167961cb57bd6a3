package cut

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/lab/internal/report"
)

// Outcomes arranges the rows for a report: a line a workload, a column a file
// system, in the order in which they first come. A workload of ours on a file
// system that must break it is a control, and stands in the column of the file
// system that this one is made of.
func Outcomes(rows []*Row, titles map[string]string) report.Outcomes {
	o := report.Outcomes{Kinds: kinds()}
	var systems []string
	for _, r := range rows {
		if !slices.Contains(systems, r.column()) {
			systems = append(systems, r.column())
			o.Systems = append(o.Systems, titles[r.column()])
		}
	}
	for _, g := range groups {
		group := report.Group{Title: g.title, Text: g.text, Control: g.name == "control"}
		for _, r := range rows {
			if r.Group != g.name {
				continue
			}
			line := r.line(len(systems))
			if r.AnyBad {
				line.Name += ", on " + titles[r.FS]
			}
			i := slices.IndexFunc(group.Rows, func(have report.Row) bool { return have.Name == line.Name })
			if i < 0 {
				i = len(group.Rows)
				group.Rows = append(group.Rows, line)
			}
			group.Rows[i].Cells[slices.Index(systems, r.column())] = r.cell(o.Kinds)
		}
		if len(group.Rows) > 0 {
			o.Groups = append(o.Groups, group)
		}
	}
	return o
}

var groups = []struct{ name, title, text string }{
	{"ours", "wholly", "Each must be clean on every file system."},
	{"peer", "Other ways to write a file", "Each is judged by what it promises itself: a library that leaves durability to its caller is not accused of losing what was acknowledged."},
	{"control", "Controls", "Each must come out bad: a lab that finds nothing wrong with them is blind, and its other rows are worth nothing."},
}

func kinds() (all []report.Kind) {
	means := map[judge.Outcome]string{
		judge.Good:        "exactly one generation, not older than what was acknowledged; every earlier version whole",
		judge.Missing:     "a file that existed is not there",
		judge.Empty:       "the file has no content",
		judge.Zeros:       "the file has nothing but zero bytes",
		judge.Torn:        "neither the old nor the new content",
		judge.Unreadable:  "an error instead of a content",
		judge.Lost:        "whole, but older than what was acknowledged",
		judge.Future:      "of a save that had not begun: a fault of the lab",
		judge.Litter:      "a file that belongs to nobody is left after the sweep",
		judge.Backup:      "an earlier version is damaged, or missing when nothing was under way",
		judge.Unmountable: "the kernel refuses the file system",
	}
	class := map[judge.Outcome]report.Class{judge.Good: report.Good, judge.Lost: report.Lost, judge.Litter: report.Untidy,
		judge.Backup: report.Untidy, judge.Unmountable: report.Outside}
	for _, o := range judge.Outcomes() {
		c, ok := class[o]
		if !ok {
			c = report.Damaged
		}
		all = append(all, report.Kind{Name: o.String(), Means: means[o], Class: c})
	}
	return all
}

// column is the file system whose column the row stands in: "ext4" for
// "ext4-nobar".
func (r *Row) column() string {
	if r.AnyBad {
		name, _, _ := strings.Cut(r.FS, "-")
		return name
	}
	return r.FS
}

func (r *Row) line(systems int) report.Row {
	want := strings.Join(r.Expect, ", ")
	if r.AnyBad {
		want = "anything bad"
	}
	return report.Row{Name: r.Title, Calls: r.Calls, Promise: r.Promise, Durable: r.Durable, Want: want, Cells: make([]report.Cell, systems)}
}

func (r *Row) cell(kinds []report.Kind) report.Cell {
	if r.Skipped != "" {
		return report.Cell{Why: r.Skipped}
	}
	c := report.Cell{Counts: make([]int, len(kinds)), Blind: len(r.Blind()) > 0}
	for i, k := range kinds {
		c.Counts[i] = r.Counts[k.Name]
	}
	return c
}

// Summary is what a list of rows comes to.
type Summary struct {
	Disks    int            `json:"disks"`    // of ours
	Mounted  int            `json:"mounted"`  // different ones among them
	Bad      int            `json:"bad"`      // of ours
	ByFS     map[string]int `json:"by_fs"`    // mounted disks of ours by file system
	Controls int            `json:"controls"` // rows that must come out bad
	Blind    []string       `json:"blind"`    // those of them that did not, and what they did not show
	Skipped  []string       `json:"skipped"`  // rows that were not run, and why
	Total    int            `json:"all"`      // disks of all rows
	Fewest   int            `json:"fewest"`   // disks of ours on the file system with the fewest
	Where    string         `json:"fewest_fs"`
}

// Summarize adds rows up.
func Summarize(rows []*Row) Summary {
	s := Summary{ByFS: map[string]int{}}
	disks := map[string]int{}
	for _, r := range rows {
		s.Total += r.Disks
		switch {
		case r.Skipped != "":
			s.Skipped = append(s.Skipped, fmt.Sprintf("%s on %s: %s", r.Name, r.FS, r.Skipped))
		case r.Group == "ours":
			s.Disks, s.Mounted, s.Bad = s.Disks+r.Disks, s.Mounted+r.Mounted, s.Bad+r.Bad
			s.ByFS[r.FS] += r.Mounted
			disks[r.FS] += r.Disks
		case r.control():
			s.Controls++
			if len(r.Blind()) > 0 {
				s.Blind = append(s.Blind, fmt.Sprintf("%s on %s: no %s", r.Name, r.FS, strings.Join(r.Blind(), ", ")))
			}
		}
	}
	for fs, n := range disks {
		if s.Where == "" || n < s.Fewest || n == s.Fewest && fs < s.Where {
			s.Fewest, s.Where = n, fs
		}
	}
	return s
}
