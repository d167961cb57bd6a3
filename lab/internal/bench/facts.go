package bench

import (
	"fmt"

	"github.com/wholly-go/wholly/lab/internal/report"
)

// figures are the answer in a few numbers: ours, by name, against the baseline
// in the first case, and the flushes of both.
func (r Result) figures(cases []Case) []report.Figure {
	var all []report.Figure
	for _, c := range r.Cells {
		if len(cases) == 0 || c.Case != cases[0].ID || c.Contestant != "wholly, held Dir" || c.Failed != "" {
			continue
		}
		all = append(all, report.Figure{Value: report.Amount(c.Ratio.Median) + "×",
			Says: fmt.Sprintf("as fast as hand-written Go (%s to %s): wholly through a held Dir, %s on %s",
				report.Amount(c.Ratio.Min), report.Amount(c.Ratio.Max), cases[0].Title, c.FS)})
	}
	if w, b, ok := r.flushes(cases); ok {
		tone := report.Fine
		if w > b+slack {
			tone = report.Wrong
		}
		all = append(all, report.Figure{Value: report.Amount(w), Tone: tone,
			Says: fmt.Sprintf("flushes at most for a durable save of ours in the single saves, with a backup too; hand-written Go has %s", report.Amount(b))})
	}
	return all
}

// flushes are the most that a durable single save of ours, and that the
// baseline, has on any file system.
func (r Result) flushes(cases []Case) (ours, base float64, ok bool) {
	single := map[string]bool{}
	for _, c := range cases {
		single[c.ID] = c.Single()
	}
	for _, c := range r.Cells {
		if !single[c.Case] || !c.Durable || c.Failed != "" {
			continue
		}
		if c.Ours {
			ours, ok = max(ours, c.Flushes), true
		}
		if c.Baseline {
			base = max(base, c.Flushes)
		}
	}
	return ours, base, ok
}

// facts are the conditions that only this run knows.
func (r Result) facts() []report.Fact {
	kind := "full"
	if r.Quick {
		kind = "quick: fewer and smaller trials"
	}
	facts := []report.Fact{
		{Name: "run", Value: kind},
		{Name: "seed", Value: fmt.Sprint(r.Seed)},
		{Name: "rounds", Value: report.Count(r.Rounds)},
	}
	if len(r.Cells) > 0 {
		facts = append(facts, r.Disk.facts()...)
	}
	return append(facts, report.Fact{Name: "load before and after",
		Value: r.Load[0] + " and " + r.Load[1] + " (over 1, 5 and 15 minutes), the bench's own threads included"})
}

func (d Disk) facts() []report.Fact {
	io := "direct I/O"
	if !d.DirectIO {
		io = "through the page cache of the disk below, which cannot do direct I/O: flushes and times are less exact"
	}
	fua := "no FUA"
	if d.FUA {
		fua = "FUA"
	}
	return []report.Fact{
		{Name: "disk", Value: fmt.Sprintf("loop device on an image of %s MiB, written in full, on %s; %s; %s, %s", report.Count(d.ImageMiB), d.Below, io, d.WriteCache, fua)},
		{Name: "one flush", Value: report.Amount(d.FlushMicros) + " µs: 4 KiB of the bare loop device overwritten and synced"},
	}
}
