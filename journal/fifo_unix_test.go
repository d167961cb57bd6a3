//go:build unix

package journal

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/wholly-go/wholly"
)

// TestFIFOAndDeviceAreRefusedAtOnce: neither is waited for.
func TestFIFOAndDeviceAreRefusedAtOnce(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	must(syscall.Mkfifo(fifo, 0o600))
	for _, path := range []string{fifo, "/dev/null"} {
		if _, err := Open(ctx, path, Options{Wait: -1}); !errors.Is(err, wholly.ErrNotRegular) {
			t.Errorf("Open %s: %v", path, err)
		}
		if _, errs := collect(Read(path)); len(errs) != 1 || !errors.Is(errs[0], wholly.ErrNotRegular) {
			t.Errorf("Read %s: %v", path, errs)
		}
	}
}
