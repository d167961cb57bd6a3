// Package outcome enumerates what a crash can leave of a file, from the steps
// of the site that writes it. No code of the target is run.
//
// Contents: an inode that was not synced since its last write may hold any of
// its older contents, nothing, zeros, a part, or the new content. Names:
// directory operations persist as a prefix. A kill leaves all steps done.
package outcome

import (
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

// Word names what a reader finds.
type Word string

// What a reader may find.
const (
	Old     Word = "old"
	Missing Word = "missing"
	Empty   Word = "empty"
	Zeros   Word = "zeros"
	Torn    Word = "torn"
	New     Word = "new"
	Stale   Word = "stale" // the old content, although the new was acknowledged
)

var order = []Word{Old, Stale, Missing, Empty, Zeros, Torn, New}

// State is one thing that a reader may find, and the lines between which the
// crash must fall for it; zero lines: not known or all along.
type State struct {
	Word     Word `json:"state"`
	From, To int  `json:"-"`
}

// States is what a reader may find after the program was killed, after a power
// cut before the write returned, and after it returned.
type States struct {
	Kill  []State `json:"kill"`
	Power []State `json:"power"`
	After []State `json:"after"`
}

// inode is a file without its name.
type inode struct {
	visible Word
	may     map[Word]bool // what a power cut may leave of it
}

func (n *inode) allow(words ...Word) {
	for _, w := range words {
		n.may[w] = true
	}
}

// disk is the directory of the site: its names now, and each earlier state
// that a power cut may bring back.
type disk struct {
	names map[string]*inode
	past  []map[string]*inode
	known map[string]bool // names that something was under at some time
	out   States
	line  int
}

// Of returns the states of a site's target.
func Of(s *protocol.Site) States {
	d := &disk{names: map[string]*inode{}, known: map[string]bool{s.Target.Key(): true}}
	target := s.Target.Key()
	fresh := s.Facts.OnlyAbsent || s.Verdict == protocol.CreateExclusive
	if !fresh {
		d.names[target] = &inode{Old, map[Word]bool{Old: true}}
	}
	d.past = []map[string]*inode{clone(d.names)}
	d.look(target)
	for i := range s.Steps {
		if st := &s.Steps[i]; !st.In.Cleanup() {
			d.step(s, &st.Effect, target)
		}
	}
	d.end(target)
	return d.out
}

func clone(m map[string]*inode) map[string]*inode {
	c := make(map[string]*inode, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// step performs one effect and looks at the target in the middle and after.
func (d *disk) step(s *protocol.Site, e *effect.Effect, target string) {
	d.line = e.At.Line
	switch e.Op {
	case effect.OpenFile, effect.MakeTemp:
		d.open(Name(s, e.Path), e)
		if staged := Name(s, e.Path); staged != target && d.names[staged] != nil && !filled(s, staged) {
			d.write(staged, s.Verdict, target)
		}
	case effect.Truncate:
		d.truncate(s, e)
	case effect.Write:
		d.write(Name(s, e.Handle.FilePath()), s.Verdict, target)
	case effect.Copy:
		to := Name(s, e.Path)
		d.open(to, &effect.Effect{Mode: effect.Mode{Access: effect.Truncating}})
		d.look(target)
		d.write(to, s.Verdict, target)
	case effect.Sync:
		if n := d.names[Name(s, e.Handle.FilePath())]; n != nil {
			n.may = map[Word]bool{n.visible: true}
		} else {
			d.past = nil // of the directory
		}
	case effect.SyncDir:
		d.past = nil
	default:
		d.rename(s, e)
	}
	d.past = append(d.past, clone(d.names))
	d.look(target)
}

// Name is the key of a path: that of the site's target, temp or backup if it may
// be one.
func Name(s *protocol.Site, v *effect.Value) string {
	for _, own := range []*effect.Value{s.Target, s.Staged, s.Facts.Backup} {
		if effect.Same(v, own) {
			return own.Key()
		}
	}
	return v.Key()
}

// truncate empties a file, by name or by what is open. Behind a write it cuts off
// what the old content was longer.
func (d *disk) truncate(s *protocol.Site, e *effect.Effect) {
	path := e.Path
	if path == nil {
		path = e.Handle.FilePath()
	}
	to := Name(s, path)
	if n := d.names[to]; n == nil || n.visible != New {
		d.open(to, &effect.Effect{Mode: effect.Mode{Access: effect.Truncating}})
	}
}

// filled reports whether a step writes to the file of this name. A temp that
// none writes to is filled where nobody could look: behind an interface, by
// another program.
func filled(s *protocol.Site, name string) bool {
	for i := range s.Steps {
		if st := &s.Steps[i]; st.Op == effect.Write && Name(s, st.Handle.FilePath()) == name {
			return true
		}
	}
	return false
}

func (d *disk) open(path string, e *effect.Effect) {
	d.known[path] = true
	n := d.names[path]
	switch {
	case n == nil || e.Op == effect.MakeTemp:
		if e.Mode.Access != effect.ReadOnly || e.Op == effect.MakeTemp {
			d.names[path] = &inode{Empty, map[Word]bool{Empty: true}}
		}
	case e.Mode.Access == effect.Truncating:
		n.visible = Empty
		n.allow(Empty)
	}
}

func (d *disk) write(path string, v protocol.Verdict, target string) {
	n := d.names[path]
	if n == nil {
		return
	}
	n.visible = Torn
	n.allow(Torn, Zeros)
	if v != protocol.UpdateInPlace && v != protocol.Append {
		n.allow(Empty)
	}
	d.look(target)
	n.visible = New
	n.allow(New)
}

func (d *disk) rename(s *protocol.Site, e *effect.Effect) {
	from, to := Name(s, e.From), Name(s, e.Path)
	switch e.Op {
	case effect.Rename, effect.Move:
		if !d.known[from] { // made elsewhere
			d.names[from] = &inode{New, map[Word]bool{New: true}}
		}
		d.known[to] = true
		if n := d.names[from]; n != nil {
			delete(d.names, from)
			d.names[to] = n
		}
	case effect.Exchange:
		d.names[from], d.names[to] = d.names[to], d.names[from]
	case effect.Link:
		d.known[to] = true
		if n := d.names[from]; n != nil && d.names[to] == nil {
			d.names[to] = n
		}
	case effect.Remove, effect.RemoveTree:
		delete(d.names, to)
	}
}

// look notes what a reader would find now.
func (d *disk) look(target string) {
	n := d.names[target]
	if n == nil {
		d.out.Kill = d.note(d.out.Kill, Missing)
	} else {
		d.out.Kill = d.note(d.out.Kill, n.visible)
	}
	for _, w := range d.possible(target) {
		d.out.Power = d.note(d.out.Power, w)
	}
}

// possible is what a power cut may leave now.
func (d *disk) possible(target string) []Word {
	var words []Word
	for _, names := range append(slices.Clone(d.past), d.names) {
		n := names[target]
		if n == nil {
			words = append(words, Missing)
			continue
		}
		for _, w := range order {
			if n.may[w] {
				words = append(words, w)
			}
		}
	}
	return words
}

func (d *disk) note(states []State, w Word) []State {
	i := slices.IndexFunc(states, func(s State) bool { return s.Word == w })
	if i >= 0 {
		states[i].To = d.line
		return states
	}
	states = append(states, State{Word: w, From: d.line, To: d.line})
	slices.SortFunc(states, func(a, b State) int { return slices.Index(order, a.Word) - slices.Index(order, b.Word) })
	return states
}

// end notes what a power cut may leave once the write has returned.
func (d *disk) end(target string) {
	d.line = 0
	for _, w := range d.possible(target) {
		if w == Old {
			w = Stale
		}
		d.out.After = d.note(d.out.After, w)
	}
}
