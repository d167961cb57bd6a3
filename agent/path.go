package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// resolve makes path absolute, once: a leading ~ is the home directory, and
// links are followed as far as there are files, so that a later change of the
// working directory or of a link does not split a document in two.
func resolve(path string) (string, error) {
	if path == "~" || strings.HasPrefix(path, "~/") || strings.HasPrefix(path, `~\`) && filepath.Separator == '\\' {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
		path = filepath.Join(home, path[1:])
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return follow(full)
}

// follow resolves the links of path, of which the last elements need not exist.
// A link that leads nowhere stays, and is followed when the file is written.
func follow(path string) (string, error) {
	full, err := filepath.EvalSymlinks(path)
	if err == nil {
		return full, nil
	}
	if dir, name := filepath.Split(path); errors.Is(err, fs.ErrNotExist) && name != "" && filepath.Clean(dir) != path {
		dir, err = follow(filepath.Clean(dir))
		return filepath.Join(dir, name), err
	}
	var p *fs.PathError
	var errno syscall.Errno
	switch {
	case errors.As(err, &p):
		err = p.Err
	case !errors.As(err, &errno):
		err = syscall.ELOOP // what EvalSymlinks means by its only error of its own
	}
	return "", fmt.Errorf("resolve %s: %w", path, err)
}
