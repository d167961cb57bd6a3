package disk

import (
	"errors"
	"io/fs"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

type unixStat = syscall.Stat_t

// noAttr is the errno for an attribute that is not there.
const noAttr = unix.ENODATA

// The calls of the hot path are made directly: a name of one element fits into
// an array on the stack, where the general wrappers allocate one each time.

// element is a single name as the kernel wants it.
type element [unix.NAME_MAX + 1]byte

func (e *element) set(name string) error {
	if len(name) >= len(e) {
		return unix.ENAMETOOLONG
	}
	for i := range len(name) {
		if name[i] == 0 {
			return unix.EINVAL
		}
		e[i] = name[i]
	}
	return nil
}

func openName(dir int, name string, flags int, perm fs.FileMode) (int, error) {
	var e element
	if err := e.set(name); err != nil {
		return -1, err
	}
	for {
		fd, _, errno := unix.Syscall6(unix.SYS_OPENAT, uintptr(dir), uintptr(unsafe.Pointer(&e[0])),
			uintptr(flags|unix.O_CLOEXEC|unix.O_LARGEFILE), uintptr(bits(perm)), 0, 0)
		switch errno {
		case 0:
			return int(fd), nil
		case unix.EINTR:
		default:
			return -1, errno
		}
	}
}

const statMask = unix.STATX_BASIC_STATS

func stat(dir int, name string, flags int) (Info, error) {
	var e element
	if err := e.set(name); err != nil {
		return Info{}, err
	}
	return statx(dir, &e, flags)
}

func fstat(fd int) (Info, error) {
	var empty element
	return statx(fd, &empty, unix.AT_EMPTY_PATH)
}

func statx(dir int, e *element, flags int) (Info, error) {
	var sx unix.Statx_t
	for {
		_, _, errno := unix.Syscall6(unix.SYS_STATX, uintptr(dir), uintptr(unsafe.Pointer(&e[0])),
			uintptr(flags), statMask, uintptr(unsafe.Pointer(&sx)), 0)
		switch errno {
		case 0:
			return infoFromStatx(&sx), nil
		case unix.EINTR:
		case unix.ENOSYS, unix.EPERM: // an old kernel, or a filter that does not know statx
			return oldStat(dir, e, flags, errno)
		default:
			return Info{}, errno
		}
	}
}

func oldStat(dir int, e *element, flags int, errno error) (Info, error) {
	var st unix.Stat_t
	if err := unix.Fstatat(dir, unix.ByteSliceToString(e[:]), &st, flags); err != nil {
		return Info{}, errno
	}
	return infoFrom((*unixStat)(unsafe.Pointer(&st))), nil
}

func infoFromStatx(sx *unix.Statx_t) Info {
	return Info{
		Mode:      modeFrom(uint32(sx.Mode)),
		Size:      int64(sx.Size),
		UID:       sx.Uid,
		GID:       sx.Gid,
		Dev:       unix.Mkdev(sx.Dev_major, sx.Dev_minor),
		Ino:       sx.Ino,
		Links:     uint64(sx.Nlink),
		Modified:  unixTime(sx.Mtime.Sec, int64(sx.Mtime.Nsec)),
		Changed:   unixTime(sx.Ctime.Sec, int64(sx.Ctime.Nsec)),
		MountRoot: sx.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0,
	}
}

func infoFrom(st *unixStat) Info {
	return Info{
		Mode:     modeFrom(st.Mode),
		Size:     st.Size,
		UID:      st.Uid,
		GID:      st.Gid,
		Dev:      st.Dev,
		Ino:      st.Ino,
		Links:    uint64(st.Nlink),
		Modified: unixTime(st.Mtim.Unix()),
		Changed:  unixTime(st.Ctim.Unix()),
	}
}

func rename(dir int, from, to string, flags uint) error {
	var a, b element
	if err := errors.Join(a.set(from), b.set(to)); err != nil {
		return err
	}
	for {
		_, _, errno := unix.Syscall6(unix.SYS_RENAMEAT2, uintptr(dir), uintptr(unsafe.Pointer(&a[0])),
			uintptr(dir), uintptr(unsafe.Pointer(&b[0])), uintptr(flags), 0)
		switch {
		case errno == 0:
			return nil
		case errno == unix.EINTR:
		case errno == unix.ENOSYS && flags == 0:
			return unix.Renameat(dir, from, dir, to)
		default:
			return errno
		}
	}
}

// RenameNew uses RENAME_NOREPLACE. EINVAL is how NFS and older ZFS say that
// they do not have it.
func (d *unixDir) RenameNew(from, to string) error {
	err := rename(d.fd, from, to, unix.RENAME_NOREPLACE)
	if err == unix.EINVAL || err == unix.ENOSYS {
		return errors.Join(ErrUnsupported, err)
	}
	return err
}

// Sync is fsync(2) on the directory. EINVAL and ENOTSUP mean that the file
// system has no such thing; EIO and every other error are failures.
func (d *unixDir) Sync() error {
	err := unix.Fsync(d.fd)
	if err == unix.EINVAL {
		return errors.Join(ErrUnsupported, err)
	}
	return err
}

func (f *unixFile) Sync() error { return unix.Fsync(f.fd) }

// namedAttrs goes through /proc, which needs no permission to open the file.
// Without /proc the file itself is opened.
func namedAttrs(dir int, name string) ([]Attr, error) {
	n, err := countAttrs(dir, name)
	if err == nil && n == 0 || err == unix.ENOTSUP || err == unix.ENOSYS {
		return nil, nil
	}
	if err == nil {
		path := procPath(dir) + name
		return readAttrs(
			func(buf []byte) (int, error) { return unix.Llistxattr(path, buf) },
			func(name string, buf []byte) (int, error) { return unix.Lgetxattr(path, name, buf) })
	}
	if err != unix.ENOENT {
		return nil, err
	}
	fd, err := openName(dir, name, unix.O_RDONLY|existing, 0)
	if err != nil {
		return nil, err
	}
	f := &unixFile{fd}
	defer f.Close()
	return f.Attrs()
}

func procPath(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) + "/" }

// countAttrs returns the length of the list of names: zero for most files.
func countAttrs(dir int, name string) (int, error) {
	var path [len("/proc/self/fd/") + 20 + unix.NAME_MAX + 1]byte
	p := append(path[:0], "/proc/self/fd/"...)
	p = append(strconv.AppendInt(p, int64(dir), 10), '/')
	if len(p)+len(name) >= len(path) {
		return 0, unix.ENAMETOOLONG
	}
	copy(path[len(p):], name)
	for {
		n, _, errno := unix.Syscall(unix.SYS_LLISTXATTR, uintptr(unsafe.Pointer(&path[0])), 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}
