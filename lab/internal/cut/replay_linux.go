package cut

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/lab/internal/play"
	"github.com/wholly-go/wholly/lab/internal/rig"
	"github.com/wholly-go/wholly/lab/internal/stand"
	"github.com/wholly-go/wholly/lab/internal/tape"
)

// JobOf reads which workload on which file system a recording is of.
func JobOf(path string) (Job, error) {
	st, err := readStory(path)
	if err != nil {
		return Job{}, err
	}
	if st.fs == "" {
		return Job{}, fmt.Errorf("%s: it does not say which file system it is of", path)
	}
	fs, err := rig.Named(st.fs)
	if err != nil {
		return Job{}, fmt.Errorf("%s: %w", path, err)
	}
	p, err := play.Find(st.play)
	if err != nil { // a program of the user's own
		p = play.Play{Name: st.play, Title: st.play, Group: play.Ours, Durable: true}
	}
	return Job{FS: fs, Play: p}, nil
}

// Again judges every disk of a kept recording.
func (l *Lab) Again(ctx context.Context, job Job, path string) (*Row, error) {
	row := newRow(job)
	dir, err := os.MkdirTemp(l.Room, "row-")
	if err != nil {
		return nil, err
	}
	return row, l.check(ctx, dir, job, path, 0, row)
}

// Show writes the story of one disk to w.
func (l *Lab) Show(ctx context.Context, w io.Writer, job Job, path string, c tape.Cut, before int) (err error) {
	st, err := readStory(path)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(l.Room, "row-")
	if err != nil {
		return err
	}
	s, err := stand.Replay(dir, job.FS, l.Serve, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	st.tell(w, c, before)
	if err := list(w, s, c); err != nil {
		return err
	}
	sight, err := look(ctx, s, c, job.Play.Rules, st.known)
	if err != nil {
		return err
	}
	bad, why := sight.Judge(st.history(c.At))
	if len(bad) == 0 {
		why = judge.Good.String()
	}
	_, err = fmt.Fprintln(w, why)
	return err
}

// tell writes what happened until the cut.
func (s *story) tell(w io.Writer, c tape.Cut, before int) {
	for i := max(0, c.At-before); i < c.At; i++ {
		e, fate := s.tape.Events[i], ""
		switch {
		case e.Kind != tape.Write:
		case i == c.Torn:
			fate = fmt.Sprintf("   (torn: of its pieces of %d bytes %v)", c.Piece, c.Pieces)
		case !slices.Contains(c.Keep, i) && !s.flushed(i, c.At):
			fate = "   (lost)"
		}
		fmt.Fprintf(w, "%5d %v%s\n", i, e, fate)
	}
	fmt.Fprintln(w, "      ~~ the power goes ~~")
}

// flushed reports whether a flush came between event i and the cut.
func (s *story) flushed(i, at int) bool {
	return slices.ContainsFunc(s.tape.Events[i:at], func(e tape.Event) bool { return e.Kind == tape.Flush })
}

func (s *story) history(at int) *judge.History {
	var h judge.History
	for i := range at {
		if m, ok := s.marks[i]; ok {
			h.Add(m)
		}
	}
	return &h
}

// list writes what is on the disk, by name and size.
func list(w io.Writer, s *stand.Stand, c tape.Cut) (err error) {
	if err := s.Drive.Cut(c); err != nil {
		return err
	}
	if err := s.Mount(); err != nil {
		fmt.Fprintln(w, err)
		return nil
	}
	defer func() { err = errors.Join(err, s.Unmount()) }()
	work := filepath.Join(s.Mnt, "work")
	return filepath.WalkDir(work, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			fmt.Fprintln(w, "   ", err)
			return nil
		}
		info, err := d.Info()
		if path == work || err != nil {
			return nil
		}
		fmt.Fprintf(w, "    %v %8d %s\n", info.Mode(), info.Size(), strings.TrimPrefix(path, work+"/"))
		return nil
	})
}
