package report

// Outcomes shows what was found on the disks that a power cut could leave: one
// row a strategy, one column a file system, in each cell the shares of the
// outcomes. Of a disk only the worst thing found on it counts, so that the
// counts of a cell add up to its disks.
type Outcomes struct {
	Kinds   []Kind   // in the order of tables
	Systems []string // file systems, in the order of the cells of a row
	Groups  []Group
}

// Kind is one outcome.
type Kind struct {
	Name  string // a word or two: "zeros"
	Means string // in a sentence; may be empty
	Class Class
}

// Class says how bad an outcome is, and for whom.
type Class uint8

const (
	Good    Class = iota // as it must be
	Damaged              // the file is not whole
	Lost                 // the file is whole, but older than what was acknowledged: bad where durability is claimed
	Untidy               // the file is right, but a backup is not, or litter stays
	Outside              // the file system cannot be mounted: no library can help, so it is not among the bad
)

// Group is a set of strategies with one standing.
type Group struct {
	Title, Text string
	Control     bool // they must come out bad, or the lab is blind
	Rows        []Row
}

// Row is one strategy.
type Row struct {
	Name    string
	Calls   string // as seen: "F R D"
	Promise string // in its own sense, in one sentence
	Durable bool   // it claims that what it acknowledged survives
	Want    string // of a control: what must be seen
	Cells   []Cell // one a file system
}

// Cell is a strategy on a file system.
type Cell struct {
	Counts []int  // disks by kind, each disk once; nil if it was not run
	Blind  bool   // of a control: what must be seen was not seen
	Why    string // it was not run
}

// Tally sums up a cell.
type Tally struct {
	Disks   int
	Bad     int // not as the strategy promises
	Excused int // an acknowledged commit is lost where durability is not claimed: not among the bad
	Outside int // the file system is at fault: not among the bad either
}

// Tally sums up one cell of r.
func (o Outcomes) Tally(r Row, c Cell) Tally {
	var t Tally
	for i, n := range c.Counts {
		t.Disks += n
		if i >= len(o.Kinds) || o.Kinds[i].Class == Good {
			continue
		}
		switch class := o.Kinds[i].Class; {
		case class == Lost && !r.Durable:
			t.Excused += n
		case class == Outside:
			t.Outside += n
		default:
			t.Bad += n
		}
	}
	return t
}

// Total sums up all cells of g.
func (o Outcomes) Total(g Group) Tally {
	var sum Tally
	for _, r := range g.Rows {
		for _, c := range r.Cells {
			t := o.Tally(r, c)
			sum.Disks, sum.Bad = sum.Disks+t.Disks, sum.Bad+t.Bad
			sum.Excused, sum.Outside = sum.Excused+t.Excused, sum.Outside+t.Outside
		}
	}
	return sum
}

// cell is the cell of r on the file system with this number.
func (r Row) cell(system int) Cell {
	if system < len(r.Cells) {
		return r.Cells[system]
	}
	return Cell{}
}

const (
	notRun  = "not run"
	blind   = "BLIND: not seen"
	excused = "lost, not promised"
	outside = "not mountable"
)

// why says why there are no counts.
func (c Cell) why() string {
	if c.Why != "" {
		return notRun + ": " + c.Why
	}
	return notRun
}

// brief is a cell in words: "**0** bad of 2,498".
func (o Outcomes) brief(r Row, c Cell) string {
	t := o.Tally(r, c)
	if t.Disks == 0 {
		return c.why()
	}
	text := "**" + Count(t.Bad) + "** bad of " + Count(t.Disks)
	if t.Excused > 0 {
		text += "; " + Count(t.Excused) + " " + excused
	}
	if t.Outside > 0 {
		text += "; " + Count(t.Outside) + " " + outside
	}
	if c.Blind {
		text += "; **" + blind + "**"
	}
	return text
}

// Brief is one group with a line a strategy and a column a file system.
func (o Outcomes) Brief(g Group) Table {
	t := Table{Head: []string{"strategy", "calls", "promise"}}
	if g.Control {
		t.Head[2] = "must show"
	}
	t.Head = append(t.Head, o.Systems...)
	for _, r := range g.Rows {
		line := []string{r.Name, code(r.Calls), r.Promise}
		if g.Control {
			line[2] = r.Want
		}
		for i := range o.Systems {
			line = append(line, o.brief(r, r.cell(i)))
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// counts is the full table of one file system.
func (o Outcomes) counts(system int) Table {
	t := Table{Head: []string{"strategy", "disks"}}
	for _, k := range o.Kinds {
		t.Head = append(t.Head, k.Name)
	}
	for _, g := range o.Groups {
		for _, r := range g.Rows {
			t.Rows = append(t.Rows, o.line(r, r.cell(system)))
		}
	}
	return t
}

// line is a row of counts. What is excused stands in brackets.
func (o Outcomes) line(r Row, c Cell) []string {
	tally := o.Tally(r, c)
	if tally.Disks == 0 {
		return []string{r.Name, "–"}
	}
	line := []string{r.Name, Count(tally.Disks)}
	for i, k := range o.Kinds {
		n := 0
		if i < len(c.Counts) {
			n = c.Counts[i]
		}
		text := Count(n)
		switch {
		case n > 0 && k.Class == Lost && !r.Durable:
			text = "(" + text + ")"
		case n > 0 && k.Class != Good:
			text = "**" + text + "**"
		}
		line = append(line, text)
	}
	return line
}

// ran reports whether anything of the file system was run.
func (o Outcomes) ran(system int) bool {
	for _, g := range o.Groups {
		for _, r := range g.Rows {
			if len(r.cell(system).Counts) > 0 {
				return true
			}
		}
	}
	return false
}
