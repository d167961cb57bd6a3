package bench

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/wholly-go/wholly/lab/internal/report"
)

// Print writes the results as tables for a terminal, one a case and file
// system, and under what conditions they were got.
func (r Result) Print(w io.Writer, cases []Case, titles map[string]string) error {
	for _, fs := range r.systems() {
		for _, c := range cases {
			if err := r.table(w, fs, titles[fs], c); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(w, "\nTimes as fast as hand-written Go: median [least..most] of %d rounds. Counts are by the save.\n", r.Rounds)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range r.facts() {
		fmt.Fprintf(t, "%s\t%s\n", f.Name, f.Value)
	}
	for _, a := range r.Absent {
		fmt.Fprintf(t, "not run\t%s: %s\n", a.Contestant, a.Why)
	}
	for _, m := range r.Missing {
		fmt.Fprintf(t, "not run\t%s on %s: the time was over\n", m.Case, m.FS)
	}
	return t.Flush()
}

// table writes a case on a file system: first those that sync, which do the
// same work, then the others.
func (r Result) table(w io.Writer, fs, title string, c Case) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	rows := 0
	for _, syncs := range []bool{true, false} {
		for _, cell := range r.Cells {
			if cell.FS != fs || cell.Case != c.ID || cell.Syncs != syncs {
				continue
			}
			if rows++; rows == 1 {
				fmt.Fprintf(w, "\n%s, %s\n", c.Title, title)
				fmt.Fprintf(t, "  \tcalls\tdurable\ttimes as fast\t%s\n", strings.Join(Columns(c), "\t"))
			}
			line := append([]string{cell.Contestant, cell.Calls, yes(cell.Durable), cell.ratio()}, cell.values(c)...)
			fmt.Fprintf(t, "  %s\n", strings.Join(line, "\t"))
		}
	}
	return t.Flush()
}

// Columns are the heads of what was measured of one save.
func Columns(c Case) []string {
	all := []string{"µs", "flushes", "KiB", "requests", "CPU µs", "allocs", "alloc KiB"}
	if c.For > 0 {
		all = append(all, "p50 ms", "p99 ms")
	}
	return all
}

// values are the cells under Columns.
func (c Cell) values(of Case) []string {
	if c.Failed != "" {
		return nil
	}
	cpu, allocs, size := report.Amount(c.CPUMicros), report.Amount(c.Allocs), report.Amount(c.AllocKiB)
	if !c.InProcess {
		cpu, allocs, size = "–", "–", "–" // they are those of another process
	}
	all := []string{report.Amount(c.Micros.Median), report.Amount(c.Flushes), report.Amount(c.KiB), report.Amount(c.Requests), cpu, allocs, size}
	if of.For > 0 {
		all = append(all, report.Amount(c.P50/1000), report.Amount(c.P99/1000))
	}
	return all
}

func (c Cell) ratio() string {
	switch {
	case c.Failed != "":
		return "failed: " + c.Failed
	case c.Baseline:
		return "1"
	}
	return report.Range(c.Ratio).String()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
