package conform

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

// plainName names an error by the classes of package fs.
func plainName(err error) string {
	for _, class := range []struct {
		err  error
		name string
	}{
		{fs.ErrExist, "EEXIST"},
		{fs.ErrNotExist, "ENOENT"},
		{fs.ErrPermission, "EACCES"},
	} {
		if errors.Is(err, class.err) {
			return class.name
		}
	}
	return "error"
}

// within reports whether path is dir or lies below it.
func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
