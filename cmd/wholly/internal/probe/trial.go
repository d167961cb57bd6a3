package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wholly-go/wholly"
)

// trials are the ones that every platform can run; own() adds the platform's.
func trials() []trial {
	return []trial{
		{ReplaceOpen, replaceOpen},
		{HardLinks, hardLinks},
		{Locks, locks},
		{Modes, modes},
		{Symlinks, symlinks},
		{Case, caseSensitive},
	}
}

// replaceOpen renames over a file that a reader has open: the reader must go
// on with the old content, the name must have the new.
func replaceOpen(dir string) (bool, string, error) {
	a, b, err := two(dir)
	if err != nil {
		return false, "", err
	}
	reader, err := os.Open(a)
	if err != nil {
		return false, "", err
	}
	defer reader.Close()
	if err := os.Rename(b, a); err != nil {
		return false, "", err
	}
	old, err := io.ReadAll(reader)
	if err != nil {
		return false, "", err
	}
	if string(old) != "a" {
		return false, "a reader of the old content lost it", nil
	}
	has, err := holds(a, "b")
	return has, "", err
}

func hardLinks(dir string) (bool, string, error) {
	a, _, err := two(dir)
	if err != nil {
		return false, "", err
	}
	second := filepath.Join(dir, "second")
	if err := os.Link(a, second); err != nil {
		return false, "", err
	}
	has, err := holds(second, "a")
	return has, "", err
}

// locks tries to update a file while it is being updated: the second must be
// told that the first has the lock.
func locks(dir string) (bool, string, error) {
	name := filepath.Join(dir, "locked")
	impatient := wholly.Policy{Wait: -1, Durability: wholly.Atomic}
	var second error
	err := impatient.Update(context.Background(), name, 0o600, func([]byte) ([]byte, error) {
		second = impatient.Update(context.Background(), name, 0o600, leave)
		return nil, wholly.ErrUnchanged
	})
	switch {
	case err != nil:
		return false, "", errors.Unwrap(err)
	case second == nil:
		return false, "two had the same lock at once", nil
	case !errors.Is(second, wholly.ErrBusy):
		return false, "", second
	}
	return true, "", nil
}

func leave([]byte) ([]byte, error) { return nil, wholly.ErrUnchanged }

func symlinks(dir string) (bool, string, error) {
	a, _, err := two(dir)
	if err != nil {
		return false, "", err
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Base(a), link); err != nil {
		return false, "", err
	}
	has, err := holds(link, "a")
	return has, "", err
}

func caseSensitive(dir string) (bool, string, error) {
	if _, _, err := two(dir); err != nil {
		return false, "", err
	}
	_, err := os.Lstat(filepath.Join(dir, "A"))
	if err == nil {
		return false, "a and A are one name", nil
	}
	return errors.Is(err, os.ErrNotExist), "", nil
}

// longestName looks for the longest name, in bytes, by halving.
func longestName(scratch string) (int, error) {
	dir, err := os.MkdirTemp(scratch, "")
	if err != nil {
		return 0, err
	}
	fits, fails := 0, 1024
	for fails-fits > 1 {
		n := (fits + fails) / 2
		name := filepath.Join(dir, strings.Repeat("n", n))
		err := os.WriteFile(name, nil, 0o600)
		if err == nil {
			err = os.Remove(name)
			fits = n
		} else if nameTooLong(err) {
			err, fails = nil, n
		}
		if err != nil {
			return 0, fmt.Errorf("find the longest name: %w", err)
		}
	}
	return fits, nil
}

// rounds is how often a cost is measured; the median is told.
const rounds = 5

// measure times what a save costs there.
func (r *Report) measure(ctx context.Context, scratch string) (err error) {
	data := make([]byte, 4096)
	name := filepath.Join(scratch, "cost")
	r.Replace, err = median(ctx, func() error {
		_, err := wholly.Policy{}.WriteFrom(ctx, name, strings.NewReader(string(data)), 0o600)
		return err
	})
	if err != nil {
		return fmt.Errorf("measure a replace: %w", err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	r.Fsync, err = median(ctx, func() error {
		_, err := f.WriteAt(data, 0)
		return errors.Join(err, f.Sync())
	})
	return err
}

func median(ctx context.Context, do func() error) (time.Duration, error) {
	var took []time.Duration
	for range rounds {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		begun := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return took[rounds/2], nil
}
