//go:build windows

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Windows, by directory handle through the native calls that os.Root uses too.
// Every handle shares reading, writing and deleting, so that readers through
// this package never stand in a writer's way; other programs' handles may, and
// are waited for, briefly.
//
// Where it departs from the rest:
//   - Rename has POSIX semantics on NTFS and ReFS. On FAT and on many network
//     shares it has not, and fails while anyone has the file open.
//   - The only permission in Info.Mode is the read-only attribute. The access
//     list is an Attr: see windows_dacl.go.
//   - Alternate streams, extended attributes, compression and encryption of a
//     replaced file are not carried over.
//   - Names that Windows would change (a dot or space at the end) or take for
//     devices and streams are refused.

// absolute is path from the top. The system cleans it, as it does every path.
func absolute(path string) (string, error) { return filepath.Abs(path) }

// at opens name in d. It returns a native status.
func (d *rootDir) at(name string, access, disposition, options, attributes uint32) (windows.Handle, error) {
	if err := valid(name); err != nil {
		return 0, err
	}
	defer runtime.KeepAlive(d.self)
	return ntOpen(windows.Handle(d.self.Fd()), name, access, disposition, options, attributes)
}

func valid(name string) error {
	if !filepath.IsLocal(name) || strings.ContainsAny(name, "/\\\x00") || strings.TrimRight(name, ". ") != name {
		return windows.ERROR_INVALID_NAME
	}
	if len(name) > 255 && len(utf16(name)) > 256 { // with the zero at the end
		return syscall.ENAMETOOLONG
	}
	return nil
}

func utf16(s string) []uint16 {
	u, _ := windows.UTF16FromString(s) // the only error is a zero byte, which is no valid name
	return u
}

// passing reports whether err, from an attempt to replace or remove name, is
// due to somebody who has the file open. Windows says "access denied" for that
// too: it is believed at once if name is a directory, is read-only, or may not
// be deleted by this user.
func (d *rootDir) passing(err error, name string) bool {
	if inUse(err) || err == windows.STATUS_DELETE_PENDING {
		return true
	}
	if err != windows.STATUS_ACCESS_DENIED && err != windows.ERROR_ACCESS_DENIED {
		return false
	}
	h, err := d.at(name, windows.DELETE|windows.FILE_READ_ATTRIBUTES, windows.FILE_OPEN, windows.FILE_OPEN_REPARSE_POINT, 0)
	if err != nil {
		return inUse(err) || err == windows.STATUS_DELETE_PENDING
	}
	defer windows.CloseHandle(h)
	info, err := handleInfo(h)
	return err == nil && !info.Mode.IsDir() && info.Mode&0o200 != 0
}

// open opens name as os.Root.OpenFile does, but never through a link.
func (d *rootDir) open(name string, flag int, perm fs.FileMode) (*os.File, error) {
	access, options := uint32(windows.FILE_GENERIC_READ), uint32(noLinks)
	if flag&os.O_RDWR != 0 {
		access |= windows.FILE_GENERIC_WRITE
		options |= windows.FILE_NON_DIRECTORY_FILE
	}
	disposition := uint32(windows.FILE_OPEN)
	switch {
	case flag&os.O_EXCL != 0:
		disposition = windows.FILE_CREATE
	case flag&os.O_CREATE != 0:
		disposition = windows.FILE_OPEN_IF
	}
	attributes := uint32(windows.FILE_ATTRIBUTE_NORMAL)
	if perm&0o200 == 0 {
		attributes = windows.FILE_ATTRIBUTE_READONLY
	}
	var h windows.Handle
	err := patiently(func() (passing bool, err error) {
		h, err = d.at(name, access, disposition, options, attributes)
		if err == windows.STATUS_DELETE_PENDING && disposition == windows.FILE_OPEN {
			return false, windows.ERROR_FILE_NOT_FOUND // gone, but for a handle somewhere
		}
		return inUse(err) || err == windows.STATUS_DELETE_PENDING, err
	})
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(h), name), nil
}

func (d *rootDir) Lstat(name string) (Info, error) {
	if device(name) {
		return Info{Mode: fs.ModeDevice | fs.ModeCharDevice}, nil
	}
	return d.look(name, windows.FILE_OPEN_REPARSE_POINT)
}

// device reports whether name is NUL, COM1 or another that Windows finds in
// every directory.
func device(name string) bool {
	return !filepath.IsLocal(name) && filepath.Base(name) == name && strings.Trim(name, ".") != "" && !strings.Contains(name, ":")
}

func (d *rootDir) Stat(name string) (Info, error) {
	if d.top == nil {
		return d.look(name, 0)
	}
	f, err := d.top.Open(d.path + slash + name)
	if err != nil {
		return Info{}, cause(err)
	}
	defer f.Close()
	return handleInfo(windows.Handle(f.Fd()))
}

// look asks for no right that another handle could exclude.
func (d *rootDir) look(name string, options uint32) (Info, error) {
	h, err := d.at(name, windows.FILE_READ_ATTRIBUTES, windows.FILE_OPEN, options, 0)
	if err == windows.STATUS_DELETE_PENDING {
		return Info{}, windows.ERROR_FILE_NOT_FOUND
	}
	if err != nil {
		return Info{}, plain(err)
	}
	defer windows.CloseHandle(h)
	return handleInfo(h)
}

// Writable tries: only the system knows all its rules. It does not wait, for
// being in use is not about rights.
func (d *rootDir) Writable(name string, info Info) error {
	if info.Mode&0o200 == 0 {
		return windows.ERROR_ACCESS_DENIED
	}
	h, err := d.at(name, windows.FILE_WRITE_DATA, windows.FILE_OPEN, noLinks, 0)
	if err == nil {
		return windows.CloseHandle(h)
	}
	if inUse(err) {
		return nil
	}
	return plain(err)
}

// Classes that golang.org/x/sys/windows lacks or has under another number.
const (
	fileLinkInformation     = 11
	fileRenameInformationEx = 65
)

// nameInformation is FILE_RENAME_INFORMATION and FILE_LINK_INFORMATION.
type nameInformation struct {
	flags uint32 // in the older classes a boolean: replace
	dir   windows.Handle
	bytes uint32
	name  [256]uint16
}

// giveName gives the file from the name to. It returns a native status.
func (d *rootDir) giveName(from, to string, access, class, flags uint32) error {
	if err := valid(to); err != nil {
		return err
	}
	h, err := d.at(from, access, windows.FILE_OPEN, windows.FILE_OPEN_REPARSE_POINT, 0)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(h)
	defer runtime.KeepAlive(d.self)
	info := nameInformation{flags: flags, dir: windows.Handle(d.self.Fd())}
	info.bytes = 2 * uint32(copy(info.name[:], utf16(to))-1)
	var status windows.IO_STATUS_BLOCK
	return windows.NtSetInformationFile(h, &status, (*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)), class)
}

func (d *rootDir) Rename(from, to string) error {
	const posix = windows.FILE_RENAME_REPLACE_IF_EXISTS | windows.FILE_RENAME_POSIX_SEMANTICS
	return patiently(func() (bool, error) {
		err := d.giveName(from, to, windows.DELETE, fileRenameInformationEx, posix)
		if unknown(err) {
			err = d.giveName(from, to, windows.DELETE, windows.FileRenameInformation, windows.FILE_RENAME_REPLACE_IF_EXISTS)
		}
		return d.passing(err, to), err
	})
}

func (d *rootDir) RenameNew(from, to string) error {
	return patiently(func() (bool, error) {
		err := d.giveName(from, to, windows.DELETE, windows.FileRenameInformation, 0)
		return inUse(err), err
	})
}

func (d *rootDir) Link(from, to string) error {
	return patiently(func() (bool, error) {
		err := d.giveName(from, to, windows.FILE_WRITE_ATTRIBUTES, fileLinkInformation, 0)
		return inUse(err), err
	})
}

func (d *rootDir) Remove(name string) error {
	info, err := d.Lstat(name)
	if err != nil {
		return err
	}
	if info.Mode.IsDir() {
		return syscall.EISDIR
	}
	return d.remove(name)
}

func (d *rootDir) RemoveDir(name string) error {
	info, err := d.Lstat(name)
	if err != nil {
		return err
	}
	if !info.Mode.IsDir() {
		return syscall.ENOTDIR
	}
	return d.remove(name)
}

// remove leaves the work to os.Root, which has an answer to read-only files
// and to file systems without POSIX semantics.
func (d *rootDir) remove(name string) error {
	return patiently(func() (bool, error) {
		err := cause(d.root.Remove(name))
		return d.passing(err, name), err
	})
}

// Sync flushes what the volume holds back of the directory. That takes the
// right to write to it, and nobody who has it open and does not share that.
func (d *rootDir) Sync() error {
	err := patiently(func() (bool, error) {
		err := d.flush()
		return inUse(err), err
	})
	switch err {
	case windows.ERROR_ACCESS_DENIED, windows.ERROR_SHARING_VIOLATION, windows.ERROR_INVALID_FUNCTION:
		return errors.Join(ErrUnsupported, err)
	}
	return err
}

func (d *rootDir) flush() error {
	defer runtime.KeepAlive(d.self)
	h, err := ntOpen(windows.Handle(d.self.Fd()), "", windows.FILE_GENERIC_WRITE, windows.FILE_OPEN, windows.FILE_DIRECTORY_FILE, 0)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(h)
	return windows.FlushFileBuffers(h)
}

// Stat reports no links for a file that is removed but for its handles.
func (f *rootFile) Stat() (Info, error) {
	defer runtime.KeepAlive(f.f)
	h := windows.Handle(f.f.Fd())
	info, err := handleInfo(h)
	if err != nil {
		return Info{}, err
	}
	var standard struct { // FILE_STANDARD_INFO
		allocated, size    int64
		links              uint32
		deleted, directory bool
	}
	err = windows.GetFileInformationByHandleEx(h, windows.FileStandardInfo, (*byte)(unsafe.Pointer(&standard)), uint32(unsafe.Sizeof(standard)))
	if err == nil && standard.deleted {
		info.Links = 0
	}
	return info, nil
}

// Flush has nothing to do: Windows reports errors when they happen.
func (f *rootFile) Flush() error { return nil }

// tryLock locks one byte far behind any content: a lock on Windows keeps
// other handles from reading what it covers.
func tryLock(f *os.File) (bool, error) {
	const now = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), now, 0, 1, 0, farByte())
	switch err {
	case nil:
		return true, nil
	case windows.ERROR_LOCK_VIOLATION, windows.ERROR_IO_PENDING:
		return false, nil
	case windows.ERROR_INVALID_FUNCTION:
		return false, errors.Join(ErrUnsupported, err)
	}
	return false, err
}

func unlock(f *os.File) {
	windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, farByte())
}

func farByte() *windows.Overlapped { return &windows.Overlapped{OffsetHigh: 1 << 30} }
