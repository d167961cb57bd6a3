package report

import (
	"html/template"
	"math"
)

type rangesView struct {
	Ranges
	Cases []caseView
}

type caseView struct {
	Case
	Panels []panelView
}

type panelView struct {
	System, Case string
	Columns      []string
	Axis         []tick
	Lines        []lineView
}

type tick struct {
	At    percent
	Text  string
	One   bool   // the reference line
	Place string // of the label: start, middle or end
}

type lineView struct {
	Line
	Axis         []tick
	Words        string // the ratio
	From, To, At percent
	Wide         percent
	Known        bool
	Rest         int // columns behind the chart
	Values       []value
	Title, Desc  string
}

// value is a cell with the head of its column, for narrow screens.
type value struct{ Name, Text string }

func (r Ranges) html() (template.HTML, error) {
	view := rangesView{Ranges: r}
	for _, c := range r.Cases {
		cv := caseView{Case: c}
		scale := scaleOf(c)
		for _, p := range c.Panels {
			pv := panelView{System: p.System, Case: c.Name, Columns: r.Columns, Axis: scale.ticks()}
			for _, l := range p.Lines {
				lv := r.lineView(l, scale)
				lv.Title = l.Name + ", " + c.Name + " on " + p.System
				pv.Lines = append(pv.Lines, lv)
			}
			cv.Panels = append(cv.Panels, pv)
		}
		view.Cases = append(view.Cases, cv)
	}
	return render("ranges", view)
}

func (r Ranges) lineView(l Line, s scale) lineView {
	view := lineView{Line: l, Axis: s.ticks(), Words: l.ratio(), Desc: l.ratio(), Rest: len(r.Columns) + 1}
	if l.Ratio.known() {
		view.Known = true
		view.From, view.To, view.At = s.at(l.Ratio.Min), s.at(l.Ratio.Max), s.at(l.Ratio.Median)
		view.Wide = view.To - view.From
		if !l.Durable {
			view.Desc += ", not durable when it returns"
		}
	}
	for i, name := range r.Columns {
		v := value{Name: name}
		if i < len(l.Values) {
			v.Text = l.Values[i]
		}
		view.Values = append(view.Values, v)
	}
	return view
}

// scale is logarithmic: as far to twice as fast as to half as fast.
type scale struct{ low, high float64 }

// scaleOf spans all that a case shows, on every file system, and 1.
func scaleOf(c Case) scale {
	s := scale{1 / 1.25, 1.25}
	for _, p := range c.Panels {
		for _, l := range p.Lines {
			if l.Ratio.known() {
				s.low, s.high = min(s.low, l.Ratio.Min), max(s.high, l.Ratio.Max)
			}
		}
	}
	room := math.Pow(s.high/s.low, 0.05)
	return scale{s.low / room, s.high * room}
}

func (s scale) at(ratio float64) percent {
	return percent(100 * math.Log(ratio/s.low) / math.Log(s.high/s.low))
}

// ticks are round ratios, close enough to read from and far enough to write at.
func (s scale) ticks() []tick {
	var all []tick
	for _, at := range s.round() {
		if at < s.low || at > s.high {
			continue
		}
		t := tick{At: s.at(at), Text: Amount(at), One: at == 1, Place: "middle"}
		switch {
		case t.At < 4:
			t.Place = "start"
		case t.At > 96:
			t.Place = "end"
		}
		all = append(all, t)
	}
	return all
}

func (s scale) round() []float64 {
	octaves := math.Log2(s.high / s.low)
	switch {
	case octaves <= 1.6:
		return []float64{0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.7, 2}
	case octaves <= 3:
		return []float64{0.25, 0.33, 0.5, 0.7, 1, 1.5, 2, 3, 4}
	case octaves <= 7:
		return []float64{0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64}
	}
	var all []float64
	for e := -6; e <= 6; e++ {
		all = append(all, math.Pow10(e))
		if octaves <= 14 {
			all = append(all, 3*math.Pow10(e))
		}
	}
	return all
}
