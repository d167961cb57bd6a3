package cut

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Without somebody else's commits a strategy that never syncs looks merely
// stale: everything it did is lost together. The neighbour's commits make the
// kernel write out a part of it: mostly metadata, now and then delayed data too,
// as the kernel's own write-back does, only more often.

// neighbour works beside the program until stop is called, which returns what
// went wrong.
func neighbour(mnt, kind string, seed uint64) (stop func() error) {
	end, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- commit(mnt, kind, end, rand.New(rand.NewPCG(seed, 1))) }()
	return func() error {
		close(end)
		return <-done
	}
}

func commit(mnt, kind string, end chan struct{}, r *rand.Rand) error {
	f, err := os.OpenFile(filepath.Join(mnt, "neighbour"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("the neighbour: %w", err)
	}
	defer f.Close()
	for {
		select {
		case <-end:
			return nil
		case <-time.After(time.Duration(r.IntN(3000)) * time.Microsecond):
		}
		if r.IntN(5) == 0 {
			err = unix.Syncfs(int(f.Fd()))
		} else if kind == "btrfs" {
			err = commitBtrfs(f)
		} else if _, err = f.WriteString("a line of the neighbour\n"); err == nil {
			err = f.Sync() // and with it everybody's metadata
		}
		if err != nil {
			return fmt.Errorf("the neighbour: %w", err)
		}
	}
}

// On btrfs fsync goes to a log of the one file and commits nobody else. These
// commit the transaction without flushing delayed data, as the periodic commit
// of the kernel does (btrfs-ioctl(2)).
const (
	btrfsStartSync = 0x80089418
	btrfsWaitSync  = 0x40089416
)

func commitBtrfs(f *os.File) error {
	var transaction uint64
	if err := ioctl(f, btrfsStartSync, &transaction); err != nil {
		return err
	}
	return ioctl(f, btrfsWaitSync, &transaction)
}
