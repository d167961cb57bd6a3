//go:build linux || darwin

package disk

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// The driver for kernels with the *at calls: everything goes by descriptor,
// so that a directory is the same directory for the whole of a write.

// unixDir is a directory by descriptor. Where root is set, paths of several
// elements are resolved by it, from path: links cannot leave the root.
type unixDir struct {
	fd   int
	root *os.Root
	path string // of this directory, below root
}

type unixFile struct{ fd int }

const dirFlags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC

// OpenDir opens the directory path, relative to the working directory.
func OpenDir(path string) (Dir, error) {
	fd, err := openat(unix.AT_FDCWD, path, dirFlags, 0)
	if err != nil {
		return nil, err
	}
	return &unixDir{fd: fd}, nil
}

// InRoot opens the directory of root. Nothing reached through it lies outside
// of root. Closing root has no effect on it.
func InRoot(root *os.Root) (Dir, error) {
	own, err := root.OpenRoot(".")
	if err != nil {
		return nil, cause(err)
	}
	fd, err := descriptor(own)
	if err != nil {
		own.Close()
		return nil, err
	}
	return &unixDir{fd: fd, root: own, path: "."}, nil
}

// descriptor returns a descriptor of its own for root's directory.
func descriptor(root *os.Root) (int, error) {
	f, err := root.Open(".")
	if err != nil {
		return -1, cause(err)
	}
	defer f.Close()
	raw, err := f.SyscallConn()
	if err != nil {
		return -1, err
	}
	fd := -1
	var dupErr error
	if err := raw.Control(func(have uintptr) {
		fd, dupErr = unix.FcntlInt(have, unix.F_DUPFD_CLOEXEC, 0)
	}); err != nil {
		return -1, err
	}
	return fd, dupErr
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
	return err
}

func openat(dir int, name string, flags int, perm uint32) (int, error) {
	for {
		fd, err := unix.Openat(dir, name, flags|unix.O_CLOEXEC, perm)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

func (d *unixDir) OpenDir(path string) (Dir, error) {
	if d.root == nil {
		fd, err := openat(d.fd, path, dirFlags, 0)
		if err != nil {
			return nil, err
		}
		return &unixDir{fd: fd}, nil
	}
	below := d.path + "/" + path
	sub, err := d.root.OpenRoot(below)
	if err != nil {
		// os.Root has an error of its own for what is no directory.
		if info, statErr := d.root.Stat(below); statErr == nil && !info.IsDir() {
			return nil, unix.ENOTDIR
		}
		return nil, cause(err)
	}
	defer sub.Close()
	fd, err := descriptor(sub)
	if err != nil {
		return nil, err
	}
	return &unixDir{fd: fd, root: d.root, path: below}, nil
}

func (d *unixDir) Stat(name string) (Info, error) {
	if d.root == nil {
		return stat(d.fd, name, 0)
	}
	fi, err := d.root.Stat(d.path + "/" + name)
	if err != nil {
		return Info{}, cause(err)
	}
	st, ok := fi.Sys().(*unixStat)
	if !ok {
		return Info{}, ErrUnsupported
	}
	return infoFrom(st), nil
}

func (d *unixDir) Lstat(name string) (Info, error) {
	return stat(d.fd, name, unix.AT_SYMLINK_NOFOLLOW)
}

func (d *unixDir) Readlink(name string) (string, error) {
	buf := make([]byte, 4096)
	for {
		n, err := unix.Readlinkat(d.fd, name, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return "", err
		}
		if n < len(buf) {
			return string(buf[:n]), nil
		}
		buf = make([]byte, 2*len(buf))
	}
}

func (d *unixDir) Names() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		// A descriptor of its own: the read position belongs to it.
		fd, err := openat(d.fd, ".", dirFlags, 0)
		if err != nil {
			yield("", err)
			return
		}
		f := os.NewFile(uintptr(fd), ".")
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

// existing are the flags for a file that must be there: no link is followed,
// and a FIFO does not make the caller wait.
const existing = unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY

func (d *unixDir) file(name string, flags int, perm fs.FileMode) (File, error) {
	fd, err := openName(d.fd, name, flags, perm)
	if err != nil {
		return nil, err
	}
	return &unixFile{fd}, nil
}

func (d *unixDir) Open(name string) (File, error) {
	return d.file(name, unix.O_RDONLY|existing, 0)
}

func (d *unixDir) OpenWrite(name string) (File, error) {
	return d.file(name, unix.O_RDWR|existing, 0)
}

func (d *unixDir) OpenCreate(name string, perm fs.FileMode) (File, error) {
	return d.file(name, unix.O_RDWR|unix.O_CREAT|existing, perm)
}

func (d *unixDir) Create(name string, perm fs.FileMode) (File, error) {
	return d.file(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW, perm)
}

func (d *unixDir) Mkdir(name string, perm fs.FileMode) error {
	return retry(func() error { return unix.Mkdirat(d.fd, name, bits(perm)) })
}

func (d *unixDir) Rename(from, to string) error { return rename(d.fd, from, to, 0) }

func (d *unixDir) Link(from, to string) error {
	return retry(func() error { return unix.Linkat(d.fd, from, d.fd, to, 0) })
}

func (d *unixDir) Remove(name string) error {
	return retry(func() error { return unix.Unlinkat(d.fd, name, 0) })
}

func (d *unixDir) RemoveDir(name string) error {
	return retry(func() error { return unix.Unlinkat(d.fd, name, unix.AT_REMOVEDIR) })
}

func (d *unixDir) Attrs(name string) ([]Attr, error) { return namedAttrs(d.fd, name) }

func (d *unixDir) Writable(name string, info Info) error {
	euid := unix.Geteuid()
	// The owner's bits decide for the owner, ACL or not: no call needed.
	if euid == 0 || int(info.UID) == euid && info.Mode&0o200 != 0 {
		return nil
	}
	return retry(func() error { return unix.Faccessat(d.fd, name, unix.W_OK, unix.AT_EACCESS) })
}

func (d *unixDir) Privileged() bool { return unix.Geteuid() == 0 }

func (d *unixDir) Close() error {
	if d.root != nil && d.path == "." {
		d.root.Close()
	}
	return unix.Close(d.fd)
}

func (f *unixFile) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(f.fd, p)
		if err != unix.EINTR {
			return readResult(n, len(p), err)
		}
	}
}

func (f *unixFile) ReadAt(p []byte, off int64) (int, error) {
	got := 0
	for got < len(p) {
		n, err := unix.Pread(f.fd, p[got:], off+int64(got))
		if err == unix.EINTR {
			continue
		}
		if n, err = readResult(n, len(p)-got, err); err != nil {
			return got, err
		}
		got += n
	}
	return got, nil
}

func (f *unixFile) Write(p []byte) (int, error) {
	for {
		n, err := unix.Write(f.fd, p)
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

func (f *unixFile) Stat() (Info, error) { return fstat(f.fd) }

func (f *unixFile) Seek(offset int64, whence int) (int64, error) {
	return unix.Seek(f.fd, offset, whence)
}

func (f *unixFile) Truncate(size int64) error {
	return retry(func() error { return unix.Ftruncate(f.fd, size) })
}

func (f *unixFile) Chmod(mode fs.FileMode) error {
	return retry(func() error { return unix.Fchmod(f.fd, bits(mode)) })
}

func (f *unixFile) Chown(uid, gid int) error {
	return retry(func() error { return unix.Fchown(f.fd, uid, gid) })
}

func (f *unixFile) Attrs() ([]Attr, error) {
	return readAttrs(
		func(buf []byte) (int, error) { return unix.Flistxattr(f.fd, buf) },
		func(name string, buf []byte) (int, error) { return unix.Fgetxattr(f.fd, name, buf) })
}

func (f *unixFile) SetAttr(name string, value []byte) error {
	return retry(func() error { return unix.Fsetxattr(f.fd, name, value, 0) })
}

func (f *unixFile) RemoveAttr(name string) error {
	return retry(func() error { return unix.Fremovexattr(f.fd, name) })
}

func (f *unixFile) TryLock() (bool, error) {
	err := retry(func() error { return unix.Flock(f.fd, unix.LOCK_EX|unix.LOCK_NB) })
	switch err {
	case nil:
		return true, nil
	case unix.EWOULDBLOCK:
		return false, nil
	case unix.ENOLCK, unix.ENOSYS, unix.EOPNOTSUPP:
		return false, errors.Join(ErrUnsupported, err)
	}
	return false, err
}

// Flush closes a duplicate: network file systems report a failed write when a
// descriptor is closed, any descriptor, and this one must stay open to keep
// its lock.
func (f *unixFile) Flush() error {
	fd, err := unix.FcntlInt(uintptr(f.fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

func (f *unixFile) Close() error { return unix.Close(f.fd) }

func readResult(n, want int, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	if n == 0 && want > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// retry repeats a call that a signal interrupted before it did anything. It is
// not for fsync: an interrupted one has failed.
func retry(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

// bits is mode as chmod(2) wants it.
func bits(mode fs.FileMode) uint32 {
	b := uint32(mode.Perm())
	if mode&fs.ModeSetuid != 0 {
		b |= unix.S_ISUID
	}
	if mode&fs.ModeSetgid != 0 {
		b |= unix.S_ISGID
	}
	if mode&fs.ModeSticky != 0 {
		b |= unix.S_ISVTX
	}
	return b
}

// modeFrom is the reverse of bits, with the type.
func modeFrom(b uint32) fs.FileMode {
	mode := fs.FileMode(b & 0o777)
	switch b & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		mode |= fs.ModeDir
	case unix.S_IFLNK:
		mode |= fs.ModeSymlink
	case unix.S_IFIFO:
		mode |= fs.ModeNamedPipe
	case unix.S_IFSOCK:
		mode |= fs.ModeSocket
	case unix.S_IFCHR:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case unix.S_IFBLK:
		mode |= fs.ModeDevice
	default:
		mode |= fs.ModeIrregular
	}
	if b&unix.S_ISUID != 0 {
		mode |= fs.ModeSetuid
	}
	if b&unix.S_ISGID != 0 {
		mode |= fs.ModeSetgid
	}
	if b&unix.S_ISVTX != 0 {
		mode |= fs.ModeSticky
	}
	return mode
}

func unixTime(sec, nsec int64) time.Time { return time.Unix(sec, nsec) }
