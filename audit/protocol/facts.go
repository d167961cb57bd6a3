package protocol

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

// facts fills s.Facts, all but what needs the rest of the program.
func (g *group) facts(s *Site) {
	f := &s.Facts
	g.opening(s)
	f.Staging, f.Temp = NotStaged, NoTemp
	if g.commit >= 0 {
		c := &g.steps[g.commit]
		f.Commit, f.MayCopy = c.Op, c.Op == effect.Move || c.Op == effect.Copy
		f.Staging, f.Temp = staging(g.path, s.Target), tempName(g.path)
	}
	g.syncs(f)
	g.before(s)
	g.around(s)
	g.modes(s)
	g.errors(s)
}

// opening notes what the first open and the writes say.
func (g *group) opening(s *Site) {
	f := &s.Facts
	first := &g.steps[g.opens[0]]
	f.Perm = first.Mode.Perm
	f.Loop = first.In.Within(effect.Loop)
	for _, i := range g.opens {
		o := &g.steps[i]
		f.Exclusive = f.Exclusive || o.Op == effect.MakeTemp || o.Mode.Access == effect.Exclusive
		f.Async = f.Async || o.Async
		f.Unawaited = f.Unawaited || o.Unawaited
		f.Unsure = f.Unsure || o.Unsure
		if o.Text.Encoding != "" {
			f.Encoding = o.Text.Encoding
		}
	}
	writes := g.on(effect.Write)
	f.Writes = len(writes)
	for _, i := range writes {
		w := &g.steps[i]
		f.Streamed = f.Streamed || !strings.HasSuffix(w.Handle.Inner().Site, w.At.Site())
		if w.In.Within(effect.Loop) && !f.Loop {
			f.Writes++ // more than one in any case
		}
		if w.Content != nil {
			s.Content = append(s.Content, w.Content)
		}
		f.Unawaited = f.Unawaited || w.Unawaited
		f.Cancellable = f.Cancellable || w.Async && !w.Whole
	}
	for r := first.In; r != nil; r = r.Up {
		if r.Kind == effect.Try {
			f.Tries = append(f.Tries, r.At)
		}
		if r.Kind != effect.Branch {
			continue
		}
		if r.Cond.Not && effect.Same(r.Cond.Exists, s.Target) || r.Cond.Missing && g.asked(s.Target) {
			f.OnlyAbsent, f.AbsentAt = true, r.At
		}
	}
}

// asked reports whether the target is read or tested before it is opened.
func (g *group) asked(target *effect.Value) bool {
	for i := range g.opens[0] {
		st := &g.steps[i]
		if (st.Op == effect.Read || st.Op == effect.Exists) && effect.Same(subject(st), target) && precedes(st, &g.steps[g.opens[0]]) {
			return true
		}
	}
	return false
}

// syncs decides where the file is synced, and whether the directory is.
func (g *group) syncs(f *Facts) {
	f.Sync = NoSync
	last := g.lastWrite()
	for i := range g.steps {
		st := &g.steps[i]
		switch {
		case st.Op == effect.OpenFile && st.Mode.Synced && g.mine(st.Handle):
			f.Sync, f.SyncAt = SyncBefore, st.At
		case st.Op == effect.Sync && g.mine(st.Handle):
			g.place(f, i, last)
		case st.Op == effect.Sync && g.commit < 0 || st.Op == effect.SyncDir && g.commit < 0:
			continue
		case st.Op == effect.SyncDir && i > g.commit:
			f.DirSync = true
		case st.Op == effect.Sync && i > g.commit && g.dirHandle(st.Handle):
			f.DirSync = true
		case st.Op == effect.Sync && f.Sync == NoSync && i > g.commit && effect.Same(st.Handle.FilePath(), g.target()):
			f.Sync, f.SyncAt = SyncAfter, st.At // opened again under its final name
		case st.Op == effect.Sync && f.Sync == NoSync && i > g.opens[0] && i < g.commit && !g.dirHandle(st.Handle):
			f.Sync, f.SyncAt = SyncOther, st.At
		}
	}
}

// place notes one sync of the file; the best one counts.
func (g *group) place(f *Facts, i, lastWrite int) {
	st := &g.steps[i]
	f.Retried = f.Retried || st.Fate == effect.Retried || st.In.Within(effect.Retry)
	at := SyncBefore
	ends := g.endsShort(st)
	if st.In.Within(effect.Loop) && st.In.Within(effect.Try) && ends != effect.Returned && ends != effect.FateNone {
		f.Retried = true
	}
	switch {
	case g.commit >= 0 && i > g.commit:
		at = SyncAfter
	case i < lastWrite:
		at = SyncEarly
	case g.optional(st.In):
		at = SyncBranch
	case ends == effect.Dropped || ends == effect.Logged && st.Fate != ends:
		at = SyncDropped
	}
	if f.Sync != SyncBefore {
		f.Sync, f.SyncAt = at, st.At
	}
}

// endsShort is what becomes of the error of a step before the commit. A try
// block around both is not looked at: whatever it does with the error, the
// commit is skipped.
func (g *group) endsShort(st *splice.Step) effect.Fate {
	f := st.Fate
	for r := st.In; r != nil; r = r.Up {
		if g.commit >= 0 && g.steps[g.commit].In.Inside(r) {
			break
		}
		if r.Kind == effect.Try && r.Handled != effect.FateNone && f != effect.Dropped && f != effect.Logged {
			f = r.Handled
		}
	}
	return f
}

// optional reports whether a sync stands in a branch that the commit, or the
// first write, does not share.
func (g *group) optional(r *effect.Region) bool {
	with := g.steps[g.opens[0]].In
	if g.commit >= 0 {
		with = g.steps[g.commit].In
	}
	for ; r != nil; r = r.Up {
		if r.Kind == effect.Branch && !r.Cond.Always && !with.Inside(r) {
			return true
		}
	}
	return false
}

// lastWrite is the last step by which content reaches the file: a write, or
// the flush or close of a buffer over it.
func (g *group) lastWrite() int {
	last := -1
	buffered := false
	for i := range g.steps {
		s := &g.steps[i]
		if s.Handle == nil || !g.mine(s.Handle) || g.commit >= 0 && i > g.commit {
			continue
		}
		switch {
		case s.Op == effect.Write:
			last, buffered = i, s.Handle.Kind == effect.Wrap
		case (s.Op == effect.Flush || s.Op == effect.Close) && s.Handle.Kind == effect.Wrap && buffered:
			last, buffered = i, false
		}
	}
	if buffered && g.commit >= 0 {
		return g.commit // what the buffer holds is not out before the rename
	}
	return last
}

// dirHandle reports whether h is an open directory: opened to be read, and of
// the target's directory as far as that is known.
func (g *group) dirHandle(h *effect.Value) bool {
	p := h.FilePath()
	if p == nil {
		return false
	}
	dir := effect.NewDir(g.target())
	if effect.Same(p, dir) {
		return true
	}
	for i := range g.steps {
		s := &g.steps[i]
		if s.Op == effect.OpenFile && s.Mode.Access == effect.ReadOnly && s.Handle.Inner() != nil &&
			s.Handle.Inner().Key() == h.Inner().Key() {
			return p.Kind == effect.Dir || p.Kind == effect.Param || p.Kind == effect.Phi
		}
	}
	return false
}
