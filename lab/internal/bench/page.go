package bench

import (
	"fmt"
	"strings"

	"github.com/wholly-go/wholly/lab/internal/report"
)

// Page is the report of a run; titles are those of the file systems by name,
// and facts what is known of the machine.
func (r Result) Page(command string, cases []Case, titles map[string]string, facts []report.Fact) report.Page {
	p := report.Page{
		Title:   "What a save costs",
		Lead:    "Ways to save a file, timed against hand-written Go (os.CreateTemp, Write, Sync, Close, Rename, Sync of the directory) on real file systems, taking turns in random order; and what each asks of the disk.",
		Command: command,
		Figures: r.figures(cases),
		Facts:   append(r.facts(), facts...),
	}
	for _, kind := range []struct {
		heading string
		crowd   bool
	}{{"One save after the other", false}, {"Many at once", true}} {
		if shown := r.ranges(cases, kind.crowd, titles); len(shown.Cases) > 0 {
			p.Parts = append(p.Parts, report.Part{Heading: kind.heading, Show: shown})
		}
	}
	p.Parts = append(p.Parts, r.apart(cases, titles)...)
	p.Parts = append(p.Parts, r.left(cases, titles)...)
	p.Parts = append(p.Parts, r.reading())
	if doubts := r.Doubts(cases); doubts != nil {
		p.Parts = append([]report.Part{{Heading: "Do not believe this run", Points: doubts}}, p.Parts...)
	}
	return p
}

// ranges are the cases with or without a crowd, and in them those who sync the
// content; what does not sync stands apart, for it does not do the work, and
// would squeeze the scale.
func (r Result) ranges(cases []Case, crowd bool, titles map[string]string) report.Ranges {
	shown := report.Ranges{Says: "Time of hand-written Go ÷ time, in the same round: more is faster. The dot is the median of " +
		report.Count(r.Rounds) + " rounds, the line goes from the slowest to the fastest; a hollow dot is not durable when it returns."}
	for _, c := range cases {
		if (c.For > 0) != crowd {
			continue
		}
		shown.Columns = heads(columnsOf(c))
		if panels := r.panels(c, titles); panels != nil {
			shown.Cases = append(shown.Cases, report.Case{Name: c.Title, Text: c.Text, Panels: panels})
		}
	}
	return shown
}

// panels are a case on each file system.
func (r Result) panels(c Case, titles map[string]string) (all []report.Panel) {
	for _, fs := range r.systems() {
		panel := report.Panel{System: titles[fs]}
		for _, cell := range r.Cells {
			if cell.FS == fs && cell.Case == c.ID && cell.Syncs {
				panel.Lines = append(panel.Lines, cell.line(c))
			}
		}
		if panel.Lines != nil {
			all = append(all, panel)
		}
	}
	return all
}

func (c Cell) line(of Case) report.Line {
	return report.Line{Name: c.Contestant, Calls: c.Calls, Durable: c.Durable, Baseline: c.Baseline, Ours: c.Ours,
		Ratio: report.Range(c.Ratio), Values: c.values(columnsOf(of)), Why: c.Failed}
}

// systems are the file systems of the run, in its order.
func (r Result) systems() (all []string) {
	seen := map[string]bool{}
	for _, c := range r.Cells {
		if !seen[c.FS] {
			seen[c.FS] = true
			all = append(all, c.FS)
		}
	}
	return all
}

// apart are the contestants that sync nothing before the name is taken.
func (r Result) apart(cases []Case, titles map[string]string) []report.Part {
	t := report.Table{Head: []string{"", "case", "file system", "calls", "times as fast", "µs"}}
	for _, c := range cases {
		for _, cell := range r.Cells {
			if cell.Case == c.ID && !cell.Syncs {
				row := []string{cell.Contestant, c.Title, titles[cell.FS], "`" + cell.Calls + "`", cell.ratio()}
				if cell.Failed == "" {
					row = append(row, report.Amount(cell.Micros.Median))
				}
				t.Rows = append(t.Rows, row)
			}
		}
	}
	if t.Rows == nil {
		return nil
	}
	return []report.Part{{Heading: "Apart: what syncs nothing", Show: t,
		Text: []string{"These are neither durable nor safe: a power cut may leave an empty, a torn or no file. They say what the syncs cost, and are no alternative."}}}
}

// left is what did not run, and why.
func (r Result) left(cases []Case, titles map[string]string) []report.Part {
	name := map[string]string{}
	for _, c := range cases {
		name[c.ID] = c.Title
	}
	var points []string
	for _, a := range r.Absent {
		points = append(points, fmt.Sprintf("**%s** cannot run here: %s.", a.Contestant, strings.TrimSuffix(a.Why, ".")))
	}
	for _, m := range r.Missing {
		points = append(points, fmt.Sprintf("**%s on %s**: the time was over.", name[m.Case], titles[m.FS]))
	}
	if points == nil {
		return nil
	}
	return []report.Part{{Heading: "Not run", Points: points}}
}

func (r Result) reading() report.Part {
	points := []string{
		"**Calls**: F the file is synced, L a hard link is made, R a name is renamed, D the directory is synced.",
		"Times are of this machine and its disk; believe the counts first, then the ratios. A wide range is a result too: something else was going on, in the disk or beside it.",
		"Counts are medians, by the save, of what the block device had completed when the save returned: what a contestant leaves for later is not in them. The file system is synced before each trial, untimed. Every file exists before.",
		"The baseline sets the mode of its temp file, as a program must that replaces a file of another mode; those who leave that out save a system call.",
		"No contestant coalesces: a hot document that is saved 100 times is on the disk 100 times where the contestant is durable.",
	}
	if away := r.away(); away != "" {
		points = append(points, "Contestants in other languages are processes of their own. Their times hold the way of the request and of the content there and back: "+away+
			" Their CPU and allocations are not counted. Such a process serves one save after the other, also where 32 writers ask.")
	}
	return report.Part{Heading: "How to read it", Points: points}
}

// away says what part of the time of a single save is the way to another process.
func (r Result) away() string {
	ways := map[string][]float64{}
	var order []string
	for _, c := range r.Cells {
		if c.InProcess || c.AwayMicros <= 0 || c.Failed != "" {
			continue
		}
		if ways[c.Case] == nil {
			order = append(order, c.Case)
		}
		ways[c.Case] = append(ways[c.Case], c.AwayMicros)
	}
	var parts []string
	for _, id := range order {
		parts = append(parts, fmt.Sprintf("%s µs in case %s", report.Range(rangeOf(ways[id])), id))
	}
	if parts == nil {
		return ""
	}
	return strings.Join(parts, ", ") + "."
}
