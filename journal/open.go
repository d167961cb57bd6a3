package journal

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"path/filepath"
	"syscall"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/internal/disk"
	"github.com/wholly-go/wholly/lock"
)

// Options say how a journal is opened. The zero value of every field is the
// safe default.
type Options struct {
	// Perm is the mode of a new file, before umask; zero is 0600.
	Perm fs.FileMode
	// MkdirMode, if not zero, makes missing parent directories with this mode,
	// before umask. OpenIn has no use for it.
	MkdirMode fs.FileMode
	// Wait limits how long Open waits for the lock; zero is 30 seconds,
	// negative does not wait. A context may end the wait earlier.
	Wait time.Duration
	// Logger, if not nil, is told what happens to the file; never a payload.
	Logger *slog.Logger
}

// Open opens the journal path for appending, and makes it if there is none. It
// holds the journal's lock until Close, or until the process dies: another Open
// fails with lock.ErrBusy when its time limit is over. A torn end is cut off;
// damage with whole records behind it is left where it is, and Records tells of
// it: a file that ends with a whole flush is not read but for that. All that
// Records yields then is on the disk, acknowledged or not. A file that is not a
// journal is refused and not touched, and so are links, directories and devices.
// Errors are of type *wholly.Error.
func Open(ctx context.Context, path string, o Options) (*Journal, error) {
	dir, err := openDir(filepath.Dir(path), o.MkdirMode)
	if err != nil {
		return nil, &wholly.Error{Op: "open", Path: path, State: wholly.Old, Err: err}
	}
	j, err := open(ctx, dir, filepath.Base(path), path, o)
	if err != nil {
		dir.Close()
		return nil, err
	}
	j.ownDir = true
	return j, nil
}

// OpenIn is Open for the file name, one path element, in an open directory,
// which must stay open until Close.
func OpenIn(ctx context.Context, dir disk.Dir, name string, o Options) (*Journal, error) {
	return open(ctx, dir, name, name, o)
}

func openDir(path string, mkdir fs.FileMode) (disk.Dir, error) {
	if mkdir != 0 {
		made, err := wholly.Policy{MkdirMode: mkdir}.OpenDir(path)
		if err != nil {
			return nil, cause(err)
		}
		made.Close()
	}
	return disk.OpenDir(path)
}

func open(ctx context.Context, dir disk.Dir, name, path string, o Options) (*Journal, error) {
	j := &Journal{path: path, dir: dir, name: name, options: o, turn: make(chan struct{}, 1)}
	err := j.open(ctx)
	if err != nil {
		j.release()
		return nil, j.fail("open", wholly.Old, err)
	}
	return j, nil
}

func (j *Journal) open(ctx context.Context) (err error) {
	if !filepath.IsLocal(j.name) || filepath.Base(j.name) != j.name || j.name == "." {
		return fmt.Errorf("%w: not the name of a file", syscall.EINVAL)
	}
	if err := regular(j.dir, j.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if j.unlock, err = lock.In(ctx, j.dir, lockName(j.name), j.options.Wait); err != nil {
		return err
	}
	if j.file, err = openFile(j.dir, j.name, true); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if j.file == nil {
		return j.create()
	}
	return j.recover()
}

// create makes the journal, or makes it anew where a crash left an empty or torn
// header. The file appears with its header whole.
func (j *Journal) create() error {
	perm := j.options.Perm
	if perm == 0 {
		perm = 0o600
	}
	j.opened.Empty = true
	j.header, j.next, j.end = newHeader(1), 1, start
	policy := wholly.Policy{Links: wholly.Refuse, Logger: j.options.Logger}
	if err := policy.DirOn(j.dir).WriteFile(j.name, j.header.encode(), perm); err != nil {
		return cause(err)
	}
	return j.reopen()
}

// recover finds the end of the journal, cuts off what lies behind it, and makes
// sure of what lies before.
func (j *Journal) recover() error {
	s, damaged, err := newScanner(j.path, j.file)
	if errors.Is(err, errFresh) {
		return j.create()
	}
	if err != nil {
		return err
	}
	j.opened.Damaged = len(damaged)
	if err := s.ending(); err != nil {
		return err
	}
	last := s.tail.off
	if s.tail != (tail{}) {
		s.off, s.last = s.tail.end, s.tail.last
	} else if last, err = j.scan(s); err != nil {
		return err
	}
	j.header, j.end, j.next = s.header, s.off, max(s.header.floor, s.last+1)
	if s.last == math.MaxUint64 {
		j.next = 0
	}
	j.opened.Cut = s.w.size - s.off
	if err := j.settle(last); err != nil && j.repair(err) != wholly.Old {
		return j.broken
	}
	if j.opened.Cut > 0 {
		j.log(slog.LevelWarn, "torn end cut off", slog.Int64("bytes", j.opened.Cut), slog.Int64("size", j.end))
	}
	return nil
}

// scan reads the whole file to find its end, and where its last flush begins.
func (j *Journal) scan(s *scanner) (flush int64, err error) {
	j.opened.Scanned = true
	last := flushOf{off: start}
	for {
		r, damage, err := s.next()
		switch {
		case err == io.EOF:
			j.opened.Empty = j.opened.Records == 0
			return last.off, nil
		case err != nil:
			return 0, err
		case damage != nil:
			j.opened.Damaged++
			j.log(slog.LevelWarn, "damaged", slog.Int64("from", damage.From), slog.Int64("to", damage.To),
				slog.Uint64("first", damage.FirstSeq), slog.Uint64("last", damage.LastSeq))
		default:
			j.opened.Records++
			last.take(r)
		}
	}
}

// flushOf finds where the last flush begins.
type flushOf struct {
	first uint64
	off   int64
}

func (f *flushOf) take(r record) {
	if r.first() != f.first {
		f.first, f.off = r.first(), r.off
	}
}

const (
	lockSuffix = ".wholly-lock"
	maxName    = 255 // bytes, on every common file system
)

// lockName is the name of the lock that the verbs of wholly take for the file
// name, so that they and the journal exclude each other, and Sweep knows it.
func lockName(name string) string {
	if len(name)+1+len(lockSuffix) <= maxName {
		return "." + name + lockSuffix
	}
	h := fnv.New128a()
	h.Write([]byte(name))
	return fmt.Sprintf(".%x%s", h.Sum(nil), lockSuffix)
}
