package probe

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// own are the trials of macOS. Its access lists are not files' attributes, and
// there are no temp files without a name.
func own() []trial {
	return []trial{
		{Exchange, exchange},
		{NoReplace, noReplace},
		{DirSync, dirSync},
		{Attrs, extendedAttributes},
	}
}

func exchange(dir string) (bool, string, error) {
	a, b, err := two(dir)
	if err != nil {
		return false, "", err
	}
	if err := unix.RenamexNp(a, b, unix.RENAME_SWAP); err != nil {
		return false, "", err
	}
	return swapped(a, b)
}

func noReplace(dir string) (bool, string, error) {
	a, b, err := two(dir)
	if err != nil {
		return false, "", err
	}
	return refused(unix.RenamexNp(a, b, unix.RENAME_EXCL), b)
}

// describe asks statfs(2).
func describe(dir string) (System, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return System{}, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	s := System{
		Type:    strings.ToLower(unix.ByteSliceToString(st.Fstypename[:])),
		Source:  unix.ByteSliceToString(st.Mntfromname[:]),
		Mount:   unix.ByteSliceToString(st.Mntonname[:]),
		Journal: JournalUnknown,
	}
	if s.Type == "apfs" {
		s.Journal = CopyOnWrite
	}
	if st.Flags&unix.MNT_JOURNALED != 0 {
		s.Journal = Journalled
	}
	for flag, option := range map[uint32]string{
		unix.MNT_RDONLY: "ro", unix.MNT_SYNCHRONOUS: "sync", unix.MNT_ASYNC: "async", unix.MNT_NOEXEC: "noexec",
	} {
		if st.Flags&flag != 0 {
			s.Options = append(s.Options, option)
		}
	}
	return s, nil
}
