package protocol

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

// renames returns the renames of what was not written in this function:
// something made elsewhere is published, or an existing file is moved.
func renames(ex *splice.Expanded, groups []*group) []*Site {
	var sites []*Site
	for i := range ex.Steps {
		st := &ex.Steps[i]
		if st.Op != effect.Rename && st.Op != effect.Move && st.Op != effect.Exchange || st.In.Cleanup() || st.Path == nil {
			continue
		}
		if committed(groups, i) || isBackup(ex.Steps, i) {
			continue
		}
		s := &Site{Func: ex.Func, At: st.At, API: st.API, Through: st.Through, Target: st.Path, Staged: st.From, Verdict: Moved}
		s.Facts = Facts{Staging: StagedSomewhere, Perm: -1, Sync: NoSync, Commit: st.Op, Unsure: st.Unsure,
			Errors: st.Ends(), ErrorsAt: errorAt(st)}
		if st.From != nil {
			s.Facts.Staging = staging(st.From, st.Path)
		}
		for k := range i {
			aside(s, &ex.Steps[k], st, ex.Steps[k+1:i])
		}
		if s.Facts.Staging == SameDir && s.Staged != nil && standsOn(s.Staged, s.Target) {
			s.Verdict = Publish
		}
		if s.Facts.Window {
			s.Verdict = Window
		}
		s.Steps = near(ex.Steps, s)
		sites = append(sites, s)
	}
	return sites
}

func committed(groups []*group, i int) bool {
	for _, g := range groups {
		if g.commit == i || i > g.opens[0] && effect.Same(g.steps[i].From, g.path) && g.commit >= 0 {
			return true
		}
	}
	return false
}

// isBackup reports whether step i moves a file aside that gets a successor
// afterwards.
func isBackup(steps []splice.Step, i int) bool {
	for k := i + 1; k < len(steps); k++ {
		s := &steps[k]
		if s.In.Cleanup() {
			continue
		}
		if (publishes(s) || opens(s)) && effect.Same(s.Path, steps[i].From) {
			return true
		}
	}
	return false
}

// trees returns the directories that are deleted and then made again.
func trees(ex *splice.Expanded) []*Site {
	var sites []*Site
	for i := range ex.Steps {
		st := &ex.Steps[i]
		if st.Op != effect.RemoveTree || st.In.Cleanup() || st.In.Within(effect.Finally, effect.Defer) || scratch(st.Path) {
			continue
		}
		for k := i + 1; k < len(ex.Steps); k++ {
			to := &ex.Steps[k]
			if to.Op != effect.Mkdir || !effect.Same(to.Path, st.Path) || to.In.Cleanup() || !precedes(st, to) {
				continue
			}
			s := &Site{Func: ex.Func, At: st.At, API: st.API, Through: st.Through, Target: st.Path, Verdict: Window}
			s.Facts = Facts{Staging: NotStaged, Sync: NoSync, Perm: -1, Window: true, Removed: true, Tree: true,
				WindowFrom: st.At, WindowTo: to.At, Errors: st.Ends(), ErrorsAt: errorAt(st), Unsure: st.Unsure}
			s.Steps = []splice.Step{*st, *to}
			sites = append(sites, s)
			break
		}
	}
	return sites
}

// near returns the steps on a renamed file's two names and its backup.
func near(steps []splice.Step, s *Site) []splice.Step {
	var out []splice.Step
	for i := range steps {
		st := &steps[i]
		if st.Op == effect.Exists || st.Op == effect.Invoke || st.Op == effect.Read {
			continue
		}
		if effect.Same(st.Path, s.Target) || effect.Same(st.From, s.Target) || effect.Same(st.Path, s.Staged) {
			out = append(out, *st)
		}
	}
	return out
}
