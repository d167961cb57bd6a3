package rig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	prefix = "wholly-lab-"
	unborn = ".wholly-lab-new-" // until its owner holds the lock
)

// Room makes a private directory for one run, below /dev/shm where there is
// one (images there cost the machine's disk nothing), else below TMPDIR. Leave
// takes down whatever is still mounted or attached below it and removes it.
// While the process lives, however many labs run, Reap leaves it alone.
func Room() (dir string, leave func() error, err error) { return RoomIn(base()) }

// RoomIn is Room below the given directory.
func RoomIn(base string) (dir string, leave func() error, err error) {
	fail := func(err error) (string, func() error, error) {
		return "", nil, fmt.Errorf("make a directory for this run: %w", err)
	}
	// The lock comes first and the name that Reap looks for second: there is
	// no moment at which a living room looks dead.
	base, err = plain(base)
	if err != nil {
		return fail(err)
	}
	made, err := os.MkdirTemp(base, unborn)
	if err != nil {
		return fail(err)
	}
	lock, err := hold(made)
	if err != nil {
		return fail(errors.Join(err, os.Remove(made)))
	}
	random := strings.TrimPrefix(filepath.Base(made), unborn)
	dir = filepath.Join(base, fmt.Sprintf("%s%d-%s", prefix, os.Getpid(), random))
	if err := os.Rename(made, dir); err != nil {
		return fail(errors.Join(err, os.Remove(made), lock.Close()))
	}
	return dir, func() error { return errors.Join(demolish(dir), lock.Close()) }, nil
}

// plain is the path as the kernel's list of mounts spells it.
func plain(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

func base() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() && unix.Access("/dev/shm", unix.W_OK) == nil {
		return "/dev/shm"
	}
	return os.TempDir()
}

// hold locks the directory for as long as the process lives or the file is
// open. Children do not inherit it.
func hold(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Reap takes down what labs have left that were killed: their mounts, their
// loop devices and their directories, in the places where Room makes them.
func Reap() error { return ReapIn(base()) }

// ReapIn is Reap for the rooms below the given directory.
func ReapIn(base string) error {
	fail := func(err error) error { return fmt.Errorf("look for what killed labs left: %w", err) }
	base, err := plain(base)
	if err != nil {
		return fail(err)
	}
	entries, err := os.ReadDir(base)
	if err != nil {
		return fail(err)
	}
	var failed []error
	for _, e := range entries {
		dir := filepath.Join(base, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), prefix):
			failed = append(failed, reap(dir))
		case strings.HasPrefix(e.Name(), unborn) && old(e):
			failed = append(failed, os.Remove(dir)) // empty, or it would have its name
		}
	}
	return errors.Join(failed...)
}

func old(e fs.DirEntry) bool {
	info, err := e.Info()
	return err == nil && time.Since(info.ModTime()) > time.Minute
}

// reap demolishes a room whose lock nobody holds.
func reap(dir string) error {
	lock, err := hold(dir)
	if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("see whether %s is in use: %w", dir, err)
	}
	defer lock.Close()
	return demolish(dir)
}
