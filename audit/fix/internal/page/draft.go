package page

import (
	"fmt"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/grammar"
)

// Draft is a change that is being put together for one site.
type Draft struct {
	Job   *edit.Job
	Site  *audit.Site
	Edits []edit.Edit
	Needs []string
	Calls string   // ID of the project's own writer
	Asks  []string // why the user must say yes
	Notes []string // what changes besides
	page  *Page
}

// Draft begins a change of the page.
func (p *Page) Draft(job *edit.Job, site *audit.Site) *Draft {
	return &Draft{Job: job, Site: site, page: p}
}

// A refusal says in words why a site is left alone.
type refusal string

func (r refusal) Error() string { return string(r) }

// Refuse returns the reason why a site is left alone, as an error.
func Refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// Put replaces the bytes between start and end.
func (d *Draft) Put(start, end int, text string) {
	d.Edits = append(d.Edits, edit.Edit{Start: start, End: end, New: text})
}

// Need returns name, which has to be imported.
func (d *Draft) Need(name string) string {
	d.Needs = append(d.Needs, name)
	return name
}

// Ask leaves the change to the user, and says why.
func (d *Draft) Ask(why string) { d.Asks = append(d.Asks, why) }

// Note says what changes besides.
func (d *Draft) Note(what string) { d.Notes = append(d.Notes, what) }

// Answer closes a draft.
func (d *Draft) Answer(err error) edit.Answer {
	a := edit.Answer{Site: d.Site}
	switch {
	case err != nil:
		a.Reason = err.Error()
		return a
	case len(d.Asks) > 0:
		a.Grade, a.Reason = edit.Ask, strings.Join(append(d.Asks, d.Notes...), "; ")
	default:
		a.Grade, a.Reason = edit.Safe, strings.Join(d.Notes, "; ")
	}
	a.Edits, a.Needs, a.Calls = d.Edits, d.Needs, d.Calls
	return a
}

// Remove deletes a statement with its lines and, if it took them with it, the
// comments above. What else stands on the lines would be lost, so that is
// refused.
func (d *Draft) Remove(st *grammar.Node, comments bool) error {
	from, to, ok := d.page.Extent(st, comments)
	if !ok {
		return Refuse("line %d holds more than the statement that would have to go", d.page.Line(st.Start))
	}
	d.Put(from, to, "")
	return nil
}

// Absorb deletes a statement whose work st does from now on. The comments
// above it say why that is done: they move above st.
func (d *Draft) Absorb(rest, st *grammar.Node) error {
	line, _, ok := d.page.Lines(rest)
	if _, _, alone := d.page.Lines(st); !ok || !alone {
		return Refuse("line %d holds more than the statement that would have to go", d.page.Line(rest.Start))
	}
	from, to, _ := d.page.Extent(rest, true)
	d.Put(from, to, "")
	if comments := d.page.Text[d.page.Above(rest, line):line]; len(comments) > 0 {
		at := d.page.Start(st)
		d.Put(at, at, string(comments))
	}
	return nil
}
