package weigh

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/splice"
)

// Weigh collects the evidence on a place and sums it up.
func (p *Program) Weigh(pl *protocol.Place) *Weight {
	w := &Weight{Generated: generated(pl)}
	uses := p.uses(pl)
	for _, u := range uses {
		if !u.test || p.tests[pl.At.File] {
			p.use(w, pl, u)
		}
	}
	for _, s := range append([]*protocol.Site{pl.Site}, pl.Callers...) {
		if complete(s) && (s == pl.Site || !s.Facts.ReadBefore) { // what a caller has read was not absent
			w.Guarded = s.Facts.AbsentAt
		}
		if s.Facts.AskedIn.Line > 0 && fetches(s.API) { // one file of it stands for all
			w.Guarded = s.Facts.AskedIn
		}
	}
	w.cached(pl)
	w.Mark = len(pl.Content) > 0 && !slices.ContainsFunc(pl.Content, func(c *effect.Value) bool { return !mark(c) && !(p.constant(c) && !pl.Facts.OnlyAbsent) })
	p.contents(pl, w)
	p.backup(pl, w)
	w.credentials(pl)
	w.document(pl)
	p.kept(pl, w)
	w.sum(pl, p.tests[pl.Line.File])
	w.Evidence = telling(pl, w.Evidence)
	slices.SortStableFunc(w.Evidence, func(a, b Evidence) int {
		if a.At.File != b.At.File {
			return strings.Compare(a.At.File, b.At.File)
		}
		return a.At.Start - b.At.Start
	})
	return w
}

// telling keeps of each kind of evidence what a person would look at: a few,
// those in the place's own file first.
func telling(pl *protocol.Place, all []Evidence) []Evidence {
	const most = 3
	slices.SortStableFunc(all, func(a, b Evidence) int {
		own := func(e Evidence) int {
			if e.At.File == pl.Line.File {
				return 0
			}
			return 1
		}
		return own(a) - own(b)
	})
	count := map[string]int{}
	return slices.DeleteFunc(all, func(e Evidence) bool {
		count[e.Kind]++
		return count[e.Kind] > most
	})
}

func (w *Weight) add(kind string, at effect.Span, text string) Evidence {
	e := Evidence{kind, at, text}
	for _, o := range w.Evidence {
		if o.Kind == kind && o.At == at {
			return o
		}
	}
	w.Evidence = append(w.Evidence, e)
	return e
}

// use weighs one step on the file.
func (p *Program) use(w *Weight, pl *protocol.Place, u use) {
	st := u.step
	if u.op == effect.Read {
		w.Encodings = append(w.Encodings, Evidence{"encoding", st.At, st.Text.Encoding})
	}
	if u.fn == pl.Func && st.At.File == pl.At.File && st.At.Start > pl.At.Start && u.op != effect.Exists {
		return // read after it was written, to send it or to check it: no load
	}
	switch u.op {
	case effect.Read:
		w.ReadBack = true
		w.add("read-back", st.At, "read back here")
		if shares(pl, st.In) && !p.mends(pl) {
			return // what catches the read's error skips the write as well
		}
		w.answer(pl, st.React, st.At)
	case effect.Parse:
		if !shares(pl, st.In) || p.mends(pl) {
			w.answer(pl, st.React, st.At)
		}
	case effect.Exists:
		if a := st.React.Absent; a == effect.Defaults {
			w.absent(st.React, st.At)
		}
	case effect.Watch:
		w.add("watched", st.At, "somebody is told when it changes")
	case effect.Handout:
		w.add("handed-out", st.At, "another program is given this file")
	}
}

// shares reports whether a read stands in a try block around the write.
func shares(pl *protocol.Place, r *effect.Region) bool {
	t := r.Find(effect.Try)
	return t != nil && slices.Contains(pl.Facts.Tries, t.At)
}

// mends reports whether the place's function answers an error by writing the
// same file.
func (p *Program) mends(pl *protocol.Place) bool {
	return slices.ContainsFunc(p.x.Expand(pl.Func).Steps, func(st splice.Step) bool {
		return writes(&st) && st.In.Within(effect.Handler, effect.OnError) && effect.Same(st.Path, pl.Target)
	})
}

// contents notes, of a folder that is deleted, who reads a file in it.
func (p *Program) contents(pl *protocol.Place, w *Weight) {
	if !pl.Facts.Tree {
		return
	}
	for _, t := range pl.Targets {
		for _, u := range p.below[t.Key()] {
			if (u.op == effect.Read || u.op == effect.Exists) && !u.test {
				w.ReadBack = true
				w.add("read-back", u.step.At, "a file in it is read here")
				return
			}
		}
	}
}

// answer notes what a reader does when it cannot read.
func (w *Weight) answer(pl *protocol.Place, r effect.Reaction, at effect.Span) {
	if r.At.Line > 0 {
		at = r.At
	}
	switch r.Broken {
	case effect.Defaults:
		w.Defaults = w.add("defaults-on-error", at, "a load error ends in defaults")
		w.Rebuilt = w.Rebuilt || pl.Facts.OnlyAbsent || w.Generated
	case effect.Rebuilds:
		w.Rebuilt = true
	}
	if r.Absent == effect.Defaults {
		w.absent(r, at)
	}
}

func (w *Weight) absent(r effect.Reaction, at effect.Span) {
	if r.At.Line > 0 {
		at = r.At
	}
	w.Absence = Evidence{"absence-is-empty", at, "a missing file counts as nothing saved"}
}

// complete reports whether the producer runs only when the name is absent, and
// takes its time: what is there is taken for whole.
func complete(s *protocol.Site) bool {
	return s.Facts.OnlyAbsent && s.Facts.Writes > 0 && (s.Facts.Streamed || fetches(s.API))
}

// fetches reports whether a call fills its target from elsewhere, piece by
// piece.
func fetches(api string) bool {
	api = strings.ToLower(api)
	for _, w := range []string{"retrieve", "extract", "unpack", "download", "pipeline"} {
		if strings.Contains(api, w) {
			return true
		}
	}
	return false
}

// backup asks whether anything reads the name that the old content is given.
func (p *Program) backup(pl *protocol.Place, w *Weight) {
	b := pl.Facts.Backup
	if b == nil {
		return
	}
	pl.Facts.BackupRead = pl.Facts.Restore
	for _, alt := range p.x.Home(b).Alternatives() {
		for _, u := range append(p.byHome[alt.Key()], p.byName[tail(pl.Func, alt)]...) {
			if u.op == effect.Read || u.op == effect.Copy || u.op == effect.Rename || u.op == effect.Move {
				pl.Facts.BackupRead = true
			}
		}
	}
	w.BackupRead = pl.Facts.BackupRead
}
