// Package lock lets one process, and one goroutine in it, at a time have a name.
//
// A lock is a file of its own, never the file that is protected: that one is
// replaced, and with it would go the lock. The kernel releases it when its
// holder dies, however it dies. The file is removed on release; a waiter that
// has just locked a removed file notices and starts again, so that two holders
// are impossible. What a killed holder leaves is an empty file, which the next
// holder takes over.
//
// Locks are advisory (flock(2), LockFileEx): they bind those who ask for them.
// They guard what is on a disk; variables that goroutines share need a mutex.
package lock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/wholly-go/wholly/internal/disk"
)

// ErrBusy: someone else held the lock for the whole of the time limit.
var ErrBusy = errors.New("another writer has the lock")

// DefaultWait is the time limit that a zero wait stands for.
const DefaultWait = 30 * time.Second

// The pauses between two tries grow from first to longest, each drawn at
// random so that waiters do not step in time.
const (
	firstPause   = 500 * time.Microsecond
	longestPause = 20 * time.Millisecond
)

// Acquire takes the lock file path and returns the function that releases it.
// It waits until ctx ends, then returns ctx's error. The directory must exist.
func Acquire(ctx context.Context, path string) (unlock func(), err error) {
	dir, err := disk.OpenDir(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	release, err := in(ctx, dir, filepath.Base(path), nil)
	if err != nil {
		dir.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { release(); dir.Close() }, nil
}

// In takes the lock file name in dir. It waits no longer than wait (zero is
// DefaultWait, negative does not wait) and then returns ErrBusy; if ctx ends
// earlier, it returns ctx's error. dir must stay open until the release.
func In(ctx context.Context, dir disk.Dir, name string, wait time.Duration) (unlock func(), err error) {
	if wait == 0 {
		wait = DefaultWait
	}
	limit := time.NewTimer(max(wait, 0))
	defer limit.Stop()
	return in(ctx, dir, name, limit.C)
}

func in(ctx context.Context, dir disk.Dir, name string, limit <-chan time.Time) (func(), error) {
	pause := firstPause
	for {
		f, err := open(dir, name)
		if err != nil {
			return nil, err
		}
		held, err := try(dir, name, f)
		if held {
			// Removed while held: whoever opened it meanwhile will notice.
			return func() { dir.Remove(name); f.Close() }, nil
		}
		failed := err != nil && !errors.Is(err, errGone)
		if failed {
			// The file goes only if it is certainly ours to remove.
			if again, _ := try(dir, name, f); again {
				dir.Remove(name)
			}
		}
		f.Close()
		if failed {
			return nil, err
		}
		if err != nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-limit:
			return nil, ErrBusy
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause = min(2*pause, longestPause)
	}
}

// errGone: the file that was locked no longer has the name.
var errGone = errors.New("lock file was removed")

// try reports whether f is locked now and is the file that has the name.
func try(dir disk.Dir, name string, f disk.File) (bool, error) {
	locked, err := f.TryLock()
	if err != nil || !locked {
		return false, err
	}
	mine, err := f.Stat()
	if err != nil {
		return false, err
	}
	named, err := dir.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, errGone
	}
	if err != nil {
		return false, err
	}
	if !mine.Same(named) {
		return false, errGone
	}
	return true, nil
}

// open makes the lock file readable for everyone who may write here: another
// user's lock file can only be opened for reading, which is enough to lock it.
func open(dir disk.Dir, name string) (disk.File, error) {
	f, err := dir.OpenCreate(name, 0o666)
	if !errors.Is(err, fs.ErrPermission) {
		return f, err
	}
	if f, readErr := dir.Open(name); readErr == nil {
		return f, nil
	}
	return nil, err
}
