package bench

import (
	"fmt"

	"github.com/wholly-go/wholly/lab/internal/report"
)

// Titled is a table with what stands over it.
type Titled struct {
	Title string
	Table report.Table
}

// Tables are the results for a terminal, one table a file system and case, and
// at last under what conditions they were got.
func (r Result) Tables(cases []Case, titles map[string]string) []Titled {
	var all []Titled
	for _, fs := range r.systems() {
		for _, c := range cases {
			if t := r.table(fs, c); t.Rows != nil {
				all = append(all, Titled{c.Title + ", " + titles[fs], t})
			}
		}
	}
	how := report.Table{Head: []string{"", ""}}
	for _, f := range r.facts() {
		how.Rows = append(how.Rows, []string{f.Name, f.Value})
	}
	for _, a := range r.Absent {
		how.Rows = append(how.Rows, []string{"not run", a.Contestant + ": " + a.Why})
	}
	for _, m := range r.Missing {
		how.Rows = append(how.Rows, []string{"not run", m.Case + " on " + m.FS + ": the time was over"})
	}
	return append(all, Titled{fmt.Sprintf("Times as fast as hand-written Go are medians [least..most] of %d rounds; counts are by the save.", r.Rounds), how})
}

// table is a case on a file system: first those that sync, which do the same
// work, then the others.
func (r Result) table(fs string, c Case) report.Table {
	t := report.Table{Head: append([]string{"", "calls", "durable", "times as fast"}, Columns(c)...)}
	for _, syncs := range []bool{true, false} {
		for _, cell := range r.Cells {
			if cell.FS == fs && cell.Case == c.ID && cell.Syncs == syncs {
				t.Rows = append(t.Rows, append([]string{cell.Contestant, cell.Calls, yes(cell.Durable), cell.ratio()}, cell.values(c)...))
			}
		}
	}
	return t
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
