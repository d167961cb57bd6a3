//go:build windows

package disk

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The native calls: they open by directory handle, and their statuses tell
// apart what the errnos above them call "access denied" alike.

const shareAll = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE

// noLinks, among the options of ntOpen, fails if name is a link. Unlike
// FILE_OPEN_REPARSE_POINT it shows the content of files that a filter keeps in
// its own form: deduplicated, compressed, in the cloud. It is no bit of NT's.
const noLinks = 1 << 31

func ntOpen(dir windows.Handle, name string, access, disposition, options, attributes uint32) (windows.Handle, error) {
	object, err := windows.NewNTUnicodeString(name)
	if err != nil {
		return 0, err
	}
	where := &windows.OBJECT_ATTRIBUTES{
		RootDirectory: dir,
		ObjectName:    object,
		Attributes:    windows.OBJ_CASE_INSENSITIVE,
	}
	where.Length = uint32(unsafe.Sizeof(*where))
	if options&noLinks != 0 {
		where.Attributes |= windows.OBJ_DONT_REPARSE
	}
	options = options&^noLinks | windows.FILE_SYNCHRONOUS_IO_NONALERT
	var h windows.Handle
	var status windows.IO_STATUS_BLOCK
	err = windows.NtCreateFile(&h, access|windows.SYNCHRONIZE, where, &status, nil,
		attributes, shareAll, disposition, options, 0, 0)
	if err != nil {
		return 0, err
	}
	return h, nil
}

const errLink = syscall.ELOOP

// plain turns a native status into the errno that package os would return.
func plain(err error) error {
	status, ok := err.(windows.NTStatus)
	if !ok {
		return err
	}
	switch status {
	case windows.STATUS_REPARSE_POINT_ENCOUNTERED:
		return errLink
	case windows.STATUS_FILE_IS_A_DIRECTORY:
		return syscall.EISDIR
	case windows.STATUS_NOT_A_DIRECTORY:
		return syscall.ENOTDIR
	case windows.STATUS_TOO_MANY_LINKS:
		return syscall.EMLINK
	}
	if unknown(status) {
		return errors.Join(ErrUnsupported, status.Errno())
	}
	return status.Errno()
}

// unknown reports whether a file system or an older system has no such call.
func unknown(err error) bool {
	switch err {
	case windows.STATUS_INVALID_INFO_CLASS, windows.STATUS_INVALID_PARAMETER, windows.STATUS_NOT_SUPPORTED,
		windows.STATUS_NOT_IMPLEMENTED, windows.STATUS_INVALID_DEVICE_REQUEST:
		return true
	}
	return false
}

// inUse reports whether someone else's handle, or a lock, is in the way.
func inUse(err error) bool {
	switch err {
	case windows.STATUS_SHARING_VIOLATION, windows.STATUS_FILE_LOCK_CONFLICT,
		windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION:
		return true
	}
	return false
}

// patience is how long a virus scanner, an indexer or a reader that does not
// share is waited for.
const patience = 2 * time.Second

// patiently repeats call for as long as it says that its error may pass.
func patiently(call func() (passing bool, err error)) error {
	pause := time.Millisecond
	for start := time.Now(); ; {
		passing, err := call()
		if !passing || time.Since(start) > patience {
			return plain(err)
		}
		time.Sleep(pause/2 + rand.N(pause))
		pause = min(2*pause, 64*time.Millisecond)
	}
}

// handleInfo describes an open file. Volume and index name it; on ReFS the
// index is half of a longer one.
func handleInfo(h windows.Handle) (Info, error) {
	var data windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(h, &data); err != nil {
		return Info{}, err
	}
	mode, err := handleMode(h, data.FileAttributes)
	if err != nil {
		return Info{}, err
	}
	return Info{
		Mode:     mode,
		Size:     int64(data.FileSizeHigh)<<32 | int64(data.FileSizeLow),
		Dev:      uint64(data.VolumeSerialNumber),
		Ino:      uint64(data.FileIndexHigh)<<32 | uint64(data.FileIndexLow),
		Links:    uint64(data.NumberOfLinks),
		Modified: time.Unix(0, data.LastWriteTime.Nanoseconds()),
	}, nil
}

func handleMode(h windows.Handle, attributes uint32) (fs.FileMode, error) {
	mode := fs.FileMode(0o666)
	if attributes&windows.FILE_ATTRIBUTE_READONLY != 0 {
		mode = 0o444
	}
	var tag struct{ attributes, reparse uint32 } // FILE_ATTRIBUTE_TAG_INFO
	if attributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0 {
		err := windows.GetFileInformationByHandleEx(h, windows.FileAttributeTagInfo, (*byte)(unsafe.Pointer(&tag)), uint32(unsafe.Sizeof(tag)))
		if err != nil {
			return 0, err
		}
	}
	const surrogate = 1 << 29 // the tag stands for another name: junctions, and links of other systems
	switch {
	case tag.reparse == windows.IO_REPARSE_TAG_SYMLINK:
		return mode | fs.ModeSymlink, nil
	case tag.reparse&surrogate != 0:
		return mode | fs.ModeIrregular, nil
	case attributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0:
		return 0o777 | fs.ModeDir, nil
	}
	return mode, nil
}
