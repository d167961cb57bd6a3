package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/lock"
)

func newJournal(t testing.TB, o Options) (*Journal, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	j, err := Open(ctx, path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j, path
}

func appended(t testing.TB, j *Journal, payloads ...string) {
	t.Helper()
	for _, p := range payloads {
		if _, err := j.Append(ctx, []byte(p)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOneWriterAtATime(t *testing.T) {
	j, path := newJournal(t, Options{})
	for _, wait := range []time.Duration{-1, 20 * time.Millisecond} {
		if _, err := Open(ctx, path, Options{Wait: wait}); !errors.Is(err, lock.ErrBusy) || !errors.Is(err, wholly.ErrBusy) {
			t.Errorf("wait %v: %v", wait, err)
		}
	}
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := Open(short, path, Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	// The verbs of wholly that take the lock take the same one.
	p := wholly.Policy{Wait: -1}
	err := p.Update(ctx, path, 0o600, func([]byte) ([]byte, error) { return nil, nil })
	if !errors.Is(err, wholly.ErrBusy) {
		t.Errorf("an Update of the open journal: %v", err)
	}
	if swept, err := wholly.Sweep(filepath.Dir(path)); err != nil || len(swept.Removed) > 0 || len(swept.Left) != 1 {
		t.Errorf("Sweep beside an open journal: %+v, %v", swept, err)
	}
	if err := errors.Join(j.Close(), j.Close()); err != nil {
		t.Error(err)
	}
	again, err := Open(ctx, path, Options{Wait: -1})
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLongestName(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("n", maxName))
	j, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	err = wholly.Policy{Wait: -1}.Update(ctx, path, 0o600, func([]byte) ([]byte, error) { return nil, nil })
	if !errors.Is(err, wholly.ErrBusy) {
		t.Errorf("an Update of the open journal: %v", err)
	}
}

func TestWhatIsNoFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	must(os.Mkdir(filepath.Join(dir, "dir"), 0o700))
	must(os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	if err := errors.Join(os.Symlink("file", filepath.Join(dir, "link")), os.Symlink("nowhere", filepath.Join(dir, "dangling"))); err != nil {
		t.Skip(err)
	}
	for what, want := range map[string]error{
		"dir": syscall.EISDIR, "link": wholly.ErrSymlink, "dangling": wholly.ErrSymlink, "missing/log": fs.ErrNotExist,
	} {
		path := filepath.Join(dir, what)
		if _, err := Open(ctx, path, Options{}); !errors.Is(err, want) {
			t.Errorf("Open %s: %v", what, err)
		}
		if _, errs := collect(Read(path)); len(errs) != 1 || !errors.Is(errs[0], want) {
			t.Errorf("Read %s: %v", what, errs)
		}
	}
	for _, bad := range []string{"", ".", "..", "a/b", "../log"} {
		if _, err := OpenIn(ctx, folder(t, filepath.Join(dir, "x")), bad, Options{}); err == nil {
			t.Errorf("OpenIn %q worked", bad)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 4 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOptions(t *testing.T) {
	var log bytes.Buffer
	path := filepath.Join(t.TempDir(), "a", "b", name)
	o := Options{MkdirMode: 0o700, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	j, err := Open(ctx, path, o)
	if err != nil {
		t.Fatal(err)
	}
	appended(t, j, "a secret", "another secret")
	must(j.Close())
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v", info, err)
	}
	file, err := os.ReadFile(path)
	must(err)
	file[start+headLen]++
	must(os.WriteFile(path, append(file, "torn"...), 0o600))
	j, err = Open(ctx, path, o)
	if err != nil {
		t.Fatal(err)
	}
	must(j.Compact(ctx, func(Record) bool { return true }))
	must(j.Close())
	for _, want := range []string{"journal damaged", "torn end cut off", "bytes=4", "journal compacted"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, &log)
		}
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("a payload is in the log:\n%s", &log)
	}
}

// TestGroupCommit: what queues while a flush runs goes with the next, in one
// write and one sync.
func TestGroupCommit(t *testing.T) {
	d := crash.New()
	j, err := OpenIn(ctx, d.Root(), name, Options{})
	must(err)
	d.Reset()
	const callers = 50
	j.turn <- struct{}{}
	var group sync.WaitGroup
	seqs := make(chan uint64, callers)
	for range callers {
		group.Go(func() {
			seq, err := j.Append(ctx, []byte("x"))
			if err != nil {
				t.Error(err)
			}
			seqs <- seq
		})
	}
	waiting(j, callers)
	<-j.turn
	group.Wait()
	count := map[string]int{}
	for _, op := range d.Ops() {
		count[op.Kind]++
	}
	if count["write"] != 1 || count["sync"] != 1 || len(count) != 2 {
		t.Errorf("%d calls of Append made %v", callers, count)
	}
	close(seqs)
	seen := map[uint64]bool{}
	for seq := range seqs {
		seen[seq] = true
	}
	if len(seen) != callers || !seen[1] || !seen[callers] {
		t.Errorf("%d numbers for %d records", len(seen), callers)
	}
	must(j.Close())
}

// TestCostIsConstant: record 10,000 takes the calls and bytes that record 10
// takes.
func TestCostIsConstant(t *testing.T) {
	d := crash.New()
	j, err := OpenIn(ctx, d.Root(), name, Options{})
	must(err)
	defer j.Close()
	calls := map[string]int{}
	cost := func() string {
		clear(calls)
		before := j.Size()
		d.Fault = func(op crash.Op) error { calls[op.Kind]++; return nil }
		appended(t, j, "payload")
		d.Fault = nil
		return fmt.Sprint(calls, j.Size()-before, len(d.Files()[name])-int(before))
	}
	costs := map[uint64]string{}
	for _, n := range []uint64{10, 10_000} {
		if _, err := j.AppendAll(ctx, make([][]byte, n-j.Next())...); err != nil {
			t.Fatal(err)
		}
		costs[n] = cost()
	}
	if want := "map[sync:1 write:1] 47 47"; costs[10] != want || costs[10_000] != want {
		t.Errorf("%v, want %s", costs, want)
	}
}

// TestRecordsAreAcknowledged: what is written but not synced is not shown.
func TestRecordsAreAcknowledged(t *testing.T) {
	d := crash.New()
	j, err := OpenIn(ctx, d.Root(), name, Options{})
	must(err)
	acked, looks, inside := 0, 0, false
	d.Gate = func(int) { // before each operation
		if inside {
			return
		}
		inside = true
		if found, errs := collect(j.Records()); len(found) != acked || len(errs) > 0 {
			t.Errorf("%d records are shown, %d acknowledged, %v", len(found), acked, errs)
		}
		looks++
		inside = false
	}
	for ; acked < 3; acked++ {
		appended(t, j, "x")
	}
	d.Gate = nil
	if looks != 6 {
		t.Errorf("%d looks", looks)
	}
	must(j.Close())
}

// TestContextEndsTheWait: a record that was withdrawn is not written; one that a
// flush has is.
func TestContextEndsTheWait(t *testing.T) {
	j, _ := newJournal(t, Options{})
	over, cancel := context.WithCancel(ctx)
	cancel()
	state := func(err error) wholly.State {
		var e *wholly.Error
		if !errors.As(err, &e) || !errors.Is(err, context.Canceled) {
			t.Fatalf("%v", err)
		}
		return e.State
	}
	if _, err := j.Append(over, []byte("never")); state(err) != wholly.Old {
		t.Error(err)
	}
	over, cancel = context.WithCancel(ctx)
	j.turn <- struct{}{}
	result := make(chan error)
	go func() {
		_, err := j.Append(over, []byte("withdrawn"))
		result <- err
	}()
	waiting(j, 1)
	cancel()
	if err := <-result; state(err) != wholly.Old {
		t.Error(err)
	}
	if err := j.Compact(over, nil); state(err) != wholly.Old {
		t.Error(err)
	}
	<-j.turn
	appended(t, j, "kept")
	if found, errs := collect(j.Records()); len(found) != 1 || string(found[0].Payload) != "kept" || len(errs) > 0 {
		t.Errorf("%s %v", describe(found), errs)
	}
}

func TestCloseWaitsForAppends(t *testing.T) {
	j, path := newJournal(t, Options{})
	j.turn <- struct{}{}
	result := make(chan error)
	go func() {
		_, err := j.Append(ctx, []byte("under way"))
		result <- err
	}()
	waiting(j, 1)
	closed := make(chan error)
	go func() { closed <- j.Close() }()
	<-j.turn
	if err := errors.Join(<-result, <-closed); err != nil {
		t.Error(err)
	}
	if found, _ := collect(Read(path)); len(found) != 1 {
		t.Errorf("found%s", describe(found))
	}
	for what, err := range map[string]error{
		"Append":  func() error { _, err := j.Append(ctx, nil); return err }(),
		"Compact": j.Compact(ctx, nil),
		"Records": func() error { _, errs := collect(j.Records()); return errors.Join(errs...) }(),
	} {
		if !errors.Is(err, ErrClosed) || !errors.Is(err, fs.ErrClosed) {
			t.Errorf("%s after Close: %v", what, err)
		}
	}
}
