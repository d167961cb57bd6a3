package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// trusted refuses a directory in which others can write. A sticky one, such as
// /tmp, lets them make files but not replace this one.
func (f *File) trusted() error {
	if runtime.GOOS == "windows" {
		return nil // there a mode says nothing
	}
	info, err := statDir(f.dir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return f.fail("open", err)
	}
	if mode := info.Mode(); mode.Perm()&0o022 != 0 && mode&fs.ModeSticky == 0 {
		return f.fail("open", fmt.Errorf("%s is %s: %w", f.dir(), mode.Perm(), ErrExposed))
	}
	return nil
}

// statDir looks through a handle of the directory. A part of the path that is
// no directory is an error, a missing one fs.ErrNotExist.
func statDir(dir string) (fs.FileInfo, error) {
	root, err := os.OpenRoot(filepath.Clean(dir))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Stat(".")
}
