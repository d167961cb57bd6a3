package wholly

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/wholly-go/wholly/internal/disk"
	"github.com/wholly-go/wholly/lock"
)

const (
	backupSuffix = ".bak"
	badSuffix    = ".bad-"
	maxSetAside  = 5 // damaged contents kept per file
)

// backupName returns the name of earlier version n of the file name.
func backupName(name string, n int) string {
	if n == 1 {
		return name + backupSuffix
	}
	return name + backupSuffix + "." + strconv.Itoa(n)
}

// backupNumber is the reverse of backupName; 0 means that it is none.
func backupNumber(name, backup string) int {
	rest, ok := strings.CutPrefix(backup, name+backupSuffix)
	if !ok {
		return 0
	}
	if rest == "" {
		return 1
	}
	n, err := strconv.Atoi(strings.TrimPrefix(rest, "."))
	if err != nil || n < 2 || backupName(name, n) != backup {
		return 0
	}
	return n
}

// lock takes the file's lock, if this write depends on what others do.
func (f *File) lock(ctx context.Context) (unlock func(), err error) {
	p := &f.policy
	if f.held || p.Keep <= 0 && p.If == (Condition{}) && p.Mounted == RefuseMounted {
		return func() {}, nil
	}
	return f.policy.lock(ctx, &f.target)
}

func (p Policy) lock(ctx context.Context, t *target) (unlock func(), err error) {
	unlock, err = lock.In(ctx, t.dir, lockName(t.name), p.Wait)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	return unlock, nil
}

// errRaced: a writer without the lock came between reading and replacing.
var errRaced = fmt.Errorf("%w while this write was prepared", ErrChanged)

// stillTrue checks, under the lock, that the file is what the write is about.
func (f *File) stillTrue() error {
	if seen := f.policy.If.seen; seen != "" {
		now, info, err := f.target.version()
		if err != nil {
			return err
		}
		if now != seen {
			return ErrChanged
		}
		f.seen, f.expect = &info, true
	}
	if !f.expect {
		return nil
	}
	now, err := f.target.dir.Lstat(f.target.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if f.seen != nil {
			return errRaced
		}
	case err != nil:
		return err
	case f.seen == nil || !unchanged(*f.seen, now):
		return errRaced
	}
	return nil
}

func unchanged(a, b disk.Info) bool {
	return a.Same(b) && a.Size == b.Size && a.Modified.Equal(b.Modified)
}

// keep makes the present content the newest earlier version: by a second name
// for it, so that the file is not missing for a moment. The older ones move up
// first, the oldest before all. Content that fails its check is set aside and
// never becomes a version.
func (f *File) keep() error {
	t := &f.target
	if f.policy.Keep <= 0 || t.link {
		return nil
	}
	if f.aside {
		return f.countKept(nil)
	}
	now, err := t.dir.Lstat(t.name)
	if errors.Is(err, fs.ErrNotExist) {
		return f.countKept(nil)
	}
	if bak, e := t.dir.Lstat(backupName(t.name, 1)); err == nil && e == nil && bak.Same(now) {
		return f.countKept(t.narrow(f.policy, backupName(t.name, 1))) // by a write that got this far and no further
	}
	if f.policy.Check != nil {
		err = t.verify(t.name, f.policy.Check)
		if errors.Is(err, ErrInvalid) {
			_, err := t.setAside(f.policy, err)
			return f.countKept(err)
		}
		if err != nil {
			return fmt.Errorf("check the earlier version: %w", err)
		}
	}
	if err := t.shift(f.policy); err != nil {
		return fmt.Errorf("move earlier versions up: %w", err)
	}
	if err := t.duplicate(f.policy, backupName(t.name, 1)); err != nil {
		return fmt.Errorf("keep the earlier version: %w", err)
	}
	return f.countKept(nil)
}

func (f *File) countKept(err error) error {
	for n := 1; err == nil && n <= f.policy.Keep; n++ {
		if _, e := f.target.dir.Lstat(backupName(f.target.name, n)); e == nil {
			f.result.Kept++
		}
	}
	return err
}

// shift moves earlier versions up by one, from the oldest end, as far as the
// first gap. Afterwards there is no version 1. A crash in between leaves a gap
// in the numbers. With all of keep in place one more than keep exists until
// the commit.
func (t *target) shift(p Policy) error {
	gap := 1
	for ; gap <= p.Keep; gap++ {
		info, err := t.dir.Lstat(backupName(t.name, gap))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err == nil {
			err = regular(info)
		}
		if err == nil {
			err = t.narrow(p, backupName(t.name, gap))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", backupName(t.name, gap), err)
		}
	}
	for n := gap; n > 1; n-- {
		if err := t.dir.Rename(backupName(t.name, n-1), backupName(t.name, n)); err != nil {
			return err
		}
	}
	return nil
}

// duplicate gives the present content the second name to, which must be free.
// Where there are no hard links the content is copied; so it is where the file
// may be written in place, which would change what a link shows, and where the
// mode that a link shares is wider than the policy wants.
func (t *target) duplicate(p Policy, to string) error {
	private, err := t.isPrivate(p, t.name)
	if err != nil {
		return err
	}
	if p.Mounted == InPlace || !private {
		return t.copyTo(p, to)
	}
	err = t.dir.Link(t.name, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if refused(err) || errors.Is(err, syscall.EMLINK) {
		return t.copyTo(p, to)
	}
	return err
}

// copyTo makes to, which must be free, a synced copy of the file.
func (t *target) copyTo(p Policy, to string) error {
	if _, err := t.dir.Lstat(to); err == nil {
		return fs.ErrExist
	}
	return t.copyOver(p, t.name, to)
}

// copyOver puts a synced copy of the file from, metadata included, in the place
// of to.
func (t *target) copyOver(p Policy, from, to string) (err error) {
	src, err := t.dir.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return err
	}
	temp, name, mine, err := createTemp(t.dir, 0o600)
	if err != nil {
		return err
	}
	defer temp.Close()
	defer func() {
		if err != nil {
			t.dir.Remove(name)
		}
	}()
	if _, err := io.CopyBuffer(onlyWriter{temp}, src, make([]byte, chunk)); err != nil {
		return err
	}
	if _, err := p.carry(t.dir, from, info, temp, mine); err != nil {
		return err
	}
	if err := temp.Sync(); err != nil {
		return err
	}
	return t.dir.Rename(name, to)
}

// onlyWriter completes short writes.
type onlyWriter struct{ f disk.File }

func (w onlyWriter) Write(p []byte) (int, error) { return writeAll(w.f, p) }

// prune removes earlier versions beyond the number to keep, the oldest first.
// It comes after the commit; what a crash leaves, the next write removes.
func (f *File) prune() {
	keep, t := f.policy.Keep, &f.target
	if keep <= 0 {
		return
	}
	last := keep
	for {
		if _, err := t.dir.Lstat(backupName(t.name, last+1)); err != nil {
			break
		}
		last++
	}
	for n := last; n > keep; n-- {
		if err := t.dir.Remove(backupName(t.name, n)); err != nil {
			f.log(slog.LevelWarn, "earlier version could not be removed",
				slog.String("version", backupName(t.name, n)), slog.Any("error", err))
			return
		}
	}
}

// setAside gives the damaged content a second name, which no later one takes
// over, and makes that durable. It returns the name.
func (t *target) setAside(p Policy, damage error) (string, error) {
	stem := t.name + badSuffix + time.Now().UTC().Format("20060102T150405.000000000Z")
	name := stem
	for n := 2; ; n++ {
		err := t.duplicate(p, name)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) || n > 1000 {
			return "", fmt.Errorf("set the damaged content aside: %w", err)
		}
		name = stem + "-" + strconv.Itoa(n)
	}
	if err := t.dir.Sync(); err != nil && !errors.Is(err, disk.ErrUnsupported) {
		return "", fmt.Errorf("set the damaged content aside: %w", err)
	}
	p.log(slog.LevelWarn, "damaged content set aside", t.path,
		slog.String("as", name), slog.Any("damage", damage))
	t.pruneSetAside()
	return name, nil
}

// pruneSetAside removes the oldest damaged contents beyond a small number.
func (t *target) pruneSetAside() {
	var bad []string
	for name, err := range t.dir.Names() {
		if err != nil {
			return
		}
		if strings.HasPrefix(name, t.name+badSuffix) {
			bad = append(bad, name)
		}
	}
	slices.Sort(bad)
	for len(bad) > maxSetAside {
		t.dir.Remove(bad[0])
		bad = bad[1:]
	}
}
