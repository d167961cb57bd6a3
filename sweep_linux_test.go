package wholly_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/wholly-go/wholly"
)

// playHold begins a file, says so, and commits it when its input ends.
func playHold(args []string) error {
	f, err := wholly.Create(args[0], 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.WriteString(f, "first half, "); err != nil {
		return err
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	if _, err := io.WriteString(f, "second half"); err != nil {
		return err
	}
	return f.Commit()
}

// held starts a child that holds an open File.
func held(t *testing.T, path string) (child *exec.Cmd, finish func() error) {
	t.Helper()
	child = role("hold", path)
	in, err := child.StdinPipe()
	try(t, err)
	out, err := child.StdoutPipe()
	try(t, err)
	try(t, child.Start())
	t.Cleanup(func() { child.Process.Kill() })
	if _, err := io.ReadFull(out, make([]byte, len("ready\n"))); err != nil {
		t.Fatal(err)
	}
	return child, func() error { in.Close(); return child.Wait() }
}

func TestSweepLeavesAWriterInAnotherProcess(t *testing.T) { // P4; anchors C6
	path := filepath.Join(t.TempDir(), "f")
	child, finish := held(t, path)
	sweep := func(times int) {
		t.Helper()
		for range times {
			done, err := wholly.Sweep(filepath.Dir(path))
			if err != nil || len(done.Removed) != 0 || len(done.Left) != 1 || !strings.Contains(done.Left[0].Reason, "alive") {
				t.Fatalf("sweep: %+v, %v", done, err)
			}
		}
	}
	sweep(1000)
	try(t, child.Process.Signal(syscall.SIGSTOP)) // who stands still lives
	sweep(1000)
	try(t, child.Process.Signal(syscall.SIGCONT))
	try(t, finish())
	if data, _ := look(t, path); data != "first half, second half" {
		t.Errorf("committed: %q", data)
	}

	child, finish = held(t, path)
	try(t, child.Process.Kill())
	finish()
	done, err := wholly.Sweep(filepath.Dir(path))
	if err != nil || len(done.Removed) != 1 || len(done.Left) != 0 {
		t.Errorf("sweep after a kill: %+v, %v", done, err)
	}
	if data, _ := look(t, path); data != "first half, second half" {
		t.Errorf("after a kill: %q", data)
	}
}

// playBusy creates and commits without pause, each third time by Update.
func playBusy(args []string) error {
	count, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	p := wholly.Policy{Durability: wholly.Atomic}
	for n := range count {
		data := strconv.AppendInt(nil, int64(n), 10)
		if n%3 == 0 {
			err = p.Update(context.Background(), args[0], 0o600, func([]byte) ([]byte, error) { return data, nil })
		} else {
			err = p.WriteFile(args[0], data, 0o600)
		}
		if err != nil {
			return fmt.Errorf("save %d: %w", n, err)
		}
	}
	return nil
}

// TestSweepRacesWriters is about the moment between making a temp or a lock
// file and locking it.
func TestSweepRacesWriters(t *testing.T) { // P4; anchors C5, C6
	const writers = 2
	count := 10_000
	if testing.Short() {
		count = 1000
	}
	// In memory: ext4 pushes the data out at each rename over a file.
	dir, err := os.MkdirTemp("/dev/shm", "wholly")
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	var running atomic.Int64
	running.Store(writers)
	for i := range writers {
		child := role("busy", filepath.Join(dir, strconv.Itoa(i)), strconv.Itoa(count))
		try(t, child.Start())
		go func() {
			defer running.Add(-1)
			if err := child.Wait(); err != nil {
				t.Errorf("a writer beside a Sweep: %v", err)
			}
		}()
	}
	sweeps, removed := 0, 0
	for running.Load() > 0 {
		done, err := wholly.Sweep(dir)
		try(t, err)
		sweeps++
		removed += len(done.Removed)
	}
	t.Logf("%d saves by %d processes beside %d sweeps, which took %d files before they were locked", writers*count, writers, sweeps, removed)
	for i := range writers {
		if data, _ := look(t, filepath.Join(dir, strconv.Itoa(i))); data != strconv.Itoa(count-1) {
			t.Errorf("writer %d ended with %q", i, data)
		}
	}
	entries, err := os.ReadDir(dir)
	try(t, err)
	if len(entries) != writers {
		t.Errorf("left: %v", entries)
	}
}
