package python

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/grammar"
)

// draft is a change that is being put together for one site.
type draft struct {
	*source
	job   *edit.Job
	site  *audit.Site
	edits []edit.Edit
	needs []string
	calls string   // ID of the project's own writer
	asks  []string // why the user must say yes
	notes []string // what changes besides
}

// A refusal says in words why a site is left alone.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

func (d *draft) put(start, end int, text string) {
	d.edits = append(d.edits, edit.Edit{Start: start, End: end, New: text})
}

func (d *draft) need(name string) string {
	d.needs = append(d.needs, name)
	return name
}

func (d *draft) ask(why string) { d.asks = append(d.asks, why) }

// answer closes a draft.
func (d *draft) answer(err error) edit.Answer {
	a := edit.Answer{Site: d.site}
	switch {
	case err != nil:
		a.Reason = err.Error()
	case len(d.asks) > 0:
		a.Grade, a.Reason = edit.Ask, strings.Join(append(d.asks, d.notes...), "; ")
	default:
		a.Grade, a.Reason = edit.Safe, strings.Join(d.notes, "; ")
	}
	if err == nil {
		a.Edits, a.Needs, a.Calls = d.edits, d.needs, d.calls
	}
	return a
}

// remove deletes a statement with its lines and, if it took them with it, the
// comments above. What else stands on the lines would be lost, so that is
// refused.
func (d *draft) remove(st *grammar.Node, comments bool) error {
	from, to, ok := d.extent(st, comments)
	if !ok {
		return refuse("line %d holds more than the statement that would have to go", d.line(st.Start))
	}
	d.put(from, to, "")
	return nil
}

// absorb deletes a statement whose work st does from now on. The comments
// above it say why that is done: they move above st.
func (d *draft) absorb(rest, st *grammar.Node) error {
	line, _, ok := d.lines(rest)
	if _, _, alone := d.lines(st); !ok || !alone {
		return refuse("line %d holds more than the statement that would have to go", d.line(rest.Start))
	}
	from, to, _ := d.extent(rest, true)
	d.put(from, to, "")
	if comments := d.text[d.above(rest, line):line]; len(comments) > 0 {
		at := 1 + bytes.LastIndexByte(d.text[:st.Start], '\n')
		d.put(at, at, string(comments))
	}
	return nil
}

// extent is like lines, with the comments that stand right above a statement,
// if they are to go with it, and one of the empty lines that would then meet.
func (s *source) extent(st *grammar.Node, comments bool) (from, to int, ok bool) {
	from, to, ok = s.lines(st)
	if comments {
		from = s.above(st, from)
	}
	before := s.text[1+bytes.LastIndexByte(s.text[:max(0, from-1)], '\n') : from]
	next := s.text[to:]
	if i := bytes.IndexByte(next, '\n'); i >= 0 {
		next = next[:i+1]
	}
	if len(bytes.TrimSpace(before)) == 0 && len(bytes.TrimSpace(next)) == 0 {
		to += len(next)
	}
	return from, to, ok
}

// above is where the comments right above a statement begin, on lines of their
// own; from is where the statement's line does.
func (s *source) above(st *grammar.Node, from int) int {
	kids := st.Parent.Kids
	for i := len(kids) - 1; i >= 0; i-- {
		k := kids[i]
		if !k.Is("comment") || k.End > from {
			continue
		}
		start, end, alone := s.lines(k)
		if !alone || end != from {
			break
		}
		from = start
	}
	return from
}

// lines are the bytes of the lines of a statement; ok is false if anything
// else stands on them.
func (s *source) lines(st *grammar.Node) (from, to int, ok bool) {
	from = 1 + bytes.LastIndexByte(s.text[:st.Start], '\n')
	to = len(s.text)
	if i := bytes.IndexByte(s.text[st.End:], '\n'); i >= 0 {
		to = st.End + i + 1
	}
	before, behind := s.text[from:st.Start], s.text[st.End:to]
	return from, to, len(bytes.TrimSpace(before)) == 0 && len(bytes.TrimSpace(behind)) == 0
}

// indent is the white space before a statement.
func (s *source) indent(st *grammar.Node) string {
	from := 1 + bytes.LastIndexByte(s.text[:st.Start], '\n')
	return string(s.text[from:st.Start])
}

// head replaces everything up to the first argument of a call.
func (d *draft) head(start int, list *grammar.Node, text string) {
	at := list.Start + 1
	if at < len(d.text) && (d.text[at] == '\n' || d.text[at] == '\r') {
		text = strings.TrimRight(text, " ")
	}
	d.put(start, at, text)
}
