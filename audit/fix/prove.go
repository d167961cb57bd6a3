package fix

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/edit"
)

// prove makes the contents as they would be with all answers of at least this
// grade, audits them, and takes back every answer that does not stand, until
// all do.
func (w *work) prove(ctx context.Context, least edit.Grade) error {
	w.least = least
	for {
		if err := w.build(); err != nil {
			return err
		}
		if !slices.ContainsFunc(w.jobs, func(j *job) bool { return len(j.all) > 0 }) {
			return nil
		}
		if err := w.again(ctx); err != nil {
			return fmt.Errorf("fix: audit of the result: %w", err)
		}
		if !w.takeBack() {
			return nil
		}
	}
}

// again audits the contents as they would be.
func (w *work) again(ctx context.Context) error {
	changed := map[string][]byte{}
	for _, c := range w.changes() {
		abs, err := filepath.Abs(c.Disk)
		if err != nil {
			return err
		}
		changed[abs] = c.New
	}
	scan := w.o.Again
	if scan == nil {
		scan = w.scan
	}
	r, err := scan(ctx, changed)
	w.after = r
	return err
}

func (w *work) scan(ctx context.Context, changed map[string][]byte) (*audit.Result, error) {
	o := w.o.Audit
	o.Progress, o.Overlay = nil, maps.Clone(o.Overlay)
	if o.Overlay == nil {
		o.Overlay = map[string][]byte{}
	}
	maps.Copy(o.Overlay, changed)
	roots := append(slices.Clone(w.o.Roots), w.asked...)
	for _, c := range w.added { // a root that is a file has nothing below it
		roots = append(roots, c.Disk)
	}
	return audit.Scan(ctx, roots, o)
}

// build makes all, text and added. An answer that its rewriter cannot finish
// is taken back.
func (w *work) build() error {
	w.added, w.notes = nil, nil
	for _, j := range w.jobs {
		for {
			err := w.assemble(j)
			if err == nil {
				break
			}
			j.refuse("the changed file would not be right, so nothing in it is changed: " + err.Error())
		}
	}
	slices.Sort(w.notes)
	w.notes = slices.Compact(w.notes)
	return nil
}

// assemble makes the new text of one source. With no answer chosen it does
// nothing and cannot fail.
func (w *work) assemble(j *job) error {
	j.all, j.text = nil, j.Text
	chosen := j.chosen(w.least)
	if len(chosen) == 0 {
		return nil
	}
	rest, err := j.rewriter.Finish(j.Job, chosen)
	if err != nil {
		return err
	}
	all := slices.Clone(rest.Edits)
	for _, a := range chosen {
		all = append(all, a.Edits...)
	}
	text, err := edit.Apply(j.Text, all)
	if err != nil {
		return err
	}
	if err := j.rewriter.Parse(j.Path, text); err != nil {
		return err
	}
	for _, f := range rest.Added {
		if err := w.addFile(f); err != nil {
			return err
		}
	}
	w.notes = append(w.notes, rest.Notes...)
	j.all, j.text = all, text
	return nil
}

func (j *job) chosen(least edit.Grade) []edit.Answer {
	var chosen []edit.Answer
	for _, a := range j.answers {
		if a.Grade > edit.Never && a.Grade >= least {
			chosen = append(chosen, a.Answer)
		}
	}
	return chosen
}

// addFile adds a file once. One that is there with the same content is there.
func (w *work) addFile(f edit.File) error {
	for _, c := range w.added {
		if c.Path == f.Path {
			if string(c.New) != string(f.Text) {
				return fmt.Errorf("two different files %s would be added", f.Path)
			}
			return nil
		}
	}
	disk, err := w.disk(f.Path)
	if err != nil {
		return err
	}
	old, err := w.o.Read(disk)
	if err == nil && string(old) == string(f.Text) {
		return nil
	}
	if err == nil {
		return fmt.Errorf("the file %s is there already", f.Path)
	}
	w.added = append(w.added, Change{Path: f.Path, Disk: disk, New: f.Text})
	return nil
}

// disk is where a file of the project lies, also one that is not there: found
// from a source whose place is known.
func (w *work) disk(name string) (string, error) {
	if at, ok := w.before.Sources[name]; ok && at.Disk != "" {
		return at.Disk, nil
	}
	for _, j := range w.jobs {
		abs, err := filepath.Abs(j.disk)
		if err != nil || j.disk == "" {
			continue
		}
		if root, ok := strings.CutSuffix(filepath.ToSlash(abs), j.Path); ok {
			return filepath.Join(filepath.FromSlash(root), filepath.FromSlash(name)), nil
		}
	}
	return "", fmt.Errorf("find %s: %w", name, fs.ErrNotExist)
}

func (w *work) read(name string) ([]byte, error) {
	disk, err := w.disk(name)
	if err != nil {
		return nil, err
	}
	text, err := w.o.Read(disk)
	if err == nil && !slices.Contains(w.asked, disk) {
		w.asked = append(w.asked, disk)
	}
	return text, err
}

// changes are all files as they would be, those that are added last.
func (w *work) changes() []Change {
	var all []Change
	for _, j := range w.jobs {
		if len(j.all) > 0 {
			all = append(all, Change{Path: j.Path, Disk: j.disk, Old: j.Text, New: j.text})
		}
	}
	return append(all, w.added...)
}
