package cut

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/internal/disk"
	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/lab/internal/mark"
	"github.com/wholly-go/wholly/lab/internal/stand"
	"github.com/wholly-go/wholly/lab/internal/tape"
)

func keepFile(path string, data []byte) error { return wholly.WriteFile(path, data, 0o644) }

// story is a recording with its marks understood.
type story struct {
	tape     *tape.Tape
	marks    map[int]mark.Mark // by event
	known    *judge.Known
	from, to int    // the events between which the power is cut
	fs, play string // what it is of
}

func readStory(path string) (*story, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := tape.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s := &story{tape: t, marks: map[int]mark.Mark{}, to: len(t.Events)}
	var all []mark.Mark
	for i, e := range t.Events {
		if e.Kind != tape.Note {
			continue
		}
		switch text := string(e.Data); text {
		case noteReady:
			s.from = i + 1
		case noteDone:
			s.to = i + 1
		default:
			if of, ok := strings.CutPrefix(text, noteOf); ok {
				s.fs, s.play, _ = strings.Cut(of, " ")
				continue
			}
			m, err := mark.Parse(text)
			if err != nil {
				return nil, fmt.Errorf("%s: event %d: %w", path, i, err)
			}
			if m.Verb == "start" {
				s.from = i + 1
			}
			s.marks[i] = m
			all = append(all, m)
		}
	}
	s.known = judge.Learn(all)
	return s, nil
}

// check judges every disk of a recording.
func (l *Lab) check(ctx context.Context, dir string, job Job, recording string, seed uint64, row *Row) (err error) {
	st, err := readStory(recording)
	if err != nil {
		return err
	}
	for _, e := range st.tape.Events[st.from:st.to] {
		switch e.Kind {
		case tape.Write:
			row.Writes++
		case tape.Flush:
			row.Flushes++
		}
	}
	s, err := stand.Replay(dir, job.FS, l.Serve, recording)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c := &checker{lab: l, stand: s, story: st, job: job, row: row, seed: seed, sights: map[string]judge.Sight{}}
	return c.all(ctx)
}

// checker judges the disks of one recording in order.
type checker struct {
	lab     *Lab
	stand   *stand.Stand
	story   *story
	job     Job
	row     *Row
	seed    uint64
	history judge.History
	told    int                    // events whose marks are in the history
	sights  map[string]judge.Sight // of equal disks
}

func (c *checker) all(ctx context.Context) error {
	choice := c.lab.Choice
	choice.Seed ^= c.seed
	for cut, key := range c.story.tape.Cuts(c.story.from, c.story.to, choice) {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.advance(cut.At)
		sight, err := c.look(ctx, cut, key)
		if err != nil {
			return fmt.Errorf("cut %v: %w", cut, err)
		}
		bad, why := sight.Judge(&c.history)
		c.row.add(bad)
		c.example(bad, cut, why)
		c.lab.progress(c.job, cut.At-c.story.from, c.story.to-c.story.from)
	}
	return nil
}

func (c *checker) advance(at int) {
	for ; c.told < at; c.told++ {
		if m, ok := c.story.marks[c.told]; ok {
			c.history.Add(m)
		}
		if c.story.tape.Events[c.told].Kind == tape.Flush {
			clear(c.sights) // no later disk equals an earlier one
		}
	}
}

// look mounts the disk and reads it, unless an equal one was read before.
func (c *checker) look(ctx context.Context, cut tape.Cut, key string) (judge.Sight, error) {
	if s, ok := c.sights[key]; ok {
		return s, nil
	}
	sight, err := look(ctx, c.stand, cut, c.job.Play.Rules, c.story.known)
	if err != nil {
		return sight, err
	}
	c.row.Mounted++
	c.sights[key] = sight
	return sight, nil
}

func look(ctx context.Context, s *stand.Stand, cut tape.Cut, rules judge.Rules, known *judge.Known) (sight judge.Sight, err error) {
	if err := s.Drive.Cut(cut); err != nil {
		return sight, err
	}
	if err := s.Mount(); err != nil {
		return judge.Broken(judge.Unmountable, err), nil
	}
	defer func() { err = errors.Join(err, s.Unmount()) }()
	d, err := disk.OpenDir(filepath.Join(s.Mnt, "work"))
	if err != nil { // it was synced before anything began
		return judge.Broken(judge.Unreadable, err), nil
	}
	defer d.Close()
	return judge.Look(ctx, d, rules, known), nil
}

// example keeps the first disk of each bad outcome.
func (c *checker) example(bad []judge.Outcome, cut tape.Cut, why string) {
	for _, o := range bad {
		known := func(e Example) bool { return e.Outcome == o.String() }
		if !slices.ContainsFunc(c.row.Examples, known) {
			c.row.Examples = append(c.row.Examples, Example{Outcome: o.String(), Seed: c.seed, Cut: cut.String(), Why: why})
		}
	}
}
