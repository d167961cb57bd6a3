package probe

import (
	"encoding/binary"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// own are the trials of Linux.
func own() []trial {
	return []trial{
		{Exchange, exchange},
		{NoReplace, noReplace},
		{TempNoName, tempNoName},
		{DirSync, dirSync},
		{Attrs, extendedAttributes},
		{ACLs, accessLists},
	}
}

func exchange(dir string) (bool, string, error) {
	a, b, err := two(dir)
	if err != nil {
		return false, "", err
	}
	if err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE); err != nil {
		return false, "", err
	}
	return swapped(a, b)
}

func noReplace(dir string) (bool, string, error) {
	a, b, err := two(dir)
	if err != nil {
		return false, "", err
	}
	return refused(unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_NOREPLACE), b)
}

// tempNoName makes a file with O_TMPFILE and gives it a name.
func tempNoName(dir string) (bool, string, error) {
	f, err := os.OpenFile(dir, os.O_RDWR|unix.O_TMPFILE, 0o600)
	if err != nil {
		return false, "", err
	}
	defer f.Close()
	if _, err := f.WriteString("t"); err != nil {
		return false, "", err
	}
	name := filepath.Join(dir, "named")
	proc := "/proc/self/fd/" + itoa(f.Fd())
	if err := unix.Linkat(unix.AT_FDCWD, proc, unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW); err != nil {
		return false, "", err
	}
	has, err := holds(name, "t")
	return has, "", err
}

// accessLists gives a file an access list with a named user, in the kernel's
// form: a version, then tag, permission and id of each entry.
func accessLists(dir string) (bool, string, error) {
	a, _, err := two(dir)
	if err != nil {
		return false, "", err
	}
	const nobody, everyone = 65534, 0xffffffff
	list := binary.LittleEndian.AppendUint32(nil, 2)
	for _, e := range []struct {
		tag, perm uint16
		id        uint32
	}{
		{0x01, 6, everyone}, // owner
		{0x02, 4, nobody},   // a named user
		{0x04, 4, everyone}, // group
		{0x10, 4, everyone}, // mask
		{0x20, 0, everyone}, // others
	} {
		list = binary.LittleEndian.AppendUint16(list, e.tag)
		list = binary.LittleEndian.AppendUint16(list, e.perm)
		list = binary.LittleEndian.AppendUint32(list, e.id)
	}
	return true, "", unix.Setxattr(a, "system.posix_acl_access", list, 0)
}
