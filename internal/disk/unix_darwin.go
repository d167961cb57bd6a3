package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

type unixStat = syscall.Stat_t

// noAttr is the errno for an attribute that is not there.
const noAttr = unix.ENOATTR

func openName(dir int, name string, flags int, perm fs.FileMode) (int, error) {
	return openat(dir, name, flags, bits(perm))
}

func stat(dir int, name string, flags int) (Info, error) {
	var st unix.Stat_t
	err := retry(func() error { return unix.Fstatat(dir, name, &st, flags) })
	if err != nil {
		return Info{}, err
	}
	return infoFromStat(&st), nil
}

func fstat(fd int) (Info, error) {
	var st unix.Stat_t
	err := retry(func() error { return unix.Fstat(fd, &st) })
	if err != nil {
		return Info{}, err
	}
	return infoFromStat(&st), nil
}

func infoFromStat(st *unix.Stat_t) Info {
	return Info{
		Mode:     modeFrom(uint32(st.Mode)),
		Size:     st.Size,
		UID:      st.Uid,
		GID:      st.Gid,
		Dev:      uint64(st.Dev),
		Ino:      st.Ino,
		Links:    uint64(st.Nlink),
		Modified: unixTime(st.Mtim.Unix()),
		Changed:  unixTime(st.Ctim.Unix()),
	}
}

func infoFrom(st *unixStat) Info {
	return Info{
		Mode:     modeFrom(uint32(st.Mode)),
		Size:     st.Size,
		UID:      st.Uid,
		GID:      st.Gid,
		Dev:      uint64(st.Dev),
		Ino:      st.Ino,
		Links:    uint64(st.Nlink),
		Modified: unixTime(st.Mtimespec.Unix()),
		Changed:  unixTime(st.Ctimespec.Unix()),
	}
}

func rename(dir int, from, to string, _ uint) error {
	return retry(func() error { return unix.Renameat(dir, from, dir, to) })
}

// RenameNew uses RENAME_EXCL, which APFS has and HFS+ has not.
func (d *unixDir) RenameNew(from, to string) error {
	err := retry(func() error {
		return unix.RenameatxNp(d.fd, from, d.fd, to, unix.RENAME_EXCL)
	})
	if err == unix.EINVAL || err == unix.ENOTSUP {
		return errors.Join(ErrUnsupported, err)
	}
	return err
}

// Sync asks for F_FULLFSYNC, as os.File.Sync does: fsync(2) alone leaves the
// data in the drive's cache. File systems without it get fsync.
func (f *unixFile) Sync() error { return fullSync(f.fd) }

func (d *unixDir) Sync() error {
	err := fullSync(d.fd)
	if err == unix.EINVAL {
		return errors.Join(ErrUnsupported, err)
	}
	return err
}

func fullSync(fd int) error {
	_, err := unix.FcntlInt(uintptr(fd), unix.F_FULLFSYNC, 0)
	if err == unix.ENOTSUP || err == unix.ENOTTY || err == unix.EINVAL {
		return unix.Fsync(fd)
	}
	return err
}

// namedAttrs opens the file: there is no call by directory handle. Access
// lists on this system are kept apart from extended attributes; they are not
// carried over.
func namedAttrs(dir int, name string) ([]Attr, error) {
	fd, err := openName(dir, name, os.O_RDONLY|existing, 0)
	if err != nil {
		return nil, err
	}
	f := &unixFile{fd}
	defer f.Close()
	return f.Attrs()
}
