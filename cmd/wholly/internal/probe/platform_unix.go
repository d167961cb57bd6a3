//go:build linux || darwin

package probe

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// modes makes a file that only its owner may read, under whatever umask.
func modes(dir string) (bool, string, error) {
	name := filepath.Join(dir, "private")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		return false, "", err
	}
	info, err := os.Stat(name)
	if err != nil {
		return false, "", err
	}
	if got := info.Mode().Perm(); got&0o077 != 0 {
		return false, fmt.Sprintf("a file made 0600 has mode %04o", got), nil
	}
	return true, "", nil
}

func dirSync(dir string) (bool, string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return false, "", err
	}
	defer d.Close()
	return true, "", d.Sync()
}

// swapped checks that the contents of a and b have changed places.
func swapped(a, b string) (bool, string, error) {
	first, err := holds(a, "b")
	second, err2 := holds(b, "a")
	return first && second, "", errors.Join(err, err2)
}

// refused checks that err is the refusal to replace a file, and that it is
// still there.
func refused(err error, b string) (bool, string, error) {
	if err == nil {
		return false, "it replaced a file that was there", nil
	}
	if !errors.Is(err, syscall.EEXIST) {
		return false, "", err
	}
	has, err := holds(b, "b")
	return has, "", err
}

func extendedAttributes(dir string) (bool, string, error) {
	a, _, err := two(dir)
	if err != nil {
		return false, "", err
	}
	if err := unix.Setxattr(a, "user.wholly", []byte("value"), 0); err != nil {
		return false, "", err
	}
	value := make([]byte, 16)
	n, err := unix.Getxattr(a, "user.wholly", value)
	if err != nil {
		return false, "", err
	}
	return string(value[:n]) == "value", "", nil
}

func nameTooLong(err error) bool {
	return errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.EINVAL)
}

func space(dir string) (free, files uint64, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return st.Bavail * uint64(st.Bsize), st.Ffree, nil
}
