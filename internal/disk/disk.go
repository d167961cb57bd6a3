// Package disk is the only room that talks to the operating system.
//
// It offers the few operations that a safe write is made of, by directory
// handle and single name, so that the rest of the library runs unchanged on a
// real file system and on the recording disk of the crash model. There is one
// driver a platform; each says in its own file where it departs from the rest.
//
// Errors are plain (an errno, or one of the sentinels here): the library above
// adds operation, path and state, once.
package disk

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"time"
)

// ErrUnsupported is matched by errors from operations that a file system, a
// kernel or a platform does not have. It is errors.ErrUnsupported, so that
// errno values such as ENOSYS match it by themselves.
var ErrUnsupported = errors.ErrUnsupported

// Info is what one stat tells.
type Info struct {
	Mode      fs.FileMode // type, permission, setuid, setgid and sticky bits
	Size      int64       // bytes
	UID, GID  uint32      // zero where the platform has none
	Dev, Ino  uint64      // together they name the file while it is open; zero where unknown
	Links     uint64      // hard links; zero where unknown
	Modified  time.Time   // of the content
	Changed   time.Time   // of content or metadata; zero where unknown
	MountRoot bool        // something is mounted on this very name
}

// Same reports whether a and b describe the same file.
func (a Info) Same(b Info) bool { return a.Dev == b.Dev && a.Ino == b.Ino && a.Ino != 0 }

// Attr is one extended attribute, POSIX ACLs included.
type Attr struct {
	Name  string
	Value []byte
}

// ACL is the name under which Linux keeps a file's POSIX access list, DACL the
// one that the Windows driver gives a file's access list.
const (
	ACL  = "system.posix_acl_access"
	DACL = "windows.dacl"
)

// Dir is an open directory. Every name is one path element, taken relative to
// the handle: renaming the directory, or changing the working directory, has
// no effect on it. Only OpenDir and Stat follow links.
type Dir interface {
	// OpenDir opens a directory below this one. The path may have several
	// elements; links are followed, in a confined directory never out of it.
	OpenDir(path string) (Dir, error)
	// Stat describes what name leads to, with links followed by the kernel,
	// so that its rules about whose links may be followed apply.
	Stat(name string) (Info, error)
	// Lstat describes name itself.
	Lstat(name string) (Info, error)
	Readlink(name string) (string, error)
	// Names yields every name in the directory, in no order, in one pass.
	Names() iter.Seq2[string, error]

	// Open opens an existing file for reading, never through a link and
	// without waiting for a peer on a FIFO.
	Open(name string) (File, error)
	// OpenWrite opens an existing file for reading and writing, as Open does.
	OpenWrite(name string) (File, error)
	// OpenCreate opens a file for reading and writing and makes it, with
	// perm, if it is not there.
	OpenCreate(name string, perm fs.FileMode) (File, error)
	// Create makes a new file, open for reading and writing. The kernel
	// applies umask and the directory's defaults to perm.
	Create(name string, perm fs.FileMode) (File, error)
	Mkdir(name string, perm fs.FileMode) error

	// Rename moves from over to, replacing it atomically.
	Rename(from, to string) error
	// RenameNew moves from to to only if to does not exist (fs.ErrExist).
	RenameNew(from, to string) error
	// Link gives from the second name to; fs.ErrExist if that is taken.
	Link(from, to string) error
	Remove(name string) error
	// RemoveDir removes an empty directory.
	RemoveDir(name string) error

	// Sync makes the directory's entries durable. It matches ErrUnsupported
	// where directories cannot be synced.
	Sync() error
	// Attrs lists the extended attributes of name itself; none is nil.
	Attrs(name string) ([]Attr, error)
	// Writable reports, as an error, why the caller may not write the
	// existing file described by info.
	Writable(name string, info Info) error
	// Privileged reports whether the caller may keep setuid and setgid bits
	// on a file it writes.
	Privileged() bool
	Close() error
}

// File is an open file, read and written from one position.
type File interface {
	io.Reader
	io.ReaderAt
	// Write may write less than asked without an error, as write(2) does.
	io.Writer
	io.Seeker
	Stat() (Info, error)
	Truncate(size int64) error
	Chmod(mode fs.FileMode) error
	// Chown changes owner and group; -1 leaves one as it is.
	Chown(uid, gid int) error
	Attrs() ([]Attr, error)
	SetAttr(name string, value []byte) error
	RemoveAttr(name string) error
	// TryLock takes the file's advisory lock, which dies with the handle and
	// with the process. It reports false when another handle has it.
	TryLock() (bool, error)
	// Flush reports the errors that Close would report, without closing.
	Flush() error
	// Sync makes content and metadata durable. After an error the file is
	// lost: the kernel may have dropped the data, and a second Sync would
	// call that success.
	Sync() error
	Close() error
}
