package protocol

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

// before notes what happened to the target until its successor is there: read,
// moved or removed, copied or linked aside.
func (g *group) before(s *Site) {
	end := g.commit
	if end < 0 {
		end = g.opens[0]
	}
	for i := range end {
		aside(s, &g.steps[i], &g.steps[end], g.steps[i+1:end])
	}
	if g.commit < 0 && g.loads() {
		s.Facts.ReadBefore = true
	}
}

// loads reports whether a file that is opened for both is read before it is
// written.
func (g *group) loads() bool {
	for i := g.opens[0] + 1; i < len(g.steps); i++ {
		st := &g.steps[i]
		in := st.Handle.Inner()
		if in == nil || !g.owns(in) {
			continue
		}
		switch st.Op {
		case effect.Read:
			return true
		case effect.Write, effect.Truncate, effect.Close:
			return false
		}
	}
	return false
}

// aside notes one step on the target before the step to that replaces it.
func aside(s *Site, st, to *splice.Step, between []splice.Step) {
	f := &s.Facts
	if st.In.Cleanup() && !to.In.Inside(handler(st.In)) || st.In.Within(effect.Lambda) || rare(st.In) || !precedes(st, to) {
		return
	}
	gone := func(removed bool) {
		if early(st.In) {
			return // a helper set a bad file aside, and returned
		}
		f.Window, f.Removed = true, removed
		f.WindowFrom, f.WindowTo = st.At, to.At
	}
	back := func() { f.Backup, f.BackupBy, f.BackupAt = st.Path, st.Op, st.At }
	switch st.Op {
	case effect.Rename, effect.Move:
		if effect.Same(st.From, s.Target) {
			gone(false)
			back()
		} else if effect.Same(st.Path, s.Target) {
			f.Window = false
		}
	case effect.Remove, effect.RemoveTree:
		if effect.Same(st.Path, s.Target) && !madeAgain(st, between) {
			gone(true)
			f.Tree = st.Op == effect.RemoveTree
		}
	case effect.Link, effect.Copy:
		if effect.Same(st.From, s.Target) {
			back()
		}
	case effect.Write: // copied by hand
		to := st.Handle.FilePath()
		if effect.Same(st.Content.FilePath(), s.Target) && to != nil && !effect.Same(to, s.Target) && !effect.Same(to, s.Staged) {
			f.Backup, f.BackupBy, f.BackupAt = to, effect.Copy, st.At
		}
	case effect.Read:
		if effect.Same(subject(st), s.Target) {
			f.ReadBefore = true
		}
	}
}

// subject is the path that a step is about.
func subject(s *splice.Step) *effect.Value {
	if s.Path != nil {
		return s.Path
	}
	return s.Handle.FilePath()
}

// around notes what stands beside the writing: parents, lock, clean-up.
func (g *group) around(s *Site) {
	f := &s.Facts
	dir := effect.NewDir(s.Target)
	for i := range g.steps {
		st := &g.steps[i]
		switch st.Op {
		case effect.Mkdir:
			if effect.Same(st.Path, dir) {
				f.Parents = true
			}
		case effect.Exists:
			f.Asked = f.Asked || effect.Same(st.Path, s.Target)
			if i < g.opens[0] && below(st.Path, s.Target) {
				f.AskedIn = st.At
			}
		case effect.Lock:
			f.Lock = f.Lock || i < g.opens[0]
		case effect.Remove:
			if s.Staged != nil && effect.Same(st.Path, g.path) && tidies(st.In) {
				f.Cleanup = true
			}
		case effect.Rename, effect.Move, effect.Copy:
			if st.In.Cleanup() && f.Backup != nil && effect.Same(st.From, f.Backup) {
				f.Restore = true
			}
		}
	}
}

// below reports whether p lies in the folder dir.
func below(p, dir *effect.Value) bool {
	for p != nil && p.Kind == effect.Join {
		p = effect.NewJoin(p.Args[:len(p.Args)-1]...)
		if effect.Same(p, dir) {
			return true
		}
	}
	return false
}

// tidies reports whether a removal here is reached when a step fails.
func tidies(r *effect.Region) bool {
	return r.Within(effect.Handler, effect.OnError, effect.Finally, effect.Defer)
}

// modes notes permissions given late.
func (g *group) modes(s *Site) {
	f := &s.Facts
	writes := g.on(effect.Write)
	for i := range g.steps {
		st := &g.steps[i]
		if st.Op != effect.Chmod || st.Mode.Perm < 0 {
			continue
		}
		on := st.Handle != nil && g.mine(st.Handle) || effect.Same(st.Path, s.Target) || effect.Same(st.Path, g.path)
		if !on || st.In.Cleanup() {
			continue
		}
		late := len(writes) > 0 && i > writes[0] || i > g.opens[0] && g.steps[g.opens[0]].Op == effect.Copy
		if late && st.Mode.Perm&0o077 == 0 && (f.Perm < 0 || f.Perm&0o077 != 0) {
			f.ChmodAfter = st.At
		}
		if i < g.opens[0] || !late {
			f.Perm = st.Mode.Perm
		}
	}
}

// errors notes what becomes of the errors: of the whole, and of single steps.
func (g *group) errors(s *Site) {
	f := &s.Facts
	f.Errors = effect.FateNone
	checked := false
	for i := range g.steps {
		st := &g.steps[i]
		if !g.part(i) || st.In.Cleanup() {
			continue
		}
		end := st.Ends()
		whole := st.Op == effect.OpenFile || publishes(st) || st.Op == effect.Copy || st.At.Site() == s.At.Site()
		if whole && worse(end, f.Errors) {
			f.Errors, f.ErrorsAt = end, errorAt(st)
		}
		last := st.Op == effect.Sync || st.Op == effect.Close || st.Op == effect.Flush
		if last && end == effect.Returned {
			checked = true
		}
		if (last || st.Op == effect.Write) && end == effect.Dropped && !whole && f.WriteError.Line == 0 {
			f.WriteError = st.At
			if st.Op == effect.Close && st.In.Within(effect.Defer, effect.Finally) {
				f.WriteError = effect.Span{}
				defer func(at effect.Span) {
					if !checked && f.WriteError.Line == 0 {
						f.WriteError = at
					}
				}(st.At)
			}
		}
	}
}

// part reports whether step i is one of the site's own.
func (g *group) part(i int) bool {
	st := &g.steps[i]
	if i == g.commit {
		return true
	}
	for _, o := range g.opens {
		if i == o {
			return true
		}
	}
	return st.Handle != nil && g.mine(st.Handle) && st.Op != effect.Read
}

func worse(a, b effect.Fate) bool {
	rank := map[effect.Fate]int{effect.FateNone: 0, effect.Retried: 0, effect.Returned: 1, effect.Logged: 2, effect.Dropped: 3}
	return rank[a] > rank[b]
}

// errorAt is the place that decides about an error: the handler of the try
// block around it, or the step itself.
func errorAt(st *splice.Step) effect.Span {
	if t := st.In.Find(effect.Try); t != nil && t.Handled != effect.FateNone && t.At.Line > 0 {
		return t.At
	}
	if len(st.Through) > 0 {
		return st.Through[0].At
	}
	return st.At
}

// concerning returns the steps on target, temp and backup, in order.
func (g *group) concerning(s *Site) []splice.Step {
	var out []splice.Step
	for i := range g.steps {
		st := &g.steps[i]
		switch st.Op {
		case effect.Invoke, effect.Exists, effect.Lock, effect.Parse, effect.Yield, effect.Watch, effect.Handout:
			continue
		}
		about := g.part(i) || effect.Same(st.Path, s.Target) || effect.Same(st.Path, s.Staged) ||
			effect.Same(st.From, s.Target) || effect.Same(st.Path, effect.NewDir(s.Target)) ||
			s.Facts.Backup != nil && effect.Same(st.Path, s.Facts.Backup) ||
			st.Op == effect.SyncDir && g.commit >= 0 && i > g.commit ||
			st.Op == effect.Sync && g.commit >= 0 && i > g.commit && g.dirHandle(st.Handle)
		if about {
			out = append(out, *st)
		}
	}
	return out
}
