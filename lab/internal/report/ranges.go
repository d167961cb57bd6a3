package report

import (
	"math"
	"strconv"
)

// Ranges shows ratios to a baseline: for each case and file system one line a
// contestant, with the median as a dot on the range of all rounds, on a
// logarithmic scale.
type Ranges struct {
	Says    string   // what the ratio is, and which direction is better
	Columns []string // of the table: what was counted for one operation
	Cases   []Case
}

// Case is one thing that was timed.
type Case struct {
	Name, Text string
	Panels     []Panel
}

// Panel is a case on a file system.
type Panel struct {
	System string
	Lines  []Line
}

// Line is a contestant.
type Line struct {
	Name     string
	Calls    string // "F R D"
	Durable  bool   // on the disk when it returns; otherwise its dot is hollow
	Baseline bool   // its ratio is 1
	Ours     bool
	Ratio    Range    // zero: it was not run
	Values   []string // one a column
	Why      string   // it was not run
}

// Range is what several rounds gave.
type Range struct{ Median, Min, Max float64 }

func (r Range) known() bool { return r.Median > 0 && r.Min > 0 && r.Max > 0 }

// String returns "1.37 [1.21..1.52]".
func (r Range) String() string {
	if r.Min == r.Max {
		return times(r.Median)
	}
	return times(r.Median) + " [" + times(r.Min) + ".." + times(r.Max) + "]"
}

// times writes a ratio so that those of one size have their points in line.
func times(f float64) string {
	switch {
	case f < 9.995:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case f < 99.95:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return Count(int(math.Round(f)))
}

// ratio is the ratio in words.
func (l Line) ratio() string {
	switch {
	case l.Baseline:
		return "baseline"
	case l.Ratio.known():
		return l.Ratio.String()
	case l.Why != "":
		return notRun + ": " + l.Why
	}
	return notRun
}

// counts is the table of a panel.
func (r Ranges) counts(p Panel) Table {
	t := Table{Head: append([]string{"", "calls", "durable", "ratio"}, r.Columns...)}
	for _, l := range p.Lines {
		name, durable := l.Name, "no"
		if l.Ours {
			name = strong(name)
		}
		if l.Durable {
			durable = "yes"
		}
		t.Rows = append(t.Rows, append([]string{name, code(l.Calls), durable, l.ratio()}, l.Values...))
	}
	return t
}
