package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/wholly-go/wholly"
)

// Recovery is the error of a verb that did its work although the file was
// missing or damaged: what a crash of browser-use left beside it was read
// instead. It is returned beside the good value.
type Recovery struct {
	Path     string // the file
	From     string // the companion that was read, without directory; empty for an empty document
	SetAside string // where the damaged content is now, without directory; empty if there was none
	Damage   error  // what was wrong with the file; nil if it was missing
	Repair   error  // why the file could not be mended; nil if it was
}

// Error says what was wrong, what was read and what became of the rest.
func (r *Recovery) Error() string {
	s := r.Path + " was missing"
	if r.Damage != nil {
		s = fmt.Sprintf("%s was damaged (%v)", r.Path, r.Damage)
	}
	if r.From != "" {
		s += ": recovered from " + r.From
	} else {
		s += ": taken as empty, for there is nothing else"
	}
	if r.SetAside != "" {
		s += ", the damaged content is kept as " + r.SetAside
	}
	if r.Repair != nil {
		s += fmt.Sprintf(", but the file could not be mended: %v", r.Repair)
	}
	return s
}

// Unwrap returns the damage and, if mending failed, that.
func (r *Recovery) Unwrap() []error {
	var errs []error
	for _, err := range []error{r.Damage, r.Repair} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// found is one content of a document that stands on the disk.
type found[T any] struct {
	name  string // without directory
	what  remains
	value T
	err   error // why it is not valid
}

// recover reads what stands beside a file that is missing or damaged and puts
// it in the file's place; an empty document only if the file is to be written
// anyway. rec is nil if there is nothing to recover: the file is good, or
// nothing was ever there. An error means that something was there and nothing
// of it is good; nothing was touched then.
func (d *Doc[T]) recover(ctx context.Context, toWrite bool) (value T, rec *Recovery, err error) {
	mend := d.policy
	mend.Keep, mend.Check, mend.If = 0, nil, wholly.Condition{}
	locked := false
	err = mend.Update(ctx, d.path, 0o600, func(old []byte) (data []byte, err error) {
		locked = true
		value, rec, err = d.salvage(old, old != nil)
		if err != nil {
			return nil, err
		}
		if rec == nil || rec.From == "" && !toWrite {
			return nil, wholly.ErrUnchanged
		}
		if len(old) > 0 {
			if rec.SetAside, err = d.setAside(old); err != nil {
				return nil, err
			}
		}
		return d.encode(value)
	})
	if !locked { // a directory that cannot be written, say: serve it all the same
		old, there, readErr := d.read(filepath.Base(d.path))
		if readErr != nil {
			return value, nil, readErr
		}
		var salvageErr error
		if value, rec, salvageErr = d.salvage(old, there); salvageErr != nil {
			return value, nil, salvageErr
		}
	}
	if rec == nil {
		return value, nil, err
	}
	rec.Repair = err
	return value, rec, nil
}

// salvage finds the best of what is there. old is the file's content.
func (d *Doc[T]) salvage(old []byte, there bool) (value T, rec *Recovery, err error) {
	main := d.look(filepath.Base(d.path), old, there)
	if main.what == valid {
		return value, nil, nil
	}
	temp, err := d.temp()
	if err != nil {
		return value, nil, err
	}
	backup, err := d.backup()
	if err != nil {
		return value, nil, err
	}
	rec = &Recovery{Path: d.path, Damage: main.err}
	switch judge(main.what, temp.what, backup.what) {
	case readTemp:
		rec.From = temp.name
		return temp.value, rec, nil
	case readBackup:
		rec.From = backup.name
		return backup.value, rec, nil
	case readNone:
		if main.what == absent && temp.what == absent {
			rec = nil // the first run
		}
		return d.codec.New(), rec, nil
	}
	bad := errors.Join(main.err, temp.err, backup.err)
	return value, nil, fmt.Errorf("%w: %w", wholly.ErrNoGoodVersion, bad)
}

// look judges one content.
func (d *Doc[T]) look(name string, data []byte, there bool) found[T] {
	f := found[T]{name: name}
	if !there {
		return f
	}
	v, err := d.codec.Decode(data)
	switch {
	case err == nil:
		f.value, f.what = v, valid
		return f
	case len(data) == 0:
		f.what = blank
	default:
		f.what = invalid
	}
	f.err = fmt.Errorf("%s: %w", name, err)
	return f
}

// temp reads the temp of browser-use. One that is valid but says nothing is not
// taken for a state.
func (d *Doc[T]) temp() (found[T], error) {
	if d.legacy.temp == "" {
		return found[T]{}, nil
	}
	f, err := d.beside(d.legacy.temp)
	if f.what == valid && d.legacy.complete != nil && !d.legacy.complete(f.value) {
		f.what, f.err = invalid, fmt.Errorf("%s: holds nothing", f.name)
	}
	return f, err
}

// backup reads the earlier versions, newest first, then the backup of
// browser-use, up to the first good one.
func (d *Doc[T]) backup() (best found[T], err error) {
	names, err := d.versions()
	if err != nil {
		return best, err
	}
	if d.legacy.backup != "" && !slices.Contains(names, d.legacy.backup) {
		names = append(names, d.legacy.backup)
	}
	for _, name := range names {
		f, err := d.beside(name)
		if err != nil || f.what == valid {
			return f, err
		}
		if best.what == absent {
			best = f
		}
	}
	return best, nil
}

// versions returns the names of the earlier versions, newest first. That the
// directory cannot be listed does not mean that there are none.
func (d *Doc[T]) versions() (names []string, err error) {
	for info, err := range d.policy.Versions(d.path) {
		switch {
		case info.Number > 0:
			names = append(names, info.Name)
		case info.Name == "" && err != nil && !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return names, nil
}

// beside reads and judges the file name in the document's directory.
func (d *Doc[T]) beside(name string) (found[T], error) {
	data, there, err := d.read(name)
	if err != nil {
		return found[T]{}, err
	}
	return d.look(name, data, there), nil
}

func (d *Doc[T]) read(name string) (data []byte, there bool, err error) {
	path := filepath.Join(filepath.Dir(d.path), name)
	if err := bounded(d.policy, path); err != nil {
		return nil, false, err
	}
	data, err = wholly.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// setAside keeps a damaged content under a name that no later one takes over.
func (d *Doc[T]) setAside(data []byte) (string, error) {
	name := filepath.Base(d.path) + ".bad-" + time.Now().UTC().Format("20060102T150405.000000000Z")
	p := wholly.Policy{If: wholly.IfAbsent}
	if err := p.WriteFile(filepath.Join(filepath.Dir(d.path), name), data, 0o600); err != nil {
		return "", fmt.Errorf("set the damaged content aside: %w", err)
	}
	return name, nil
}
