package vault

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// Forget replaces, by the present content, each earlier version that was put
// aside longer ago than Options.Forget and holds anything else than the file:
// what was logged out of is then nowhere any more. So it does, at once, with one
// that is not encrypted beside a file that is. It returns their number. A
// keeper calls it now and then; with nothing to forget it costs a read of each
// version. On an error some may have been replaced.
func (f *File) Forget(ctx context.Context) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.loaded {
		return 0, f.fail("forget", ErrNotLoaded)
	}
	return f.forgetHeld(ctx)
}

// forgetHeld is Forget of one who has the mutex.
func (f *File) forgetHeld(ctx context.Context) (n int, err error) {
	// Under the lock, so that no writer moves the versions meanwhile.
	err = f.policy(0).Update(ctx, f.path, 0o600, func(now []byte) ([]byte, error) {
		if now == nil {
			return nil, wholly.ErrUnchanged // what is gone is no logout: a version may be all there is
		}
		if n, err = f.forget(now, time.Now()); err != nil {
			return nil, err
		}
		return nil, wholly.ErrUnchanged
	})
	if _, recovered := err.(*wholly.Recovered); recovered {
		err = nil
	}
	return n, f.fail("forget", err)
}

// forget goes through the versions, newest first: one was put aside before the
// newer one was written.
func (f *File) forget(present []byte, now time.Time) (n int, err error) {
	aside := time.Time{}
	if s, err := f.decode(present); err == nil {
		aside = s.Keeper().KeptAt
	}
	for info, err := range f.policy(0).Versions(f.path) {
		if err != nil && info.Number == 0 && info.Name == "" {
			return n, err
		}
		if info.Number == 0 {
			continue
		}
		if aside.IsZero() {
			aside = info.Time
		}
		replaced, err := f.replaceVersion(info, present, now.Sub(aside) >= or(f.options.Forget, time.Hour))
		if err != nil {
			return n, fmt.Errorf("version %d: %w", info.Number, err)
		}
		if replaced {
			n++
		}
		aside = info.Time
	}
	return n, nil
}

// replaceVersion puts the present content in the place of a version that holds
// anything else and is old, or that is not encrypted while the present one is.
func (f *File) replaceVersion(info wholly.VersionInfo, present []byte, old bool) (bool, error) {
	was, err := f.version(info.Number)
	if err != nil {
		return false, err
	}
	open := Encrypted(present) && !Encrypted(was)
	if !open && (!old || f.sameContent(was, present)) {
		return false, nil
	}
	p := wholly.Policy{Private: true, Logger: f.options.Logger}
	return true, p.WriteFile(filepath.Join(f.dir(), info.Name), present, 0o600)
}

func (f *File) version(n int) ([]byte, error) {
	r, err := f.policy(0).Open(f.path, n)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// sameContent reports whether two contents hold the same, whatever a record
// says. What cannot be read may hold anything.
func (f *File) sameContent(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, errA := f.decode(a)
	y, errB := f.decode(b)
	return errA == nil && errB == nil && Encrypted(a) == Encrypted(b) &&
		storagestate.Same(x.WithoutKeeper(), y.WithoutKeeper())
}
