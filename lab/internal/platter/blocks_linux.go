package platter

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"github.com/wholly-go/wholly/lab/internal/tape"
)

// readBlocks reads a sparse file without its holes.
func readBlocks(f *os.File) (tape.Blocks, int64, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	all := tape.Blocks{}
	for off := int64(0); ; {
		data, err := unix.Seek(int(f.Fd()), off, unix.SEEK_DATA)
		if errors.Is(err, unix.ENXIO) {
			return all, info.Size(), nil
		}
		if err != nil {
			return nil, 0, os.NewSyscallError("lseek", err)
		}
		hole, err := unix.Seek(int(f.Fd()), data, unix.SEEK_HOLE)
		if err != nil {
			return nil, 0, os.NewSyscallError("lseek", err)
		}
		for n := data / tape.Block; n*tape.Block < hole; n++ {
			block := make([]byte, tape.Block)
			if _, err := f.ReadAt(block, n*tape.Block); err != nil && err != io.EOF {
				return nil, 0, err
			}
			if !tape.IsZero(block) {
				all[n] = block
			}
		}
		off = hole
	}
}
