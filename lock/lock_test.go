package lock

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wholly-go/wholly/internal/disk"
)

var ctx = context.Background()

func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l")
	var group sync.WaitGroup
	var inside, total atomic.Int32
	for range 16 {
		group.Go(func() {
			for range 25 {
				unlock, err := Acquire(ctx, path)
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d inside", n)
				}
				total.Add(1)
				time.Sleep(200 * time.Microsecond) // long enough to be met
				inside.Add(-1)
				unlock()
			}
		})
	}
	group.Wait()
	if total.Load() != 16*25 {
		t.Errorf("%d turns", total.Load())
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock file is left: %v", err)
	}
}

func TestWaitEnds(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "l")
	unlock, err := Acquire(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	d, err := disk.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, wait := range []time.Duration{-1, 20 * time.Millisecond} {
		if _, err := In(ctx, d, "l", wait); !errors.Is(err, ErrBusy) {
			t.Errorf("wait %v: %v", wait, err)
		}
	}
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := Acquire(short, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	unlock()
	again, err := In(ctx, d, "l", -1)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestAbandonedLockFileIsTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l")
	if err := os.WriteFile(path, nil, 0o400); err != nil {
		t.Fatal(err)
	}
	unlock, err := Acquire(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

// TestHolder is the process that dies below.
func TestHolder(t *testing.T) {
	path := os.Getenv("WHOLLY_LOCK_TEST")
	if path == "" {
		t.Skip("runs only as a child")
	}
	if _, err := Acquire(ctx, path); err != nil {
		t.Fatal(err)
	}
	os.Stdout.WriteString("held\n")
	time.Sleep(time.Hour)
}

func TestDeathReleases(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l")
	for range 5 {
		child := exec.Command(os.Args[0], "-test.run=^TestHolder$")
		child.Env = append(os.Environ(), "WHOLLY_LOCK_TEST="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		said := make([]byte, 64)
		n, err := out.Read(said)
		if !strings.Contains(string(said[:n]), "held") {
			t.Fatalf("the child said %q, %v", said[:n], err)
		}
		short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		_, err = Acquire(short, path)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("while the holder lives: %v", err)
		}
		child.Process.Kill()
		child.Wait()
		unlock, err := Acquire(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		unlock()
	}
}
