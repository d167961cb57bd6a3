package protocol

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

// site judges a group. The order of decision: what is no regular file, no
// target that is kept; how it is committed; what happened to the target
// before; then the syncs.
func (g *group) site(ex *splice.Expanded) *Site {
	first := &g.steps[g.opens[0]]
	s := &Site{Func: ex.Func, At: first.At, API: first.API, Through: first.Through, Target: g.target()}
	if g.commit >= 0 {
		s.Staged = g.path
	}
	if first.Op == effect.Copy && g.backupOf() {
		return nil
	}
	g.facts(s)
	if g.commit < 0 && first.Mode.Access == effect.Appending && !g.rewrites() {
		s.Facts.Window = false // the log before it was moved away, or removed: this one begins
	}
	s.Verdict = g.verdict(s)
	s.Steps = g.concerning(s)
	return s
}

func (g *group) verdict(s *Site) Verdict {
	switch {
	case device(s.Target):
		return Device
	case g.commit < 0 && (scratch(g.path) || g.cleared()):
		return Scratch
	case s.Facts.Window:
		return Window
	case g.commit < 0:
		return g.direct(s)
	case g.steps[g.commit].Op == effect.Copy:
		return CopyOver
	}
	synced := s.Facts.Sync == SyncBefore
	switch {
	case synced && s.Facts.DirSync:
		return Durable
	case synced:
		return AtomicSynced
	}
	return Atomic
}

// cleared reports whether the target lies in a folder that is made under a
// unique name here, and removed again.
func (g *group) cleared() bool {
	return g.path.Kind == effect.Join && g.path.Args[0].Kind == effect.Temp && slices.ContainsFunc(g.steps, func(s splice.Step) bool {
		return s.Op == effect.RemoveTree && effect.Same(s.Path, g.path.Args[0])
	})
}

// direct judges a write to the target itself, by its open mode.
func (g *group) direct(s *Site) Verdict {
	first := &g.steps[g.opens[0]]
	if first.Op == effect.MakeTemp {
		return Scratch // made under a new name and never published here
	}
	if first.Op == effect.OpenFile {
		switch first.Mode.Access {
		case effect.AccessUnknown:
			return UnknownVerdict
		case effect.Appending:
			if !g.rewrites() {
				return Append
			}
		case effect.Exclusive:
			return CreateExclusive
		case effect.Updating, effect.Creating:
			if len(g.on(effect.Truncate)) == 0 {
				return UpdateInPlace
			}
		}
	}
	if g.copies(s) {
		return CopyOver
	}
	if s.Facts.Backup != nil {
		return InPlaceWithBackup
	}
	return InPlace
}

// rewrites reports whether a file is emptied before it is written, however it
// was opened.
func (g *group) rewrites() bool {
	cut, writes := g.on(effect.Truncate), g.on(effect.Write)
	return len(cut) > 0 && len(writes) > 0 && cut[0] < writes[len(writes)-1]
}

// copies reports whether what is written comes from a file that was written
// before: staged, then copied by hand.
func (g *group) copies(s *Site) bool {
	if api := strings.ToLower(s.API); strings.Contains(api, "extract") || strings.Contains(api, "unpack") {
		return false // other files come out of it
	}
	for _, c := range s.Content {
		from := c.FilePath()
		for i := range g.steps {
			if st := &g.steps[i]; from != nil && i < g.opens[0] && opens(st) && effect.Same(st.Path, from) {
				return true
			}
		}
	}
	return false
}

// backupOf reports whether the group is a copy put aside of a file that is
// written afterwards.
func (g *group) backupOf() bool {
	from := g.steps[g.opens[0]].From
	for i := g.opens[0] + 1; i < len(g.steps); i++ {
		s := &g.steps[i]
		if s.In.Cleanup() {
			continue
		}
		if opens(s) && effect.Same(s.Path, from) || publishes(s) && effect.Same(s.Path, from) {
			return true
		}
	}
	return false
}

func publishes(s *splice.Step) bool {
	switch s.Op {
	case effect.Rename, effect.Move, effect.Exchange, effect.Link:
		return true
	}
	return false
}

// device reports whether v is no regular file: below /dev, /proc or /sys, also
// when built by formatting, or a standard stream.
func device(v *effect.Value) bool {
	for _, alt := range v.Alternatives() {
		root := alt
		for root.Kind == effect.Join || root.Kind == effect.Concat || root.Kind == effect.Dir {
			root = root.Args[0]
		}
		if root.Kind == effect.Join || root.Kind == effect.Lit {
			text := root.Name
			if text == "/" && alt.Kind == effect.Join && alt.Args[1].Kind == effect.Lit {
				text += alt.Args[1].Name
			}
			for _, dir := range []string{"/dev/", "/proc/", "/sys/"} {
				if strings.HasPrefix(text+"/", dir) {
					return true
				}
			}
		}
		if root.Kind == effect.Global && (strings.HasSuffix(root.Name, ".Stdout") || strings.HasSuffix(root.Name, ".Stderr") || nullDevice[root.Name]) {
			return true
		}
	}
	return false
}

// nullDevice are the names of what takes everything and keeps nothing.
var nullDevice = map[string]bool{"os.devnull": true, "os.DevNull": true, "os.devNull": true}

// scratch reports whether v lies in a directory for temp files.
func scratch(v *effect.Value) bool {
	return v.Any(func(p *effect.Value) bool {
		return p.Kind == effect.Temp && (p.Args[0] == nil || scratch(p.Args[0])) ||
			p.Kind == effect.Global && p.Name == effect.SystemTempDir
	})
}
