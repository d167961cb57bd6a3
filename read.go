package wholly

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"

	"github.com/wholly-go/wholly/internal/disk"
)

func (v verbs) readFile(name string) ([]byte, error) {
	t, err := v.resolveToRead(name)
	defer t.close()
	if err != nil {
		return nil, &Error{"read", name, Old, err}
	}
	data, _, err := t.read(t.name, v.policy.Check)
	if err == nil {
		return data, nil
	}
	if !errors.Is(err, ErrInvalid) || v.policy.Strict {
		return nil, &Error{"read", name, Old, err}
	}
	unlock, lockErr := v.policy.lock(context.Background(), &t)
	if lockErr == nil {
		defer unlock()
	}
	data, err = v.recover(&t, lockErr)
	if _, recovered := err.(*Recovered); err == nil || recovered {
		return data, err
	}
	return nil, &Error{"read", name, Old, err}
}

// resolveFrom is resolve for a file that is to be looked at: nothing is made.
func (v verbs) resolveFrom(name string) (target, error) {
	v.policy.MkdirMode = 0
	if v.policy.Links == Replace {
		v.policy.Links = Follow // what a reader sees under the name
	}
	return v.resolve(name)
}

// resolveToRead is resolve for a file that is to be read: nothing is made, and
// a half-done writing in place is undone first.
func (v verbs) resolveToRead(name string) (target, error) {
	t, err := v.resolveFrom(name)
	if err != nil {
		return t, err
	}
	if v.policy.Mounted == InPlace {
		if err := t.undo(v.policy); err != nil {
			return t, err
		}
	}
	return t, nil
}

// openRegular opens name in t's directory; anything but a regular file is
// refused before it is opened.
func (t *target) openRegular(name string) (disk.File, disk.Info, error) {
	info, err := t.dir.Lstat(name)
	if err != nil {
		return nil, info, err
	}
	if err := regular(info); err != nil {
		return nil, info, err
	}
	f, err := t.dir.Open(name)
	if err != nil {
		return nil, info, err
	}
	if info, err = f.Stat(); err == nil {
		err = regular(info)
	}
	if err != nil {
		f.Close()
		return nil, info, err
	}
	return f, info, nil
}

// read returns the content of name. If check refuses it, the content is
// returned with an error that matches ErrInvalid.
func (t *target) read(name string, check func(io.Reader) error) ([]byte, disk.Info, error) {
	f, info, err := t.openRegular(name)
	if err != nil {
		return nil, info, err
	}
	defer f.Close()
	data := make([]byte, 0, info.Size+1) // one more, to see the end without growing
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, info, err
		}
		if len(data) == cap(data) {
			data = slices.Grow(data, chunk)
		}
	}
	if check == nil {
		return data, info, nil
	}
	return data, info, verdictOf(check(memory{bytes.NewReader(data), data}))
}

// memory is a content that is in memory as a whole, as Policy.Check promises.
type memory struct {
	*bytes.Reader
	data []byte
}

func (m memory) Bytes() []byte { return m.data }

// verify is read without keeping the content.
func (t *target) verify(name string, check func(io.Reader) error) error {
	f, info, err := t.openRegular(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return checked(check, f, info.Size)
}

// version returns the version of the present content, "" if there is no file.
func (t *target) version() (Version, disk.Info, error) {
	f, info, err := t.openRegular(t.name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", info, nil
	}
	if err != nil {
		return "", info, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, onlyReader{f}, make([]byte, chunk)); err != nil {
		return "", info, err
	}
	return versionFrom(sum.Sum(nil)), info, nil
}

type onlyReader struct{ io.Reader }

// verdictOf marks what a check has found with ErrInvalid.
func verdictOf(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

// checked is the verdict of check over r's size bytes. A disk that cannot be
// read is not a verdict about the content.
func checked(check func(io.Reader) error, r io.Reader, size int64) error {
	watched := &failures{r: r, size: size}
	err := check(watched)
	if watched.err != nil {
		return watched.err
	}
	return verdictOf(err)
}

// failures passes reads on and remembers the first that failed.
type failures struct {
	r    io.Reader
	size int64
	err  error
}

// Size is what Policy.Check promises.
func (f *failures) Size() int64 { return f.size }

func (f *failures) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && err != io.EOF && f.err == nil {
		f.err = err
	}
	return n, err
}

// recover reads t under its lock and, if the content is damaged, puts the
// newest good version in its place. With lockErr there is no lock: the good
// content is served, but nothing on the disk is touched.
func (v verbs) recover(t *target, lockErr error) ([]byte, error) {
	data, _, rec, err := v.salvage(t, lockErr)
	if rec == nil {
		return data, err
	}
	if rec.Repair == nil {
		rec.Repair = v.mend(t, data)
	}
	return data, rec
}

// salvage reads t and, if the content is damaged, finds the newest good
// version and sets the damaged one aside; rec tells. The file itself is left
// to the caller, who has the lock unless there is a lockErr.
func (v verbs) salvage(t *target, lockErr error) (data []byte, info disk.Info, rec *Recovered, err error) {
	data, info, damage := t.read(t.name, v.policy.Check)
	if damage == nil || !errors.Is(damage, ErrInvalid) {
		return data, info, nil, damage // mended meanwhile, or not readable
	}
	from, good, err := t.newestGood(v.policy.Check)
	if err != nil {
		return nil, info, nil, fmt.Errorf("%w: %w", err, damage)
	}
	rec = &Recovered{Path: t.path, Version: VersionOf(good), From: from, Damage: damage, Repair: lockErr}
	if lockErr == nil {
		rec.SetAside, rec.Repair = t.setAside(v.policy, damage)
	}
	v.policy.log(slog.LevelWarn, "recovered from an earlier version", t.path, slog.String("from", from),
		slog.Any("damage", damage), slog.Any("repair", rec.Repair))
	return good, info, rec, nil
}

// newestGood returns the newest earlier version that passes check.
func (t *target) newestGood(check func(io.Reader) error) (from string, data []byte, err error) {
	numbers, err := t.backups()
	if err != nil {
		return "", nil, err
	}
	for _, n := range numbers {
		name := backupName(t.name, n)
		if data, _, err := t.read(name, check); err == nil {
			return name, data, nil
		}
	}
	return "", nil, ErrNoGoodVersion
}

// mend replaces damaged content, which was set aside, by good. The present
// metadata stays. The caller has the lock.
func (v verbs) mend(t *target, good []byte) error {
	p := v.policy
	p.Keep, p.If, p.HardLinks = 0, Condition{}, BreakHardLinks
	f := &File{op: "recover", policy: p, target: *t, borrowed: true, state: Old, held: true, stale: true}
	return f.replace(good, 0o600)
}
