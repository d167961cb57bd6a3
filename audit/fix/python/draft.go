package python

import (
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
	from, to, ok := d.Extent(st, comments)
	if !ok {
		return refuse("line %d holds more than the statement that would have to go", d.Line(st.Start))
	}
	d.put(from, to, "")
	return nil
}

// absorb deletes a statement whose work st does from now on. The comments
// above it say why that is done: they move above st.
func (d *draft) absorb(rest, st *grammar.Node) error {
	line, _, ok := d.Lines(rest)
	if _, _, alone := d.Lines(st); !ok || !alone {
		return refuse("line %d holds more than the statement that would have to go", d.Line(rest.Start))
	}
	from, to, _ := d.Extent(rest, true)
	d.put(from, to, "")
	if comments := d.Text[d.Above(rest, line):line]; len(comments) > 0 {
		at := d.Start(st)
		d.put(at, at, string(comments))
	}
	return nil
}

// head replaces everything up to the first argument of a call.
func (d *draft) head(start int, list *grammar.Node, text string) {
	at := list.Start + 1
	if at < len(d.Text) && (d.Text[at] == '\n' || d.Text[at] == '\r') {
		text = strings.TrimRight(text, " ")
	}
	d.put(start, at, text)
}
