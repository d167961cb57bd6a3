package play

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// syncfs puts everything of dir's file system on the disk.
func syncfs(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return fmt.Errorf("syncfs %s: %w", dir, err)
	}
	return nil
}
