package wholly

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"log/slog"
	"syscall"

	"github.com/wholly-go/wholly/internal/disk"
)

// File is a replacement in the making. What is written to it is seen by nobody
// until Commit puts it in place as a whole. Close without Commit abandons it,
// so that `defer f.Close()` is right after every Create:
//
//	f, err := wholly.Create("big.bin", 0o644)
//	if err != nil {
//		return err
//	}
//	defer f.Close()
//	if _, err := io.Copy(f, r); err != nil {
//		return err
//	}
//	return f.Commit()
//
// A File is for one goroutine.
type File struct {
	op     string
	policy Policy
	target target
	temp   disk.File
	name   string    // of the temp
	info   disk.Info // of the temp when it was made
	sum    hash.Hash // of what was written; nil where nobody asks
	size   int64
	err    error // the first failed write
	over   bool  // committed or closed
	state  State // of the file
	result Result

	borrowed bool       // the target is the caller's to close
	stale    bool       // time has passed since the target was described
	held     bool       // the caller has the lock
	expect   bool       // the file must still be what was seen
	seen     *disk.Info // nil: there was no file
	placed   bool       // the temp has become the file
	like     string     // whose metadata a new file takes, if not its own
	model    disk.Info  // of like
	aside    bool       // the present content is damaged and was set aside
}

// begin resolves name and makes the temp file.
func (v verbs) begin(op, name string, perm fs.FileMode) (*File, error) {
	t, err := v.resolve(name)
	if err != nil {
		t.unmake()
		t.close()
		return nil, &Error{op, name, Old, err}
	}
	f := &File{op: op, policy: v.policy, target: t, state: Old}
	if err := f.open(perm); err != nil {
		f.leave()
		return nil, &Error{op, name, Old, err}
	}
	return f, nil
}

// open checks that the target may be replaced, before anything is created, and
// makes the temp file. For a new file the creating call carries the mode, so
// that umask and the directory's defaults apply; for an existing one the temp
// is private until the mode is known to be right.
func (f *File) open(perm fs.FileMode) error {
	if err := f.permitted(); err != nil {
		return err
	}
	if f.target.exists {
		perm = 0o600
	}
	var err error
	f.temp, f.name, f.info, err = createTemp(f.target.dir, f.policy.mode(perm))
	return err
}

// permitted reports why the target may not be replaced, as far as that can be
// told without trying.
func (f *File) permitted() error {
	t, p := &f.target, &f.policy
	if p.Keep > 0 && len(backupName(t.name, p.Keep+1)) > maxName {
		return fmt.Errorf("no room for the names of earlier versions: %w", syscall.ENAMETOOLONG)
	}
	if p.If.absent && (t.exists || t.link) {
		return ErrExists
	}
	if !t.exists {
		return nil
	}
	if err := regular(t.info); err != nil {
		return err
	}
	if t.info.MountRoot && p.Mounted == RefuseMounted {
		return errMountRoot
	}
	if t.info.Links > 1 && p.HardLinks == RefuseHardLinks && f.otherLinks() > 0 {
		return ErrHardLinks
	}
	return t.dir.Writable(t.name, t.info)
}

var errMountRoot = fmt.Errorf("%w: %w", ErrMounted, syscall.EBUSY)

// otherLinks counts the file's names besides its own and its newest backup's,
// which share the content between two steps of a write that was cut off there.
func (f *File) otherLinks() int {
	n := int(f.target.info.Links) - 1
	bak, err := f.target.dir.Lstat(backupName(f.target.name, 1))
	if err == nil && bak.Same(f.target.info) {
		n--
	}
	return n
}

func regular(info disk.Info) error {
	switch {
	case info.Mode.IsRegular():
		return nil
	case info.Mode.IsDir():
		return syscall.EISDIR
	case info.Mode&fs.ModeSymlink != 0:
		return ErrSymlink
	}
	return ErrNotRegular
}

// Write adds p to the new content. After an error the File can only be closed.
func (f *File) Write(p []byte) (int, error) {
	if f.over {
		return 0, &Error{f.op, f.target.path, f.state, ErrClosed}
	}
	if f.err != nil {
		return 0, &Error{f.op, f.target.path, Old, f.err}
	}
	n, err := writeAll(f.temp, p)
	f.size += int64(n)
	if f.sum != nil {
		f.sum.Write(p[:n])
	}
	if err != nil {
		f.err = err
		return n, &Error{f.op, f.target.path, Old, err}
	}
	return n, nil
}

// writeAll goes on after a short write: the reason, if there is one, is the
// next write's error.
func writeAll(f disk.File, p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := f.Write(p[done:])
		done += n
		if err != nil {
			return done, err
		}
		if n == 0 {
			return done, io.ErrShortWrite
		}
	}
	return done, nil
}

// Commit puts the new content in place. When it returns nil, the promise of
// the policy's Durability holds. When it returns an error, its State tells
// what is at the path, and the temp file is gone. Commit ends the File.
func (f *File) Commit() error { return f.commitWithin(context.Background()) }

// commitWithin is Commit; ctx limits the wait for the lock.
func (f *File) commitWithin(ctx context.Context) error {
	if f.over {
		return &Error{f.op, f.target.path, f.state, ErrClosed}
	}
	f.over = true
	defer f.release()
	if err := f.commit(ctx); err != nil {
		return &Error{f.op, f.target.path, f.state, err}
	}
	return nil
}

// Close abandons the replacement unless it was committed; then it does
// nothing. It always returns nil.
func (f *File) Close() error {
	if !f.over {
		f.over = true
		f.release()
	}
	return nil
}

// Result tells what Commit did; it is complete only after Commit returned nil.
func (f *File) Result() Result { return f.result }

// release drops the temp, if it did not become the file, and closes all. The
// name goes before the lock on it does.
func (f *File) release() {
	if !f.placed {
		f.target.dir.Remove(f.name)
	}
	f.temp.Close()
	f.leave()
}

// leave closes the target, and takes away what was made for nothing.
func (f *File) leave() {
	if f.borrowed {
		return
	}
	if f.state == Old {
		f.target.unmake()
	}
	f.target.close()
}

func (f *File) commit(ctx context.Context) error {
	if f.err != nil {
		return f.err
	}
	if err := f.prepare(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	unlock, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := f.stillTrue(); err != nil {
		return err
	}
	if err := f.keep(); err != nil {
		return err
	}
	if err := f.place(); err != nil {
		return err
	}
	if err := f.syncDir(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotDurable, err)
	}
	f.prune()
	f.report()
	return nil
}

// prepare makes the temp ready to take the name: content checked, metadata
// carried over, everything synced.
func (f *File) prepare() error {
	if f.stale {
		if err := f.target.refresh(); err != nil {
			return err
		}
		if err := f.permitted(); err != nil {
			return err
		}
	}
	if err := f.check(); err != nil {
		return err
	}
	f.result.Size, f.result.Created = f.size, !f.target.exists && !f.target.link
	if f.sum != nil {
		f.result.Version = versionFrom(f.sum.Sum(nil))
	}
	if err := f.carry(); err != nil {
		return err
	}
	switch {
	case f.target.exists && f.target.info.MountRoot:
		return nil // it is copied over the file, which is synced then
	case f.policy.Durability == Atomic:
		return f.temp.Flush()
	}
	return f.temp.Sync()
}

// carry carries over the metadata of the file that is replaced, or of the one
// that a missing file is restored from.
func (f *File) carry() error {
	t := &f.target
	name, info := t.name, t.info
	if !t.exists {
		name, info = f.like, f.model
	}
	if name == "" {
		return nil
	}
	dropped, err := f.policy.carry(t.dir, name, info, f.temp, f.info)
	if f.expect && errors.Is(err, fs.ErrNotExist) {
		return errRaced // removed since it was read
	}
	if err != nil {
		return err
	}
	f.result.Dropped = dropped
	if t.exists {
		f.result.OtherLinks = max(0, int(info.Links)-1)
	}
	if len(dropped) > 0 && f.policy.Strict {
		return fmt.Errorf("%w: %v", ErrNotKept, dropped)
	}
	return nil
}

// check runs the policy's Check over what was written, as it can be read back.
func (f *File) check() error {
	if f.policy.Check == nil {
		return nil
	}
	return checked(f.policy.Check, io.NewSectionReader(f.temp, 0, f.size), f.size)
}

// report tells the logger what is true now.
func (f *File) report() {
	if f.policy.Logger == nil {
		return
	}
	level := slog.LevelDebug
	if len(f.result.Dropped) > 0 {
		level = slog.LevelWarn
	}
	f.log(level, "replaced",
		slog.Int64("bytes", f.size), slog.Bool("durable", f.result.Durable),
		slog.Int("kept", f.result.Kept), slog.Any("dropped", f.result.Dropped))
}

// log passes an event to the policy's logger: names and numbers, no content.
func (f *File) log(level slog.Level, event string, attrs ...slog.Attr) {
	f.policy.log(level, event, f.target.path, attrs...)
}

func (p Policy) log(level slog.Level, event, path string, attrs ...slog.Attr) {
	if p.Logger != nil {
		attrs = append([]slog.Attr{slog.String("path", path)}, attrs...)
		p.Logger.LogAttrs(context.Background(), level, event, attrs...)
	}
}
