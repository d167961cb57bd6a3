package demo

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

// ErrCannot means that a site has no steps of its own that could be done one by
// one; its text says why.
var ErrCannot = errors.New("cannot be shown")

// What a file holds before, and what is to be in it. The new content is the
// longer one, so that a half of it differs from both.
var (
	before = bytes.Repeat([]byte("old content\n"), 2000)
	after  = bytes.Repeat([]byte("NEW CONTENT\n"), 5000)
)

// play is a site's steps as acts on numbered files; 0 is the target.
type play struct {
	names []string // of the files, as the source has them
	keys  []string
	start [][]byte // what each holds before; nil: it is not there
	after []byte   // what the target holds when all is done
	acts  []act
	told  []Moment // the step that each act is of
	share map[string]int
}

func plan(s *audit.Site) (*play, error) {
	if why := cannot(s); why != "" {
		return nil, fmt.Errorf("%w: %s", ErrCannot, why)
	}
	p := &play{after: after, share: map[string]int{}}
	p.of(s.Name, s.Target)
	fresh := s.Facts.OnlyAbsent || s.Verdict == protocol.CreateExclusive
	if !fresh {
		p.start[0] = before
	}
	if s.Verdict == protocol.Append && !fresh {
		p.after = slices.Concat(before, after)
	}
	steps := inTime(s.Steps)
	for _, st := range steps {
		if st.Does == effect.Write {
			p.share[st.Name]++
		}
	}
	done := map[string]int{}
	for _, st := range steps {
		p.step(st, done)
	}
	if len(p.acts) == 0 {
		return nil, fmt.Errorf("%w: no step of it changes a file", ErrCannot)
	}
	return p, nil
}

// inTime leaves out what runs only after an error, and writes to a file that
// was renamed before: a library commits at its end what the source names first.
func inTime(all []audit.Step) []audit.Step {
	gone := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(all), func(st audit.Step) bool {
		switch st.Does {
		case effect.Rename, effect.Move:
			gone[st.Source] = true
		case effect.OpenFile, effect.MakeTemp:
			delete(gone, st.Name)
		}
		return st.Late || st.Does == effect.Write && gone[st.Name]
	})
}

func cannot(s *audit.Site) string {
	switch s.Verdict {
	case protocol.Transactional:
		return "a database does the writing"
	case protocol.Device, protocol.Scratch:
		return "no file that stays is written"
	case protocol.UnknownVerdict:
		return "how the file is opened was not found out"
	}
	if s.Facts.Tree {
		return "it is a folder that is written anew"
	}
	return ""
}

// of is the number of a file.
func (p *play) of(key, path string) int {
	i := slices.Index(p.keys, key)
	if i < 0 {
		i = len(p.keys)
		p.keys, p.names, p.start = append(p.keys, key), append(p.names, path), append(p.start, nil)
	}
	return i
}

// add notes an act of a step.
func (p *play) add(st audit.Step, a act, part string) {
	p.acts = append(p.acts, a)
	m := Moment{File: st.File, Line: st.Line, Op: st.Op, Path: st.Path, Part: part}
	if st.Does != effect.Copy {
		m.From = st.From
	}
	p.told = append(p.told, m)
}

var opens = map[effect.Access]string{
	effect.Truncating: "truncating", effect.Updating: "updating", effect.Appending: "appending",
	effect.Exclusive: "exclusive", effect.Creating: "creating", effect.AccessUnknown: "creating",
}

// step turns a step into acts; what changes no file is none.
func (p *play) step(st audit.Step, done map[string]int) {
	switch st.Does {
	case effect.OpenFile, effect.MakeTemp:
		p.open(st)
	case effect.Write:
		n, of := done[st.Name], p.share[st.Name]
		done[st.Name]++
		p.write(st, after[n*len(after)/of:(n+1)*len(after)/of])
	case effect.Sync:
		p.add(st, act{Do: "sync", File: p.of(st.Name, st.Path)}, "")
	case effect.Close:
		p.add(st, act{Do: "close", File: p.of(st.Name, st.Path)}, "")
	case effect.Truncate:
		p.add(st, act{Do: "truncate", File: p.of(st.Name, st.Path)}, "")
	case effect.Rename, effect.Move:
		p.add(st, act{Do: "rename", File: p.of(st.Name, st.Path), From: p.made(st)}, "")
	case effect.Link:
		p.add(st, act{Do: "link", File: p.of(st.Name, st.Path), From: p.made(st)}, "")
	case effect.Copy:
		p.copy(st)
	case effect.Remove:
		p.add(st, act{Do: "remove", File: p.of(st.Name, st.Path)}, "")
	}
}

// open is followed by a write where none writes to a temp that is published:
// something fills it that the audit could not look into.
func (p *play) open(st audit.Step) {
	how, known := opens[st.Access]
	if st.Does == effect.MakeTemp {
		how = "exclusive"
	} else if !known {
		return
	}
	i := p.of(st.Name, st.Path)
	p.add(st, act{Do: how, File: i}, "")
	if i > 0 && p.share[st.Name] == 0 {
		p.write(st, after)
	}
}

// write is done in halves, so that the kill falls into the middle of it too.
func (p *play) write(st audit.Step, data []byte) {
	i := p.of(st.Name, st.Path)
	half := len(data) / 2
	p.add(st, act{Do: "write", File: i, Data: data[:half]}, "half")
	p.add(st, act{Do: "write", File: i, Data: data[half:]}, "")
}

// made is the number of the file that a step takes up. One that no step has
// made was made elsewhere: it is there, and whole.
func (p *play) made(st audit.Step) int {
	known := slices.Contains(p.keys, st.Source)
	i := p.of(st.Source, st.From)
	if !known {
		p.start[i] = after
	}
	return i
}

// copy empties its target and fills it. What it copies is the old content if
// that is what the file holds: a backup.
func (p *play) copy(st audit.Step) {
	from, to := p.made(st), p.of(st.Name, st.Path)
	data := after
	if from == 0 {
		data = before
	}
	p.add(st, act{Do: "truncating", File: to}, "none")
	p.add(st, act{Do: "write", File: to, Data: data[:len(data)/2]}, "half")
	p.add(st, act{Do: "write", File: to, Data: data[len(data)/2:]}, "")
	p.acts = append(p.acts, act{Do: "close", File: to})
	p.told = append(p.told, Moment{File: st.File, Line: st.Line, Op: "close", Path: st.Path})
}
