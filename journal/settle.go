package journal

import (
	"errors"
	"io"
	"log/slog"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/internal/disk"
)

// settle makes the file what it is going to be built on. A part of what is cut
// off must not appear again behind a new record. The last flush, from off on,
// may be known to the kernel alone, or not even as something to be written, if
// its writer was killed before its sync or gave up after one that failed: it is
// written again. The name may not be on the disk for the same reason.
func (j *Journal) settle(off int64) error {
	if j.opened.Cut > 0 {
		if err := j.file.Truncate(j.end); err != nil {
			return err
		}
	}
	if _, err := j.file.Seek(off, io.SeekStart); err != nil {
		return err
	}
	if j.opened.Cut > 0 || off < j.end {
		if err := j.again(off); err != nil {
			return err
		}
	}
	err := j.dir.Sync()
	if errors.Is(err, disk.ErrUnsupported) {
		// The sync of the file takes the name along where that was measured.
		j.log(slog.LevelWarn, "directory cannot be synced")
		return nil
	}
	return err
}

// again writes what is there from off on once more, and syncs it.
func (j *Journal) again(off int64) error {
	last := make([]byte, j.end-off)
	if n, err := j.file.ReadAt(last, off); n < len(last) {
		return err
	}
	if err := writeAll(j.file, last); err != nil {
		return err
	}
	return j.file.Sync()
}

// reopen opens the file by its name, moves to its end and goes on with it. A
// file that is not the expected one is an error.
func (j *Journal) reopen() error {
	f, err := openFile(j.dir, j.name, true)
	if err != nil {
		return err
	}
	s, _, err := newScanner(j.path, f)
	if err == nil && (s.header != j.header || s.w.size != j.end) {
		err = wholly.ErrChanged
	}
	if err == nil {
		_, err = f.Seek(j.end, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return err
	}
	if j.file != nil {
		j.file.Close()
	}
	j.file = f
	return nil
}
