package report

import (
	"strings"

	"github.com/wholly-go/wholly/audit"
)

// steps writes what the code does: the lines, the step, the file, and what is
// to be known about it. A mark stands at the site itself.
func (t *text) steps(s *audit.Site) {
	name, named := short(s.Target)
	list, left := foremost(rows(s))
	labels, ops, wide := make([]string, len(list)), 0, 0
	for i := range list {
		r := &list[i]
		labels[i] = lines(r.from, r.to)
		if r.file != s.File {
			labels[i] = harmless(near(s.File, r.file)) + ":" + labels[i]
		}
		r.path, r.source = alias(s, name, r.path), alias(s, name, r.source)
		wide, ops = max(wide, columns(labels[i])), max(ops, columns(r.op))
	}
	reach := t.reach(list, wide+ops)
	for i, r := range list {
		t.step(r, strings.Repeat(" ", wide-columns(labels[i]))+labels[i], ops, reach)
	}
	if left > 0 {
		t.flow(0, 4+wide+2, 4+wide+2, span{"and " + plural(left, "more step", "more steps"), dim})
	}
	if named {
		t.flow(0, 4+wide+2, 4+wide+10, span{"PATH", bold}, say(" is "+harmless(s.Target)))
	}
}

// reach is how wide the paths are, as long as notes still fit beside them.
func (t *text) reach(list []row, before int) int {
	n := 0
	for _, r := range list {
		if c := columns(r.subject()); before+c+40 <= t.width {
			n = max(n, c)
		}
	}
	return n
}

func (t *text) step(r row, label string, ops, reach int) {
	mark, look := "    ", plain
	if r.here {
		mark, look = "  > ", bold
	}
	t.put(span{mark, look})
	t.put(span{label, dim})
	t.WriteString("  ")
	t.cell(r.op, look, ops)
	at := 4 + columns(label) + 2 + ops
	noted := dim
	if r.bad {
		noted = yellow
	}
	subject := span{r.subject(), look}
	switch {
	case r.note == "":
		t.flow(at, at+2, at+4, subject)
	case columns(r.subject()) > reach:
		t.flow(at, at+2, at+4, subject)
		t.flow(0, at+4, at+4, span{r.note, noted})
	default:
		t.WriteString("  ")
		t.cell(r.subject(), look, reach)
		t.flow(at+2+reach, at+4+reach, at+4+reach, span{r.note, noted})
	}
}
