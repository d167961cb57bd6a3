package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/outcome"
	"github.com/wholly-go/wholly/audit/rule"
)

// Text writes r for people: the findings that matter, each with what the code
// does, what a crash can leave, why that matters and what to do; then what is
// kept well. Everything that the result holds and this leaves out is counted.
// The only errors are w's.
func Text(w io.Writer, r *audit.Result, o TextOptions) error {
	t := &text{page: page{color: o.Color, width: o.Width}, o: o, r: r, used: map[outcome.Word]bool{}}
	if t.width == 0 {
		t.width = 100
	}
	t.width = max(t.width, 40)
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
	_, err := io.WriteString(w, t.String())
	return err
}

type text struct {
	page
	o    TextOptions
	r    *audit.Result
	used map[outcome.Word]bool
}

var severities = map[rule.Severity]span{
	rule.High: {"HIGH", alarm}, rule.Medium: {"MEDIUM", warn}, rule.Low: {"low", bold}, rule.Info: {"info", bold},
}

// finding writes one entry.
func (t *text) finding(e entry) {
	f := e.lead
	t.flow(0, 0, 4, span{fmt.Sprintf("%s:%d", harmless(f.File), f.Line), bold}, say("  "), severities[f.Severity], say(" "), span{f.Rule, bold})
	t.flow(0, 2, 2, say(sentence(f.Message)))
	if f.Site == nil {
		t.gap()
		return
	}
	t.steps(f.Site)
	kill, power := states(f.Site, t.used)
	t.field("kill -9", kill...)
	t.field("power cut", power...)
	if ev := evidence(f.Site); len(ev) > 0 {
		t.field("matters", say(strings.Join(ev, " · ")))
	}
	t.field("do", say(harmless(f.Advice)))
	if fix := t.fix(f); fix != "" {
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
	t.put(span{pad(label, 9), cyan})
	t.flow(11, 13, 13, spans...)
}

// steps writes what the code does.
func (t *text) steps(s *audit.Site) {
	name, named := short(s.Target)
	list := rows(s)
	labels, ops, wide := make([]string, len(list)), 0, 0
	for i, r := range list {
		labels[i] = lines(r.from, r.to)
		if r.file != s.File {
			labels[i] = harmless(near(s.File, r.file)) + ":" + labels[i]
		}
		wide, ops = max(wide, columns(labels[i])), max(ops, columns(r.op))
	}
	for i, r := range list {
		list[i].path, list[i].source = rename(s, name, r.path), rename(s, name, r.source)
	}
	reach := t.reach(list, wide+ops)
	for i, r := range list {
		t.step(r, strings.Repeat(" ", wide-columns(labels[i]))+labels[i], ops, reach)
	}
	if named {
		t.flow(0, 4+wide+2, 4+wide+10, span{"PATH", bold}, say(" is "+harmless(s.Target)))
	}
}

// rename puts the short name of the target in its place.
func rename(s *audit.Site, name, path string) string {
	if path == "" {
		return ""
	}
	return strings.ReplaceAll(harmless(path), harmless(s.Target), name)
}

// reach is how wide the paths are, as long as notes still fit beside them.
func (t *text) reach(list []row, before int) int {
	n := 0
	for _, r := range list {
		if c := columns(r.subject()); before+c+36 <= t.width {
			n = max(n, c)
		}
	}
	return n
}

func (r *row) subject() string {
	if r.source != "" {
		return r.source + " -> " + r.path
	}
	return r.path
}

func (t *text) step(r row, label string, ops, reach int) {
	t.WriteString("    ")
	t.put(span{label, dim})
	at := 4 + columns(label) + 2
	t.WriteString("  " + pad(r.op, ops+2))
	at += ops + 2
	spans := []span{say(r.subject())}
	if r.note == "" {
		t.flow(at, at, at+2, spans...)
		return
	}
	mark := dim
	if r.bad {
		mark = yellow
	}
	if columns(r.subject()) > reach {
		t.flow(at, at, at+2, spans...)
		t.flow(0, at+2, at+2, span{r.note, mark})
		return
	}
	t.WriteString(pad(r.subject(), reach))
	t.flow(at+reach, at+reach+2, at+reach+2, span{r.note, mark})
}

// fix says what the program can do about it.
func (t *text) fix(f *audit.Finding) string {
	for _, x := range t.o.Fixes {
		if x.Finding != f {
			continue
		}
		switch {
		case len(x.Edits) == 0:
			return "by hand: " + harmless(x.Reason)
		case x.Reason == "":
			return "shown by --fix"
		}
		return "shown by --fix, to be looked at: " + harmless(x.Reason)
	}
	return ""
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
	return strings.ToUpper(msg[:1]) + msg[1:] + "."
}
