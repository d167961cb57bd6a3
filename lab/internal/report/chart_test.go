package report

import (
	"math"
	"strings"
	"testing"
)

// A share that is not nothing is wide enough to be seen, nothing has no width,
// and together they fill the bar.
func TestSharesShowWhatIsRare(t *testing.T) {
	for _, counts := range [][]int{
		{1}, {0, 7}, {9999, 1}, {1, 9999}, {10000, 1, 0, 1, 2}, {100, 3, 3, 3}, {5, 5}, {1000000, 26000, 25000, 24000, 1},
		{1 << 40, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, make([]int, 64), ones(64),
	} {
		sum, total := percent(0), 0
		least := min(sliver, 100/percent(len(counts)))
		for i, wide := range shares(counts, sliver) {
			sum += wide
			total += counts[i]
			if (wide == 0) != (counts[i] == 0) || counts[i] > 0 && wide < least-1e-9 {
				t.Errorf("%v: the share of %d is %v", counts, counts[i], wide)
			}
			if i > 0 && counts[i] > counts[i-1] && wide < shares(counts, sliver)[i-1] {
				t.Errorf("%v: the more has the narrower share", counts)
			}
		}
		if total > 0 && math.Abs(float64(sum)-100) > 1e-6 {
			t.Errorf("%v: the shares add up to %v", counts, sum)
		}
	}
}

func ones(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = 1
	}
	return all
}

// Twice as fast is as far from 1 as half as fast, all ranges lie on the scale,
// and its labels stand in order and apart.
func TestScaleIsFair(t *testing.T) {
	for _, r := range []Range{{1, 1, 1}, {1.1, 0.9, 1.3}, {0.5, 0.4, 2}, {19, 17, 23}, {233, 52, 500}, {0.003, 0.001, 0.01}, {50000, 0.01, 900000}} {
		s := scaleOf(Case{Panels: []Panel{{Lines: []Line{{Ratio: r}, {}}}}})
		for _, v := range []float64{r.Min, r.Median, r.Max, 1} {
			if at := s.at(v); at < 0 || at > 100 {
				t.Errorf("%v: %v lies at %v", r, v, at)
			}
		}
		if d := (s.at(2) - s.at(1)) - (s.at(1) - s.at(0.5)); math.Abs(float64(d)) > 1e-9 {
			t.Errorf("%v: 2 and 1/2 are not equally far from 1", r)
		}
		ticks, one := s.ticks(), false
		for i, tick := range ticks {
			one = one || tick.One
			if i > 0 && tick.At-ticks[i-1].At < 6 {
				t.Errorf("%v: the labels %s and %s touch", r, ticks[i-1].Text, tick.Text)
			}
		}
		if len(ticks) < 3 || len(ticks) > 12 || !one {
			t.Errorf("%v: the scale has the labels %v", r, ticks)
		}
	}
}

func TestTallyHoldsToThePromise(t *testing.T) {
	o := Outcomes{Kinds: []Kind{{"good", "", Good}, {"torn", "", Damaged}, {"lost", "", Lost}, {"litter", "", Untidy}, {"unmountable", "", Outside}}}
	c := Cell{Counts: []int{100, 1, 20, 3, 4}}
	for _, test := range []struct {
		durable bool
		want    Tally
	}{
		{true, Tally{Disks: 128, Bad: 24, Outside: 4}},
		{false, Tally{Disks: 128, Bad: 4, Excused: 20, Outside: 4}},
	} {
		if got := o.Tally(Row{Durable: test.durable}, c); got != test.want {
			t.Errorf("durable %v: %+v, not %+v", test.durable, got, test.want)
		}
	}
	g := Group{Rows: []Row{{Durable: true, Cells: []Cell{c, c}}, {Cells: []Cell{c, {}}}}}
	if got, want := o.Total(g), (Tally{Disks: 384, Bad: 52, Excused: 20, Outside: 12}); got != want {
		t.Errorf("total %+v, not %+v", got, want)
	}
}

// The sign of a cell says at a glance how it is to be taken.
func TestStanding(t *testing.T) {
	o := Outcomes{Kinds: []Kind{{"good", "", Good}, {"torn", "", Damaged}, {"lost", "", Lost}, {"unmountable", "", Outside}}}
	for _, test := range []struct {
		name    string
		control bool
		durable bool
		cell    Cell
		state   string
	}{
		{"all is good", false, true, Cell{Counts: []int{9}}, "clean"},
		{"one is torn", false, true, Cell{Counts: []int{9, 1}}, "bad"},
		{"one is lost", false, true, Cell{Counts: []int{9, 0, 1}}, "bad"},
		{"one is lost, not promised", false, false, Cell{Counts: []int{9, 0, 1}}, "excused"},
		{"one cannot be mounted", false, true, Cell{Counts: []int{9, 0, 0, 1}}, "excused"},
		{"a control is bad", true, true, Cell{Counts: []int{9, 1}}, "seen"},
		{"a control is blind", true, true, Cell{Counts: []int{9}, Blind: true}, "blind"},
		{"not run", false, true, Cell{Why: "no time"}, ""},
	} {
		v := o.cellView(Group{Control: test.control}, Row{Durable: test.durable}, test.cell, "ext4")
		if v.State != test.state {
			t.Errorf("%s: %q, not %q", test.name, v.State, test.state)
		}
		if (v.Sign == "✓") != (test.state == "clean") {
			t.Errorf("%s: signed %q", test.name, v.Sign)
		}
	}
}

func TestFigures(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 20408: "20,408", 1204100: "1,204,100", -1204: "−1,204"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %s, not %s", n, got, want)
		}
	}
	for f, want := range map[float64]string{0: "0", 0.0523: "0.0523", 0.3: "0.3", 1: "1", 1.372: "1.37", 9.999: "10", 19.23: "19.2", 99.96: "100", 999.6: "1,000", 1357.2: "1,357", 0.07: "0.07"} {
		if got := Amount(f); got != want {
			t.Errorf("Amount(%v) = %s, not %s", f, got, want)
		}
	}
	for r, want := range map[Range]string{{1.1, 0.967, 1.2}: "1.10 [0.97..1.20]", {19.24, 9.999, 233.4}: "19.2 [10.0..233]", {2, 2, 2}: "2.00"} {
		if got := r.String(); got != want {
			t.Errorf("%v, not %s", got, want)
		}
	}
	for s, want := range map[string]bool{"1,024": true, "**0** of 12": true, "1.3 [0.9..2.0]": true, "(466)": true, "v2.0": false, "yes": false, "1 µs": false} {
		if isFigure(s) != want {
			t.Errorf("%q is a figure: %v", s, !want)
		}
	}
}

func TestInline(t *testing.T) {
	for text, want := range map[string]string{
		"user_data_dir and _x_":      `user_data_dir and \_x\_`,
		"`a_b | <c>` **d|e** f*g":    "`a_b | <c>` **d|e** f\\*g",
		"[0.9..1.1] is [no](a link)": `[0.9..1.1] is [no\](a link)`,
		"see https://a.example/b.":   "see https://a.example/b.",
		"a\n\tb  c":                  "a b c",
		"1 < 2 & ~3 $4":              `1 &lt; 2 &amp; \~3 \$4`,
	} {
		if got := inline(text); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
	if got := string(richText("`a` **b** <i> https://c.example/?d=e&f, g")); got !=
		`<code>a</code> <strong>b</strong> &lt;i&gt; <a href="https://c.example/?d=e&amp;f">https://c.example/?d=e&amp;f</a>, g` {
		t.Error(got)
	}
	var m markdown
	for _, text := range []string{"# a", "- a", "> a", "12. a", "1.5 a", "[a]: b", "+ a"} {
		m.paragraph(text)
	}
	if got, want := strings.Fields(strings.ReplaceAll(m.String(), " ", "")), []string{`\#a`, `\-a`, `\>a`, `12\.a`, `1.5a`, `\[a]:b`, `\+a`}; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%q, not %q", got, want)
	}
}

// An answer that is not there is none; a verdict that nobody knows is broken.
func TestGridHoldsWhatIsMissing(t *testing.T) {
	g := Grid{Writers: []Writer{{Name: "a"}, {Name: "b"}}, Topics: []Topic{{Cases: []Check{{Answers: []Answer{{Verdict: 99}}}}}}}
	if n := g.count(0); n[Broken] != 1 {
		t.Errorf("of a: %v", n)
	}
	if n := g.count(1); n[NotApplicable] != 1 {
		t.Errorf("of b: %v", n)
	}
}

// A terminal obeys nothing that a text holds.
func TestTextIsHarmless(t *testing.T) {
	evil := "a\x1b[2J\r\n\x07**b** `c`"
	if got := Unmarked(evil); got != "a\uFFFD[2J \uFFFDb c" {
		t.Errorf("%q", got)
	}
	head := Table{Head: []string{evil}}.Text(true)
	if strings.Count(head, "\x1b") != 2 || !strings.HasPrefix(head, "\x1b[1m") || !strings.HasSuffix(head, "\x1b[0m\n") {
		t.Errorf("%q", head)
	}
}
