package conform

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// What the cases need of Linux: mounts, attributes, access lists, flags,
// watches.

// mount mounts something on a directory or file of the scene, until its end.
func (s *scene) mount(source, target, kind string, flags uintptr, options string) {
	s.needRoot()
	s.able("permission to mount "+kind, unix.Mount(source, target, kind, flags, options))
	s.later(func() { unix.Unmount(target, unix.MNT_DETACH) })
}

// bind makes source appear at target too.
func (s *scene) bind(source, target string) { s.mount(source, target, "bind", unix.MS_BIND, "") }

// readOnly makes the directory read-only.
func (s *scene) readOnly(dir string) {
	s.bind(dir, dir)
	s.able("read-only mounts", unix.Mount("", dir, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""))
}

// tmpfs mounts a file system in memory of this many bytes.
func (s *scene) tmpfs(name, size string) string {
	dir := s.mkdir(name, 0o755)
	s.mount("conform", dir, "tmpfs", 0, "size="+size)
	return dir
}

// ramfs mounts a file system in memory that has no limit.
func (s *scene) ramfs(name string) string {
	dir := s.mkdir(name, 0o755)
	s.mount("conform", dir, "ramfs", 0, "")
	return dir
}

// overlay mounts an overlay over a lower directory that has a file "f".
func (s *scene) overlay(name string) string {
	s.ignore = append(s.ignore, "layers")
	layers := s.tmpfs("layers", "1m")
	for _, layer := range []string{"lower", "upper", "work"} {
		s.must(os.Mkdir(filepath.Join(layers, layer), 0o755))
	}
	s.must(os.WriteFile(filepath.Join(layers, "lower", "f"), oldContent, 0o644))
	dir := s.mkdir(name, 0o755)
	s.mount("conform", dir, "overlay", 0,
		"lowerdir="+layers+"/lower,upperdir="+layers+"/upper,workdir="+layers+"/work")
	return dir
}

// setAttr sets an extended attribute; the case is skipped where there are none.
func (s *scene) setAttr(path, name string, value []byte) {
	s.able("attribute "+name, unix.Lsetxattr(path, name, value, 0))
}

// attr returns the value of an attribute, and whether it is there.
func (s *scene) attr(path, name string) (string, bool) {
	buf := make([]byte, 4096)
	n, err := unix.Lgetxattr(path, name, buf)
	if err == unix.ENODATA || err == unix.ENOTSUP {
		return "", false
	}
	s.must(err)
	return string(buf[:n]), true
}

const (
	accessACL  = "system.posix_acl_access"
	defaultACL = "system.posix_acl_default"
)

// An access list as the kernel takes it: a version, then the entries sorted by
// tag. Only the entry for a named user has an id.
const (
	aclVersion  = 2
	aclUserObj  = 0x01
	aclUser     = 0x02
	aclGroupObj = 0x04
	aclMask     = 0x10
	aclOther    = 0x20
	aclNoID     = 0xffffffff
)

// accessList gives the named user read and write beside the owner; the group
// may read, others may not.
func accessList(user uint32) []byte {
	list := binary.LittleEndian.AppendUint32(nil, aclVersion)
	for _, e := range []struct {
		tag, perm uint16
		id        uint32
	}{
		{aclUserObj, 6, aclNoID}, {aclUser, 6, user}, {aclGroupObj, 4, aclNoID},
		{aclMask, 6, aclNoID}, {aclOther, 0, aclNoID},
	} {
		list = binary.LittleEndian.AppendUint16(list, e.tag)
		list = binary.LittleEndian.AppendUint16(list, e.perm)
		list = binary.LittleEndian.AppendUint32(list, e.id)
	}
	return list
}

// capability is the attribute of a file that may use raw sockets.
func capability() []byte {
	const version2, effective, netRaw = 0x02000000, 1, 1 << 13
	var value []byte
	for _, word := range []uint32{version2 | effective, netRaw, 0, 0, 0} {
		value = binary.LittleEndian.AppendUint32(value, word)
	}
	return value
}

// Flags of a file, of linux/fs.h.
const (
	immutable  = 0x10
	appendOnly = 0x20
)

// setFlag sets a flag of the file until the end of the scene.
func (s *scene) setFlag(path string, flag int) {
	s.needRoot()
	f, err := os.Open(path)
	s.must(err)
	fd := int(f.Fd())
	s.later(func() { f.Close() })
	have, err := unix.IoctlGetInt(fd, unix.FS_IOC_GETFLAGS)
	s.able("file flags", err)
	s.able("file flags", unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, have|flag))
	s.later(func() { unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, have) })
}

// watch returns a function that reports whether the name was written or came
// into the directory since it was called last.
func (s *scene) watch(dir, name string) func() bool {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	s.able("inotify", err)
	s.later(func() { unix.Close(fd) })
	_, err = unix.InotifyAddWatch(fd, dir, unix.IN_CLOSE_WRITE|unix.IN_MOVED_TO|unix.IN_CREATE)
	s.able("inotify", err)
	return func() bool {
		seen := false
		for deadline := time.Now().Add(time.Second); !seen && time.Now().Before(deadline); {
			buf := make([]byte, 16<<10)
			n, err := unix.Read(fd, buf)
			if err != nil {
				time.Sleep(time.Millisecond)
				continue
			}
			seen = namesEvent(buf[:n], name)
		}
		return seen
	}
}

// namesEvent reports whether one of the events is about name.
func namesEvent(events []byte, name string) bool {
	for len(events) >= unix.SizeofInotifyEvent {
		size := int(binary.NativeEndian.Uint32(events[12:]))
		text := events[unix.SizeofInotifyEvent : unix.SizeofInotifyEvent+size]
		if unix.ByteSliceToString(text) == name {
			return true
		}
		events = events[unix.SizeofInotifyEvent+size:]
	}
	return false
}
