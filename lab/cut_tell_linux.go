package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/lab/internal/cut"
	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/lab/internal/report"
	"github.com/wholly-go/wholly/lab/internal/rig"
)

// line is a row on the terminal.
func line(r *cut.Row) string {
	if r.Skipped != "" {
		return fmt.Sprintf("%-10s %-28s %s", r.FS, r.Name, r.Judgement())
	}
	return fmt.Sprintf("%-10s %-28s %7s disks, %6s mounted: %s%s", r.FS, r.Name, report.Count(r.Disks), report.Count(r.Mounted), r.Judgement(), counts(r))
}

func counts(r *cut.Row) string {
	var parts []string
	for _, o := range judge.Outcomes() {
		if n := r.Counts[o.String()]; n > 0 && o != judge.Good {
			parts = append(parts, fmt.Sprintf("%s %s", report.Count(n), o))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// order puts the rows into the order of the jobs, however they ended.
func order(rows []*cut.Row, jobs []cut.Job) {
	at := map[[2]string]int{}
	for i, j := range jobs {
		at[[2]string{j.FS.Name, j.Play.Name}] = i
	}
	slices.SortStableFunc(rows, func(a, b *cut.Row) int { return at[[2]string{a.FS, a.Name}] - at[[2]string{b.FS, b.Name}] })
}

// tell prints the answer, writes the report, and says by its error whether all
// is as it must be.
func (c *cutting) tell(ctx context.Context, rows []*cut.Row, rest []cut.Job) error {
	sum := cut.Summarize(rows)
	if c.asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(struct {
			Summary cut.Summary `json:"summary"`
			Rows    []*cut.Row  `json:"rows"`
		}{sum, rows}); err != nil {
			return err
		}
	} else {
		fmt.Print(summary(rows, rest, sum))
	}
	if c.report != "" {
		if err := report.Write(ctx, c.report, c.name, c.page(ctx, rows, rest, sum)); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s/%s.md and %s.html are written\n", c.report, c.name, c.name)
	}
	if len(sum.Skipped) > 0 && rig.Required() {
		return errors.New("rows were not run, and LAB=require says that they must be")
	}
	for _, r := range rows {
		if !r.OK() {
			return errNo
		}
	}
	return nil
}

func summary(rows []*cut.Row, rest []cut.Job, sum cut.Summary) string {
	var b strings.Builder
	fmt.Fprintf(&b, "ours: %s bad of %s disks (%s of them different, mounted and read)\n", report.Count(sum.Bad), report.Count(sum.Disks), report.Count(sum.Mounted))
	for _, r := range rows {
		if r.OK() {
			continue
		}
		for _, e := range r.Examples {
			fmt.Fprintf(&b, "  %s on %s, seed %d, cut %s: %s: %s\n", r.Name, r.FS, e.Seed, e.Cut, e.Outcome, e.Why)
			if e.Tape != "" {
				fmt.Fprintf(&b, "    lab replay %s %s\n", e.Tape, e.Cut)
			}
		}
	}
	if sum.Controls > 0 {
		fmt.Fprintf(&b, "controls: %d of %d bad, as they must be\n", sum.Controls-len(sum.Blind), sum.Controls)
	}
	for _, s := range sum.Blind {
		fmt.Fprintf(&b, "  BLIND: %s\n", s)
	}
	for _, s := range sum.Skipped {
		fmt.Fprintf(&b, "not run: %s\n", s)
	}
	if len(rest) > 0 {
		fmt.Fprintf(&b, "not begun: %s\n", names(rest))
	}
	return b.String()
}

func names(jobs []cut.Job) string {
	var all []string
	for _, j := range jobs {
		all = append(all, j.Play.Name+" on "+j.FS.Name)
	}
	return strings.Join(all, ", ")
}
