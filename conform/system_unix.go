//go:build linux || darwin

package conform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// What the cases need of a Unix system: errno names, umask, limits, owners,
// other users, FIFOs.

// errorName returns the name of the errno in err; "error" if there is none.
func errorName(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) && unix.ErrnoName(errno) != "" {
		return unix.ErrnoName(errno)
	}
	return plainName(err)
}

// enter puts the process in the state that the job asks for.
func (j job) enter() error {
	unix.Umask(j.Umask)
	if j.Limit == 0 {
		return nil
	}
	signal.Ignore(unix.SIGXFSZ)
	return unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: j.Limit, Max: j.Limit})
}

// stranger and other are users and groups that own nothing else.
const (
	stranger = 47111
	other    = 47112
)

// become has cmd run as the job's user.
func (s *scene) become(cmd *exec.Cmd, j job) {
	for dir := s.dir; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		s.must(err)
		if info.Mode()&0o001 == 0 {
			s.skip("another user may not enter %s", dir)
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{
		Uid: uint32(j.uid), Gid: uint32(j.gid), Groups: j.groups,
	}}
}

func (s *scene) chown(path string, uid, gid int) {
	s.needRoot()
	info, err := os.Lstat(path)
	s.must(err)
	s.able("change of owner here", os.Lchown(path, uid, gid))
	if info.Mode()&fs.ModeSymlink == 0 {
		s.must(os.Chmod(path, info.Mode())) // chown clears setuid
	}
}

func (s *scene) owner(path string) (uid, gid uint32) {
	info, err := os.Lstat(path)
	s.must(err)
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		s.skip("no owners here")
	}
	return st.Uid, st.Gid
}

func (s *scene) mkfifo(name string) string {
	path := s.path(name)
	s.able("FIFOs", unix.Mkfifo(path, 0o666))
	return path
}

// drain opens the FIFO for reading for a moment, for a writer that waits.
func drain(path string) {
	if f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0); err == nil {
		f.Close()
	}
}

func (s *scene) mksocket(name string) string {
	path := s.path(name)
	s.able("socket files", unix.Mknod(path, unix.S_IFSOCK|0o666, 0))
	return path
}

// mkdevice makes a second /dev/null.
func (s *scene) mkdevice(name string) string {
	s.needRoot()
	info, err := os.Stat(os.DevNull)
	s.must(err)
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		s.skip("no device numbers here")
	}
	path := s.path(name)
	s.able("device files", unix.Mknod(path, unix.S_IFCHR|0o666, int(st.Rdev)))
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	s.able("use of device files here", err)
	f.Close()
	return path
}

// openBelow counts the descriptors of this process that lie below dir.
func openBelow(dir string) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil || dir == "" {
		return 0
	}
	n := 0
	for _, e := range entries {
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && within(to, dir) {
			n++
		}
	}
	return n
}

// pipe returns a pipe and a name by which others can open its end for writing.
func (s *scene) pipe() (r *os.File, name string) {
	r, w, err := os.Pipe()
	s.must(err)
	s.later(func() { r.Close(); w.Close() })
	name = fmt.Sprintf("/proc/self/fd/%d", w.Fd())
	if _, err := os.Stat(name); err != nil {
		name = fmt.Sprintf("/dev/fd/%d", w.Fd())
	}
	return r, name
}
