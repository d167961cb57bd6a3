package probe

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// own are the trials of Windows: it has neither exchange nor access lists of
// the POSIX kind, and a rename that replaces nothing is its ordinary one.
func own() []trial {
	return []trial{{DirSync, dirSync}}
}

// modes: who may read a file is inherited from the directory, and a mode of
// 0600 takes nobody's right away.
func modes(string) (bool, string, error) {
	return false, "access is by the directory's access list, not by mode", nil
}

// dirSync flushes the directory's handle, which takes the right to write.
func dirSync(dir string) (bool, string, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return false, "", err
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil,
		windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		return false, "", err
	}
	defer windows.CloseHandle(h)
	return true, "", windows.FlushFileBuffers(h)
}

func nameTooLong(err error) bool {
	return errors.Is(err, windows.ERROR_INVALID_NAME) || errors.Is(err, windows.ERROR_FILENAME_EXCED_RANGE) ||
		errors.Is(err, windows.ERROR_PATH_NOT_FOUND) || errors.Is(err, windows.ERROR_BUFFER_OVERFLOW)
}

// volume returns the mount point of dir's volume.
func volume(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return "", err
	}
	buf := make([]uint16, windows.MAX_PATH+1)
	if err := windows.GetVolumePathName(name, &buf[0], uint32(len(buf))); err != nil {
		return "", &os.PathError{Op: "volume", Path: dir, Err: err}
	}
	return windows.UTF16ToString(buf), nil
}

func describe(dir string) (System, error) {
	mount, err := volume(dir)
	if err != nil {
		return System{}, err
	}
	root, err := windows.UTF16PtrFromString(mount)
	if err != nil {
		return System{}, err
	}
	var longest, flags uint32
	kind := make([]uint16, windows.MAX_PATH+1)
	err = windows.GetVolumeInformation(root, nil, 0, nil, &longest, &flags, &kind[0], uint32(len(kind)))
	if err != nil {
		return System{}, &os.PathError{Op: "volume", Path: mount, Err: err}
	}
	s := System{Type: strings.ToLower(windows.UTF16ToString(kind)), Mount: mount, Journal: JournalUnknown}
	switch s.Type {
	case "ntfs":
		s.Journal = Journalled
	case "refs":
		s.Journal = CopyOnWrite
	case "fat", "fat32", "exfat":
		s.Journal = NoJournal
	}
	return s, nil
}

func space(dir string) (free, files uint64, err error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, 0, err
	}
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, 0, &os.PathError{Op: "space", Path: dir, Err: err}
	}
	return free, 0, nil
}
