package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/outcome"
	"github.com/wholly-go/wholly/audit/rule"
)

// Text writes r for people: the findings that matter, each with what the code
// does, what a crash can leave, why that matters and what to do; then what is
// kept well. Everything that the result holds and this leaves out is counted.
// The only errors are w's.
func Text(w io.Writer, r *audit.Result, o TextOptions) error {
	t := &text{page: page{color: o.Color, width: o.Width}, o: o, r: r, used: map[outcome.Word]bool{}, fixes: o.fixes()}
	if t.width == 0 {
		t.width = 100
	}
	t.wide = max(t.width, 40)
	t.width = min(t.wide, 120) // a longer line is hard to read; the inventory takes it all
	if o.All && o.Most == 0 {
		t.o.Most = -1
	}
	all := entries(r)
	shown, more := t.o.shown(all)
	for _, e := range shown {
		t.finding(e)
	}
	if o.All {
		t.inventory()
	}
	t.end(all, shown, more)
	_, err := io.WriteString(w, trim(t.String()))
	return err
}

// trim takes the blanks from the ends of lines.
func trim(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight(line, " \n"))
		b.WriteByte('\n')
	}
	return b.String()
}

type text struct {
	page
	o    TextOptions
	r    *audit.Result
	wide int                   // columns of the inventory
	used map[outcome.Word]bool // states that the legend explains

	fixes map[*audit.Finding]*Fix
}

var severities = map[rule.Severity]span{
	rule.High: {"HIGH", alarm}, rule.Medium: {"MEDIUM", warn}, rule.Low: {"low", bold}, rule.Info: {"info", bold},
}

// finding writes one entry.
func (t *text) finding(e entry) {
	f := e.lead
	head := []span{{fmt.Sprintf("%s:%d", t.o.path(f.File), f.Line), bold}, say(" "), severities[f.Severity], say(" "), {f.Rule, bold}}
	if f.Site != nil && f.Site.Function != "" {
		head = append(head, span{" in" + tied + harmless(f.Site.Function), dim})
	}
	t.flow(0, 0, 4, head...)
	t.flow(0, 2, 2, say(sentence(f.Message)))
	if f.Site == nil {
		t.gap()
		return
	}
	t.steps(f.Site)
	kill, power := states(f.Site, t.used)
	t.field("kill -9", kill...)
	t.field("power cut", power...)
	if late := returned(f, t.used); late != nil {
		t.field("returned", late...)
	}
	if ev := evidence(f.Site); len(ev) > 0 {
		t.field("matters", say(strings.Join(ev, " · ")))
	}
	t.field("do", say(harmless(f.Advice)))
	if fix := mend(t.fixes[f]); fix != "" {
		t.field("fix", say(fix))
	}
	if len(e.also) > 0 {
		t.field("also", span{beside(e.also), dim})
	}
	t.gap()
}

// field writes a labelled paragraph.
func (t *text) field(label string, spans ...span) {
	t.WriteString("  ")
	t.cell(label, cyan, 9)
	t.flow(11, 13, 13, spans...)
}

// mend says what the program can do about a finding, "" if nothing is known.
func mend(x *Fix) string {
	switch {
	case x == nil:
		return ""
	case len(x.Edits) == 0:
		return "by hand: " + harmless(x.Reason)
	case x.Reason == "":
		return "shown by --fix"
	case x.Grade == "ask":
		return "shown by --fix, to be looked at: " + harmless(x.Reason)
	}
	return "shown by --fix: " + harmless(x.Reason)
}

// beside names the other rules of a site, with the line where it is another.
func beside(list []*audit.Finding) string {
	var parts []string
	for _, f := range list {
		switch {
		case f.AtFile != "":
			parts = append(parts, fmt.Sprintf("%s (%s:%d)", f.Rule, harmless(near(f.File, f.AtFile)), f.At))
		case f.At != f.Line && f.At > 0:
			parts = append(parts, fmt.Sprintf("%s (%d)", f.Rule, f.At))
		default:
			parts = append(parts, f.Rule)
		}
	}
	return strings.Join(parts, ", ")
}

// sentence makes a message one.
func sentence(msg string) string {
	if msg == "" {
		return ""
	}
	msg = harmless(msg)
	_, n := utf8.DecodeRuneInString(msg)
	return strings.ToUpper(msg[:n]) + msg[n:] + "."
}
