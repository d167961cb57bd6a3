package wholly

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"syscall"

	"github.com/wholly-go/wholly/internal/disk"
)

// place gives the temp the name: the commit.
func (f *File) place() error {
	t := &f.target
	if t.exists && t.info.MountRoot {
		return f.overwrite()
	}
	var err error
	if f.policy.If.absent {
		err = f.placeNew()
	} else {
		err = t.dir.Rename(f.name, t.name)
	}
	if err == nil {
		f.state, f.placed = New, true
		return nil
	}
	f.state = f.whatIsThere()
	switch {
	case f.state == New:
		f.placed = true
		return nil
	case f.state == Old && f.policy.If.absent && errors.Is(err, fs.ErrExist):
		return ErrExists
	case f.state == Old && f.policy.Mounted == InPlace && t.exists && irreplaceable(err):
		return f.overwrite()
	case errors.Is(err, syscall.EBUSY) && t.exists:
		return fmt.Errorf("%w: %w", ErrMounted, err)
	}
	return err
}

// placeNew gives the temp the name only if the name is free. Where the rename
// cannot promise that, a link can.
func (f *File) placeNew() error {
	t := &f.target
	err := t.dir.RenameNew(f.name, t.name)
	if !errors.Is(err, disk.ErrUnsupported) {
		return err
	}
	if err := t.dir.Link(f.name, t.name); err != nil {
		return err
	}
	t.dir.Remove(f.name) // under its random name it is nobody else's
	return nil
}

// whatIsThere tells, after a rename that reported an error, which content has
// the name: network file systems may do the work and lose the answer.
func (f *File) whatIsThere() State {
	now, err := f.target.dir.Lstat(f.target.name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Unknown
	}
	if err == nil && now.Same(f.info) {
		return New
	}
	if _, err := f.target.dir.Lstat(f.name); err == nil {
		return Old
	}
	return Unknown
}

// irreplaceable reports whether a rename failed for a reason that writing in
// place gets around.
func irreplaceable(err error) bool {
	return errors.Is(err, syscall.EBUSY) || errors.Is(err, errCrossDevice) || errors.Is(err, fs.ErrPermission)
}

// syncDir makes the name durable.
func (f *File) syncDir() error {
	if f.policy.Durability != Durable {
		return nil
	}
	err := f.target.dir.Sync()
	if err == nil {
		f.result.Durable = true
		return nil
	}
	if !errors.Is(err, disk.ErrUnsupported) {
		return err
	}
	// No directory sync here: syncing the file once more, under its new name,
	// takes the name along on the file systems where that was measured.
	if err := f.temp.Sync(); err != nil {
		return err
	}
	f.log(slog.LevelWarn, "directory cannot be synced")
	if f.policy.Strict {
		return err
	}
	return nil
}
