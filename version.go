package wholly

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"
	"time"

	"github.com/wholly-go/wholly/internal/disk"
)

// Version identifies a content: the first 128 bits of its SHA-256, as 32
// hexadecimal digits. Equal contents have equal versions.
type Version string

// VersionOf returns the version of data.
func VersionOf(data []byte) Version {
	sum := sha256.Sum256(data)
	return versionFrom(sum[:])
}

func versionFrom(sum []byte) Version { return Version(hex.EncodeToString(sum[:16])) }

// VersionInfo describes one content of a file.
type VersionInfo struct {
	Number  int       // 0 is current, 1 the newest earlier version
	Name    string    // the file that holds it, without directory
	Time    time.Time // when it was written
	Size    int64     // bytes
	Version Version
	Damage  error // why it fails the policy's Check; nil if it passes or there is none
}

// backups returns the numbers of the earlier versions that exist, in order,
// from one pass over the directory.
func (t *target) backups() ([]int, error) {
	var numbers []int
	for name, err := range t.dir.Names() {
		if err != nil {
			return nil, fmt.Errorf("list the directory: %w", err)
		}
		if n := backupNumber(t.name, name); n > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

func (t *target) versionName(n int) string {
	if n == 0 {
		return t.name
	}
	return backupName(t.name, n)
}

func (v verbs) versions(name string) iter.Seq2[VersionInfo, error] {
	return func(yield func(VersionInfo, error) bool) {
		t, err := v.resolveToRead(name)
		defer t.close()
		var numbers []int
		if err == nil {
			numbers, err = t.backups()
		}
		if err == nil && !t.exists && len(numbers) == 0 {
			err = fs.ErrNotExist
		}
		if err != nil {
			yield(VersionInfo{}, &Error{"versions", name, Old, err})
			return
		}
		if t.exists {
			numbers = append([]int{0}, numbers...)
		}
		for _, n := range numbers {
			info, err := t.describe(n, v.policy.Check)
			if err != nil {
				err = &Error{"versions", name, Old, fmt.Errorf("version %d: %w", n, err)}
			}
			if !yield(info, err) {
				return
			}
		}
	}
}

// describe reads version n once, for its Version and its check together.
func (t *target) describe(n int, check func(io.Reader) error) (VersionInfo, error) {
	v := VersionInfo{Number: n, Name: t.versionName(n)}
	f, info, err := t.openRegular(v.Name)
	if err != nil {
		return v, err
	}
	defer f.Close()
	v.Time, v.Size = info.Modified, info.Size
	sum := sha256.New()
	content := io.TeeReader(f, sum)
	if check != nil {
		v.Damage = checked(check, content, info.Size)
		if v.Damage != nil && !errors.Is(v.Damage, ErrInvalid) {
			return v, v.Damage
		}
	}
	if _, err := io.CopyBuffer(io.Discard, onlyReader{content}, make([]byte, chunk)); err != nil {
		return v, err
	}
	v.Version = versionFrom(sum.Sum(nil))
	return v, nil
}

func (v verbs) open(name string, n int) (io.ReadCloser, error) {
	t, err := v.resolveToRead(name)
	if err != nil {
		t.close()
		return nil, &Error{"open", name, Old, err}
	}
	f, _, err := t.openVersion(n)
	if err != nil {
		t.close()
		return nil, &Error{"open", name, Old, err}
	}
	return reader{f, t}, nil
}

// openVersion opens version n; one that is not there matches ErrNoVersion.
func (t *target) openVersion(n int) (disk.File, disk.Info, error) {
	if n < 0 {
		return nil, disk.Info{}, fmt.Errorf("version %d: %w", n, ErrNoVersion)
	}
	f, info, err := t.openRegular(t.versionName(n))
	if n > 0 && errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("version %d: %w", n, ErrNoVersion)
	}
	return f, info, err
}

// reader is an open version and the directory it was opened in.
type reader struct {
	disk.File
	target target
}

func (r reader) Close() error {
	err := r.File.Close()
	r.target.close()
	return err
}

func (v verbs) restore(ctx context.Context, name string, n int) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, &Error{"restore", name, Old, err}
	}
	v.policy.MkdirMode = 0
	t, err := v.resolve(name)
	defer t.close()
	if err != nil {
		return Result{}, &Error{"restore", name, Old, err}
	}
	result, err := v.restoreLocked(ctx, &t, n)
	return result, verdict("restore", name, err)
}

// restoreLocked writes version n over t, under its lock. Without a Keep in the
// policy every version that is there stays.
func (v verbs) restoreLocked(ctx context.Context, t *target, n int) (Result, error) {
	unlock, err := v.policy.lock(ctx, t)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	if n == 0 {
		return Result{}, fmt.Errorf("version 0 is the current content: %w", ErrNoVersion)
	}
	src, from, err := t.openVersion(n)
	if err != nil {
		return Result{}, err
	}
	defer src.Close()
	numbers, err := t.backups()
	if err != nil {
		return Result{}, err
	}
	p := v.policy
	if p.Keep <= 0 {
		p.Keep = numbers[len(numbers)-1] + 1
	}
	f := &File{op: "restore", policy: p, target: *t, borrowed: true, state: Old, held: true, sum: sha256.New(),
		stale: true, like: t.versionName(n), model: from}
	if err := f.open(0o600); err != nil {
		return Result{}, err
	}
	defer f.Close()
	if err := f.fill(ctx, src); err != nil {
		return Result{}, err
	}
	err = f.Commit()
	return f.result, err
}
