package journal

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"syscall"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/internal/disk"
)

// regular reports why name is not a file that can be opened without effect.
func regular(dir disk.Dir, name string) error {
	info, err := dir.Lstat(name)
	if err != nil {
		return err
	}
	return kind(info)
}

func kind(info disk.Info) error {
	switch {
	case info.Mode.IsRegular():
		return nil
	case info.Mode.IsDir():
		return syscall.EISDIR
	case info.Mode&fs.ModeSymlink != 0:
		return wholly.ErrSymlink
	}
	return wholly.ErrNotRegular
}

// openFile opens the regular file name. It is looked at before, since opening
// alone does something to a device, and after, since it may be another by then.
func openFile(dir disk.Dir, name string, write bool) (disk.File, error) {
	if err := regular(dir, name); err != nil {
		return nil, err
	}
	open := dir.Open
	if write {
		open = dir.OpenWrite
	}
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = kind(info)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// errFresh: the file holds no more than a header that was never finished.
var errFresh = errors.New("the header was never finished")

// newScanner reads the header of f. Damage of one of its copies is returned
// beside the scanner.
func newScanner(path string, f disk.File) (*scanner, []*Damage, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	s := &scanner{path: path, off: start, w: window{r: f, size: info.Size}}
	b := make([]byte, min(start, info.Size))
	n, err := f.ReadAt(b, 0)
	if b = b[:n]; err != nil && err != io.EOF {
		return nil, nil, err
	}
	var damaged []*Damage
	whole := false
	for from := 0; from < start; from += headerLen {
		h, v, ok := decodeHeader(b[min(from, len(b)):])
		switch {
		case ok && v != version:
			return nil, nil, ErrVersion
		case ok && !whole:
			s.header, whole = h, true
		case !ok || h != s.header:
			damaged = append(damaged, &Damage{Path: path, From: int64(from), To: int64(from + headerLen)})
		}
	}
	if !whole || len(b) < start {
		return nil, nil, headless(b)
	}
	return s, damaged, nil
}

// headless says what a file is that begins with b and has no whole header. Only
// one that ends before the first record may be begun anew.
func headless(b []byte) error {
	ours := func(b []byte) bool { return bytes.HasPrefix(b, magic[:]) }
	switch {
	case len(b) < start && (ours(b) || bytes.HasPrefix(magic[:], b)):
		return errFresh
	case bytes.Equal(b, zeros[:len(b)]) && len(b) < start:
		return errFresh
	case len(b) == start && (ours(b) || ours(b[headerLen:])):
		return ErrHeader
	}
	return ErrNotJournal
}
