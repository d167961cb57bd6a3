package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wholly-go/wholly/lab/internal/cut"
	"github.com/wholly-go/wholly/lab/internal/peer"
	"github.com/wholly-go/wholly/lab/internal/report"
	"github.com/wholly-go/wholly/lab/internal/rig"
)

// page is the report of a run.
func (c *cutting) page(ctx context.Context, rows []*cut.Row, rest []cut.Job, sum cut.Summary) report.Page {
	titles := map[string]string{}
	for _, fs := range rig.Systems() {
		titles[fs.Name] = fs.Title
	}
	p := report.Page{
		Title:   c.title,
		Lead:    c.lead(),
		Command: c.asWritten,
		Figures: figures(sum),
		Parts:   []report.Part{{Heading: "What was found", Show: cut.Outcomes(rows, titles)}},
		Facts:   append(c.facts(rows), report.Machine(ctx)...),
	}
	if seen := examples(rows); len(seen.Rows) > 0 {
		p.Parts = append(p.Parts, report.Part{Heading: "One disk of each kind", Show: seen,
			Text: []string{"The first disk of each bad outcome, and the cut that leaves it. With `--tapes DIR` the recordings are kept, and `lab replay TAPE CUT` shows the disk again."}})
	}
	if len(rest)+len(sum.Skipped) > 0 {
		p.Parts = append(p.Parts, notRun(rest, sum))
	}
	return explained(p)
}

// explained adds what every reader has to know.
func explained(p report.Page) report.Page {
	p.Parts = append(p.Parts,
		report.Part{Heading: "How it is done", Points: []string{
			"A process serves one large file through FUSE; a loop device and a file system of the running kernel stand on it. Every write and every flush that reaches the disk is recorded, in one order with the marks of the workload: a save begins, a save was acknowledged.",
			"A neighbour in the same file system makes its journal commit all the time, and every rename and link is held up by " + cut.Delay.String() + ", for every row alike.",
			"The power is cut at each moment of the recording. What had been written since the last flush may be there or not: all of it, none of it, some of it, the last write torn. Each different disk is mounted, so that the kernel replays its journal, and the files are read.",
			"A disk counts once, by the worst that was found on it. Disks that are equal are mounted once and judged at each of their moments.",
		}},
		report.Part{Heading: "How to read it", Points: []string{
			"The numbers are counts of disks, not chances of a loss. They hang on timing; zero or not zero is the message.",
			"**Acknowledged but lost** is no fault of a library that leaves durability to its caller. Such cells are set apart and not counted as bad.",
			"The settings were chosen after looking: without the neighbour and the delays, strategies that never sync look merely old. Each row got the same, ours too.",
			"Nothing bad among so many disks speaks of the schedules that were recorded, not of all there are; what a program must do in theory is for the model in `crash/`. The loop device takes requests in turn, so a write that was under way when a flush was sent counts as durable.",
			"A disk that lies about its flushes, bad sectors and torn sectors below 4 KiB are not part of it: a btrfs superblock torn at 512 bytes cannot be mounted by anybody.",
		}},
	)
	return p
}

func (c *cutting) lead() string {
	if c.name == "peers" {
		return "Other libraries and patterns, on real file systems whose power is cut at every moment of a save, beside one workload of ours. Each is judged by what it promises."
	}
	return "Every way in which this library writes, on real file systems whose power is cut at every moment of a save. Nothing may be missing, torn or older than what was acknowledged; and the controls must be bad, or the lab is blind."
}

func figures(sum cut.Summary) []report.Figure {
	var all []report.Figure
	if sum.Disks > 0 {
		tone := report.Fine
		if sum.Bad > 0 {
			tone = report.Wrong
		}
		all = append(all, report.Figure{Value: report.Count(sum.Bad), Says: "bad disks of " + report.Count(sum.Disks) + " of ours", Tone: tone},
			report.Figure{Value: report.Count(sum.Mounted), Says: "different disks of ours, mounted and read"},
			report.Figure{Value: report.Count(sum.Fewest), Says: "disks of ours on " + sum.Where + ", the fewest"})
	}
	tone := report.Fine
	if len(sum.Blind) > 0 {
		tone = report.Wrong
	}
	return append(all, report.Figure{Value: fmt.Sprintf("%d of %d", sum.Controls-len(sum.Blind), sum.Controls), Says: "controls bad, as they must be", Tone: tone})
}

func examples(rows []*cut.Row) report.Table {
	t := report.Table{Head: []string{"workload", "file system", "outcome", "what was found", "seed", "cut"}}
	for _, r := range rows {
		for _, e := range r.Examples {
			t.Rows = append(t.Rows, []string{r.Title, r.FS, e.Outcome, e.Why, fmt.Sprint(e.Seed), "`" + e.Cut + "`"})
		}
	}
	return t
}

func notRun(rest []cut.Job, sum cut.Summary) report.Part {
	p := report.Part{Heading: "What was not run"}
	p.Points = append(p.Points, sum.Skipped...)
	for _, j := range rest {
		p.Points = append(p.Points, j.Play.Name+" on "+j.FS.Name+": not begun when the run was over")
	}
	return p
}

// facts are those of the run.
func (c *cutting) facts(rows []*cut.Row) []report.Fact {
	var all time.Duration
	for _, r := range rows {
		all += r.Time
	}
	var systems []string
	for _, name := range c.systems {
		if fs, err := rig.Named(name); err == nil {
			options := fs.Options
			if options == "" {
				options = "defaults"
			}
			systems = append(systems, fmt.Sprintf("%s: %s; mounted with %s", name, strings.Join(fs.Mkfs, " "), options))
		}
	}
	facts := []report.Fact{
		{Name: "recordings", Value: fmt.Sprintf("%d or more of %d saves for each row, until there are %s disks; seeds from %d", c.seeds, c.commits, report.Count(c.disks), c.seed)},
		{Name: "cuts", Value: fmt.Sprintf("at each moment everything, nothing, %d random subsets (all subsets of up to %d writes), %d torn last write in pieces of %d bytes",
			c.choice.Subsets, c.choice.All, c.choice.Tears, c.choice.Piece)},
		{Name: "file systems", Value: strings.Join(systems, "; ")},
		{Name: "time", Value: all.Round(time.Second).String() + " of work, several rows at a time"},
	}
	if c.name == "peers" {
		facts = append(facts, report.Fact{Name: "versions", Value: versions()})
	}
	return facts
}

// versions are those of the peers.
func versions() string {
	var all []string
	for _, p := range peer.All() {
		all = append(all, p.Name+" "+p.Version)
	}
	return strings.Join(all, "; ")
}
