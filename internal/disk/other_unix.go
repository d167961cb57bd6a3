//go:build unix && !linux && !darwin && !aix

package disk

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	noWait  = unix.O_NONBLOCK | unix.O_NOCTTY
	errLink = syscall.ELOOP
)

func identify(info *Info, sys any) {
	if st, ok := sys.(*syscall.Stat_t); ok {
		info.UID, info.GID = st.Uid, st.Gid
		info.Dev, info.Ino, info.Links = uint64(st.Dev), uint64(st.Ino), uint64(st.Nlink)
	}
}

// running: the file is a program at work, which is not about rights.
func running(err error) bool { return err == syscall.ETXTBSY }

func tryLock(f *os.File) (bool, error) {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
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

// unlock leaves it to Close.
func unlock(*os.File) {}

// Flush closes a duplicate, which reports what Close would.
func (f *rootFile) Flush() error {
	fd, err := unix.FcntlInt(f.f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}
