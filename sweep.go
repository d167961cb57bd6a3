package wholly

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/wholly-go/wholly/internal/disk"
)

// Leftover is one file that Sweep found.
type Leftover struct {
	Name   string // without directory
	Size   int64  // bytes
	Reason string // why it was left alone; empty for what was removed
}

// Swept is what Sweep did.
type Swept struct {
	Removed []Leftover // of dead writers, gone now
	Left    []Leftover // of living writers, or not removable
}

func (v verbs) sweepPath(path string) (Swept, error) {
	dir, err := v.openDir(path)
	if err != nil {
		return Swept{}, &Error{"sweep", path, Old, err}
	}
	defer dir.Close()
	return v.sweep(path, dir)
}

func (v verbs) sweep(path string, dir disk.Dir) (Swept, error) {
	var done Swept
	for name, err := range dir.Names() {
		if err != nil {
			return done, &Error{"sweep", path, Old, fmt.Errorf("list the directory: %w", err)}
		}
		found := Leftover{Name: name}
		switch {
		case strings.HasPrefix(name, ".") && strings.HasSuffix(name, undoSuffix):
			found.Reason = "holds the old content of an unfinished write in place"
		case !isLeftover(name):
			continue
		default:
			found.Size, err = removeDead(dir, name)
			if errors.Is(err, fs.ErrNotExist) {
				continue // its writer was alive and has finished
			}
			if err != nil {
				found.Reason = err.Error()
			}
		}
		if found.Reason != "" {
			done.Left = append(done.Left, found)
			continue
		}
		done.Removed = append(done.Removed, found)
		v.policy.log(slog.LevelInfo, "leftover removed", name, slog.Int64("bytes", found.Size))
	}
	return done, nil
}

var (
	errAlive     = errors.New("its writer is alive")
	errNotFile   = errors.New("not a regular file")
	errNoLocking = errors.New("cannot tell whether its writer is alive: no locks on this file system")
)

// removeDead removes the file name if no living writer has it locked. The name
// is looked at again under the lock: it must still be the file that was locked.
func removeDead(dir disk.Dir, name string) (size int64, err error) {
	info, err := dir.Lstat(name)
	if err != nil {
		return 0, err
	}
	if !info.Mode.IsRegular() {
		return info.Size, errNotFile
	}
	f, err := dir.OpenWrite(name)
	if errors.Is(err, fs.ErrPermission) {
		f, err = dir.Open(name) // locks do not need more, on local file systems
	}
	if err != nil {
		return info.Size, err
	}
	defer f.Close()
	locked, err := f.TryLock()
	switch {
	case errors.Is(err, disk.ErrUnsupported):
		return info.Size, errNoLocking
	case err != nil:
		return info.Size, err
	case !locked:
		return info.Size, errAlive
	}
	mine, err := f.Stat()
	if err != nil {
		return info.Size, err
	}
	if info, err = dir.Lstat(name); err != nil {
		return 0, err
	}
	if !info.Same(mine) {
		return info.Size, errAlive
	}
	return info.Size, dir.Remove(name)
}
