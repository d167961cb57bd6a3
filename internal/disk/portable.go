//go:build !linux && !darwin

package disk

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"syscall"
)

// The driver for every other platform, on os.Root: it has a directory handle
// wherever the system has one, and a path where not. What a system does in its
// own way is in windows.go, or in other.go and its two companions.

// rootDir is an open directory. Names are taken by root, which no name of one
// element leaves; paths of several elements start at top or, without one, may
// lead anywhere.
type rootDir struct {
	root *os.Root
	self *os.File // the same directory, for what os.Root has no call for
	top  *os.Root // what a confined directory must not leave; else nil
	path string   // of this directory: below top, or where it was when opened
}

const slash = string(filepath.Separator)

// OpenDir opens the directory path, relative to the working directory.
func OpenDir(path string) (Dir, error) {
	if path == "" {
		return nil, syscall.ENOENT
	}
	full, err := absolute(path)
	if err != nil {
		return nil, cause(err)
	}
	return openDir(full)
}

func openDir(full string) (Dir, error) {
	first, err := os.OpenRoot(full)
	if err != nil {
		info, statErr := os.Stat(full)
		return nil, notDir(err, info, statErr)
	}
	defer first.Close()
	// Opened a second time: while the first is open, Windows lets nobody
	// rename the directory.
	root, err := first.OpenRoot(".")
	if err != nil {
		return nil, cause(err)
	}
	return newDir(root, nil, full)
}

// InRoot opens the directory of root. Nothing reached through it lies outside
// of root. Closing root has no effect on it.
func InRoot(root *os.Root) (Dir, error) {
	own, err := root.OpenRoot(".")
	if err != nil {
		return nil, cause(err)
	}
	return newDir(own, own, ".")
}

// newDir takes root over, which is closed on error.
func newDir(root, top *os.Root, path string) (Dir, error) {
	self, err := root.Open(".")
	if err != nil {
		root.Close()
		return nil, cause(err)
	}
	return &rootDir{root, self, top, path}, nil
}

// notDir is err, or ENOTDIR where package os only has words for it.
func notDir(err error, info fs.FileInfo, statErr error) error {
	if statErr == nil && !info.IsDir() {
		return syscall.ENOTDIR
	}
	return cause(err)
}

// cause takes the operating system's error out of the wrapping of package os:
// the caller names operation and path itself.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	var s *os.SyscallError
	if errors.As(err, &s) {
		return s.Err
	}
	return err
}

func (d *rootDir) OpenDir(path string) (Dir, error) {
	if path == "" {
		return nil, syscall.ENOENT
	}
	if d.top != nil {
		return d.openBelow(d.path + slash + path)
	}
	if filepath.IsAbs(path) {
		return openDir(path)
	}
	root, err := d.root.OpenRoot(path)
	if err == nil {
		return newDir(root, nil, d.join(path))
	}
	// A ".." or a link may lead out of d, where only a path goes.
	if errors.Is(err, fs.ErrNotExist) || !d.inPlace() {
		return nil, cause(err)
	}
	return openDir(d.join(path))
}

func (d *rootDir) openBelow(path string) (Dir, error) {
	root, err := d.top.OpenRoot(path)
	if err != nil {
		info, statErr := d.top.Stat(path)
		return nil, notDir(err, info, statErr)
	}
	return newDir(root, d.top, path)
}

// join is path seen from d. On Windows a leading separator means the top of
// d's volume.
func (d *rootDir) join(path string) string {
	if os.IsPathSeparator(path[0]) {
		return filepath.VolumeName(d.path) + path
	}
	return d.path + slash + path
}

// inPlace reports whether d still has the path under which it was opened.
func (d *rootDir) inPlace() bool {
	mine, err := d.self.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(d.path)
	return err == nil && os.SameFile(mine, there)
}

func (d *rootDir) Readlink(name string) (string, error) {
	text, err := d.root.Readlink(name)
	return text, cause(err)
}

func (d *rootDir) Names() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		// A handle of its own: the read position belongs to it.
		f, err := d.root.Open(".")
		if err != nil {
			yield("", cause(err))
			return
		}
		defer f.Close()
		for {
			names, err := f.Readdirnames(1024)
			for _, name := range names {
				if !yield(name, nil) {
					return
				}
			}
			if len(names) == 0 {
				if err != nil && err != io.EOF {
					yield("", cause(err))
				}
				return
			}
		}
	}
}

func (d *rootDir) file(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := d.open(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &rootFile{f: f}, nil
}

func (d *rootDir) Open(name string) (File, error) { return d.file(name, os.O_RDONLY, 0) }

func (d *rootDir) OpenWrite(name string) (File, error) { return d.file(name, os.O_RDWR, 0) }

func (d *rootDir) OpenCreate(name string, perm fs.FileMode) (File, error) {
	return d.file(name, os.O_RDWR|os.O_CREATE, perm)
}

func (d *rootDir) Create(name string, perm fs.FileMode) (File, error) {
	return d.file(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
}

func (d *rootDir) Mkdir(name string, perm fs.FileMode) error {
	return cause(d.root.Mkdir(name, perm))
}

func (d *rootDir) Privileged() bool { return os.Geteuid() == 0 }

func (d *rootDir) Close() error {
	return errors.Join(cause(d.self.Close()), cause(d.root.Close()))
}

type rootFile struct {
	f      *os.File
	locked bool
}

func (f *rootFile) Read(p []byte) (int, error) {
	n, err := f.f.Read(p)
	return n, cause(err)
}

func (f *rootFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.f.ReadAt(p, off)
	return n, cause(err)
}

func (f *rootFile) Write(p []byte) (int, error) {
	n, err := f.f.Write(p)
	return n, cause(err)
}

func (f *rootFile) Seek(offset int64, whence int) (int64, error) {
	at, err := f.f.Seek(offset, whence)
	return at, cause(err)
}

func (f *rootFile) Truncate(size int64) error { return cause(f.f.Truncate(size)) }

func (f *rootFile) Chmod(mode fs.FileMode) error { return cause(f.f.Chmod(mode)) }

func (f *rootFile) Chown(uid, gid int) error { return cause(f.f.Chown(uid, gid)) }

func (f *rootFile) Sync() error { return cause(f.f.Sync()) }

func (f *rootFile) TryLock() (bool, error) {
	held, err := tryLock(f.f)
	f.locked = f.locked || held
	return held, err
}

// Close gives the lock back first: Windows would do it in its own time.
func (f *rootFile) Close() error {
	if f.locked {
		unlock(f.f)
	}
	return cause(f.f.Close())
}
