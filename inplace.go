package wholly

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"

	"github.com/wholly-go/wholly/internal/disk"
)

// Writing in place, for a file that cannot be replaced (policy Mounted:
// InPlace). It is a small undo journal: a complete copy of the old content is
// on the disk, under a name that says so, from before the first byte is
// changed until after the last is synced. A verb with this policy that finds
// the copy, and no writer alive, puts the old content back.

const undoSuffix = ".wholly-undo"

func undoName(name string) string {
	lock := lockName(name)
	return lock[:len(lock)-len(lockSuffix)] + undoSuffix
}

// overwrite writes the temp's content over the file. The caller has the lock.
func (f *File) overwrite() error {
	t := &f.target
	undo := undoName(t.name)
	if err := t.undoHeld(f.policy); err != nil {
		return err
	}
	w, err := t.dir.OpenWrite(t.name)
	if err != nil {
		return fmt.Errorf("write in place: %w", err) // before there is anything to undo
	}
	if f.policy.Private {
		err = narrow(w) // synced with the content
	}
	w.Close()
	if err != nil {
		return fmt.Errorf("write in place: %w", err)
	}
	if err := t.copyTo(f.policy, undo); err != nil {
		return fmt.Errorf("copy the old content aside before writing in place: %w", err)
	}
	err = t.dir.Sync()
	if err != nil && !errors.Is(err, disk.ErrUnsupported) {
		t.dir.Remove(undo)
		return fmt.Errorf("sync the copy of the old content: %w", err)
	}
	f.state = Unknown
	if err := t.pour(io.NewSectionReader(f.temp, 0, f.size), f.size); err != nil {
		// After a failed sync a second one proves nothing: the copy stays for
		// the next verb, which writes everything anew.
		if !errors.Is(err, errSync) && t.undoHeld(f.policy) == nil {
			f.state = Old
		}
		return fmt.Errorf("write in place: %w", err)
	}
	f.state = New
	f.result.InPlace, f.result.Dropped, f.result.OtherLinks = true, nil, 0
	// Gone for good only with the directory's next sync, which follows.
	if err := t.dir.Remove(undo); err != nil && t.dir.Rename(undo, tempName()) != nil {
		f.state = Unknown // the next verb will take the copy for an unfinished write
		return fmt.Errorf("%w: remove the copy of the old content: %w", ErrNotDurable, err)
	}
	f.log(slog.LevelWarn, "written in place")
	return nil
}

// pour makes r's size bytes the file's content, in place and synced.
func (t *target) pour(r io.Reader, size int64) (err error) {
	f, err := t.dir.OpenWrite(t.name)
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := io.CopyBuffer(onlyWriter{f}, onlyReader{r}, make([]byte, chunk))
	if err != nil {
		return err
	}
	if n != size {
		return io.ErrUnexpectedEOF
	}
	if err := f.Truncate(size); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("%w: %w", errSync, err)
	}
	return nil
}

// errSync: the file in place could not be synced.
var errSync = errors.New("sync")

// undo puts the old content back if a writer died while it wrote in place.
func (t *target) undo(p Policy) error {
	if _, err := t.dir.Lstat(undoName(t.name)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := p.lock(context.Background(), t)
	if err != nil {
		return err
	}
	defer unlock()
	return t.undoHeld(p)
}

// undoHeld is undo for a caller that has the lock.
func (t *target) undoHeld(p Policy) error {
	name := undoName(t.name)
	src, info, err := t.openRegular(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("undo a write in place: %w", err)
	}
	defer src.Close()
	if err := t.pour(src, info.Size); err != nil {
		return fmt.Errorf("undo a write in place: %w", err)
	}
	if err := t.dir.Remove(name); err != nil {
		return fmt.Errorf("undo a write in place: %w", err)
	}
	if err := t.dir.Sync(); err != nil && !errors.Is(err, disk.ErrUnsupported) {
		return fmt.Errorf("undo a write in place: %w", err)
	}
	p.log(slog.LevelWarn, "undid an unfinished write in place", t.path)
	return nil
}
