package fix

import (
	"fmt"
	"slices"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// takeBack refuses the answers that the second audit does not confirm, and
// reports whether there were any.
func (w *work) takeBack() bool {
	again := false
	for _, j := range w.jobs {
		for _, a := range j.answers {
			if a.Grade == edit.Never || a.Grade < w.least {
				continue
			}
			if why := w.doubt(j, a); why != "" {
				a.never(why)
				again = true
			}
		}
	}
	return again
}

// doubt says why the second audit does not confirm an answer, "" if it does:
// within the changed bytes there is a place that keeps its file whole, and none
// that is new and does not.
func (w *work) doubt(j *job, a *answer) string {
	from, to := region(j.all, a.Edits)
	good := false
	a.left = nil
	for _, s := range w.after.Sites {
		if !within(s, j.Path, from, to) || w.known(j, s, a) {
			continue
		}
		if s.Verdict != protocol.Durable && (s.Verdict != protocol.Delegated || s.Writer != protocol.Durable) {
			return fmt.Sprintf("audited again, the result would not be durable but %s, so it is left alone", s.Verdict)
		}
		good = true
		a.left = append(a.left, w.rules(s)...)
	}
	if !good && !slices.ContainsFunc(w.after.Writers, func(o audit.Writer) bool {
		return o.ID == a.Calls && o.Verdict == protocol.Durable
	}) {
		return "audited again, no durable write is found in the result, so it is left alone"
	}
	slices.Sort(a.left)
	a.left = slices.Compact(a.left)
	return ""
}

// rules are those that a site breaks.
func (w *work) rules(s *audit.Site) []string {
	var names []string
	for _, f := range w.after.Findings {
		if f.Site == s && f.Suppressed == "" && f.Severity >= w.o.Least {
			names = append(names, f.Rule)
		}
	}
	return names
}

// within reports whether a site stands between two offsets of a file.
func within(s *audit.Site, name string, from, to int) bool {
	in := func(file string, at int) bool { return file == name && from <= at && at < to }
	return in(s.Span.File, s.Span.Start) || in(s.Raw.File, s.Raw.Start)
}

// known reports whether a site of the second audit is one of the first that no
// answer touches.
func (w *work) known(j *job, s *audit.Site, a *answer) bool {
	for _, o := range w.before.Sites {
		if o.Raw.File != j.Path || o.Raw == a.Site.Raw || touched(o.Raw.Start, o.Raw.End, j.all) {
			continue
		}
		if s.Raw.File == j.Path && s.Raw.Start == edit.Moved(o.Raw.Start, j.all) {
			return true
		}
	}
	return false
}

func touched(start, end int, edits []edit.Edit) bool {
	return edit.Overlap([]edit.Edit{{Start: start, End: end}}, edits)
}

// region is where the edits of one answer lie in the new text.
func region(all, own []edit.Edit) (from, to int) {
	start, end := own[0].Start, own[0].End
	for _, e := range own {
		start, end = min(start, e.Start), max(end, e.End)
	}
	from = edit.Moved(start, all)
	to = from + end - start
	for _, e := range all {
		if start <= e.Start && e.End <= end {
			to += len(e.New) - (e.End - e.Start)
		}
	}
	return from, to
}
