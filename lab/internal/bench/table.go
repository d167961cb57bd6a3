package bench

import (
	"fmt"
	"slices"

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
	columns := columnsOf(c)
	t := report.Table{Head: append([]string{"", "calls", "durable", "times as fast"}, heads(columns)...)}
	for _, syncs := range []bool{true, false} {
		for _, cell := range r.Cells {
			if cell.FS == fs && cell.Case == c.ID && cell.Syncs == syncs {
				t.Rows = append(t.Rows, append([]string{cell.Contestant, cell.Calls, yes(cell.Durable), cell.ratio()}, cell.values(columns)...))
			}
		}
	}
	return t
}

// column is one thing that was measured of a save.
type column struct {
	head  string
	of    func(Cell) float64
	local bool // known only of contestants in this process
}

// columnsOf are the columns of a case: where many write at once, how long one
// waits tells more than how its requests were merged.
func columnsOf(c Case) []column {
	all := []column{
		{"µs", func(c Cell) float64 { return c.Micros.Median }, false},
		{"flushes", func(c Cell) float64 { return c.Flushes }, false},
		{"KiB", func(c Cell) float64 { return c.KiB }, false},
		{"requests", func(c Cell) float64 { return c.Requests }, false},
		{"CPU µs", func(c Cell) float64 { return c.CPUMicros }, true},
		{"allocs", func(c Cell) float64 { return c.Allocs }, true},
		{"alloc KiB", func(c Cell) float64 { return c.AllocKiB }, true},
	}
	if c.For > 0 {
		p50 := column{"p50 ms", func(c Cell) float64 { return c.P50 / 1000 }, false}
		p99 := column{"p99 ms", func(c Cell) float64 { return c.P99 / 1000 }, false}
		return slices.Concat(all[:3], []column{p50, p99}, all[4:6])
	}
	return all
}

func heads(all []column) (out []string) {
	for _, c := range all {
		out = append(out, c.head)
	}
	return out
}

// values are the figures of a cell in the columns; there are none of one that
// failed.
func (c Cell) values(all []column) (out []string) {
	if c.Failed != "" {
		return nil
	}
	for _, column := range all {
		if column.local && !c.InProcess {
			out = append(out, "–")
			continue
		}
		out = append(out, report.Amount(column.of(c)))
	}
	return out
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
