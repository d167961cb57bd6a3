package report

import (
	"fmt"
	"html/template"
	"strings"
)

// sliver is the least width of what is not nothing: three disks of ten thousand
// must be seen.
const sliver percent = 2.5

type outcomesView struct {
	Outcomes
	Legend []swatch
	Groups []groupView
	Counts []systemView
}

type groupView struct {
	Group
	Promise string // head of the first column
	Rows    []rowView
}

type rowView struct {
	Row
	Cells []cellView
}

// cellView is a bar with its words.
type cellView struct {
	System, Why string
	State       string // CSS class: clean, bad, excused, seen or blind
	Sign, Head  string
	Of          string
	Bar         []segment
	Found       []swatch
	Title, Desc string
}

type segment struct {
	Class    string
	At, Wide percent
}

// swatch is a colour with what it stands for.
type swatch struct{ Class, Text, Means string }

type systemView struct {
	System string
	Table  template.HTML
}

func (o Outcomes) html() (template.HTML, error) {
	view := outcomesView{Outcomes: o, Legend: o.swatches()}
	for _, g := range o.Groups {
		gv := groupView{Group: g}
		for _, r := range g.Rows {
			rv := rowView{Row: r}
			for i, system := range o.Systems {
				rv.Cells = append(rv.Cells, o.cellView(g, r, r.cell(i), system))
			}
			gv.Rows = append(gv.Rows, rv)
		}
		view.Groups = append(view.Groups, gv)
	}
	for i, system := range o.Systems {
		if !o.ran(i) {
			continue
		}
		table, err := o.counts(i).html()
		if err != nil {
			return "", err
		}
		view.Counts = append(view.Counts, systemView{system, table})
	}
	return render("outcomes", view)
}

// swatches is the legend; kinds that were never found are in it too.
func (o Outcomes) swatches() []swatch {
	var all []swatch
	for i, k := range o.Kinds {
		all = append(all, swatch{o.colour(i), k.Name, k.Means})
		if k.Class == Lost {
			all = append(all, swatch{excusedColour, excused, "the same, of a strategy that does not claim durability"})
		}
	}
	return all
}

const excusedColour = "k-excused"

// colour is the CSS class of a kind: its class, and its place among those.
func (o Outcomes) colour(kind int) string {
	n := 0
	for _, k := range o.Kinds[:kind] {
		if k.Class == o.Kinds[kind].Class {
			n++
		}
	}
	names := []string{Good: "good", Damaged: "damaged", Lost: "lost", Untidy: "untidy", Outside: "outside"}
	return fmt.Sprintf("k-%s k-%d", names[min(o.Kinds[kind].Class, Outside)], n%6)
}

func (o Outcomes) cellView(g Group, r Row, c Cell, system string) cellView {
	t := o.Tally(r, c)
	view := cellView{System: system, Title: r.Name + " on " + system}
	if t.Disks == 0 {
		view.Why = c.why()
		return view
	}
	view.Head, view.Of = Count(t.Bad)+" bad", "of "+Count(t.Disks)
	view.State, view.Sign = standing(g, c, t)
	view.Bar = o.bar(r, c)
	words := []string{Count(t.Disks) + " disks", Count(t.Bad) + " bad"}
	for i, k := range o.Kinds {
		if i >= len(c.Counts) || c.Counts[i] == 0 || k.Class == Good {
			continue
		}
		s := swatch{Class: o.colour(i), Text: Count(c.Counts[i]) + " " + k.Name}
		if k.Class == Lost && !r.Durable {
			s = swatch{Class: excusedColour, Text: Count(c.Counts[i]) + " " + excused}
		}
		view.Found = append(view.Found, s)
		words = append(words, s.Text)
	}
	view.Desc = strings.Join(words, ", ")
	return view
}

// standing is how a cell is to be taken, as a CSS class and a sign.
func standing(g Group, c Cell, t Tally) (state, sign string) {
	switch {
	case c.Blind:
		return "blind", "✗"
	case g.Control:
		return "seen", ""
	case t.Bad > 0:
		return "bad", "✗"
	case t.Excused+t.Outside > 0:
		return "excused", ""
	}
	return "clean", "✓"
}

// bar is what was found, side by side.
func (o Outcomes) bar(r Row, c Cell) []segment {
	var bar []segment
	at := percent(0)
	for i, wide := range shares(c.Counts, sliver) {
		if wide == 0 || i >= len(o.Kinds) {
			continue
		}
		class := o.colour(i)
		if o.Kinds[i].Class == Lost && !r.Durable {
			class = excusedColour
		}
		bar = append(bar, segment{class, at, wide})
		at += wide
	}
	return bar
}

// shares divides 100 by the counts, with at least least for each that is not
// zero. What that takes, the wider ones give in proportion.
func shares(counts []int, least percent) []percent {
	wide := make([]percent, len(counts))
	small := make([]bool, len(counts))
	least = min(least, 100/percent(max(1, len(counts))))
	for {
		sum, left := 0, percent(100)
		for i, n := range counts {
			if small[i] {
				left -= least
			} else {
				sum += n
			}
		}
		again := false
		for i, n := range counts {
			switch {
			case n <= 0:
			case small[i]:
				wide[i] = least
			default:
				wide[i] = left * percent(n) / percent(sum)
				if wide[i] < least {
					small[i], again = true, true
				}
			}
		}
		if !again {
			return wide
		}
	}
}
