package peer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// each runs the test with every peer that can run here. One that cannot is
// skipped with its reason, and is a failure where every tool is required.
func each(t *testing.T, test func(t *testing.T, p Peer)) {
	for _, p := range All() {
		t.Run(p.Name, func(t *testing.T) {
			need(t, p.Missing(t.Context()))
			test(t, p)
		})
	}
}

// eachChild is each for the peers that are a process of their own.
func eachChild(t *testing.T, test func(t *testing.T, p Peer)) {
	for _, p := range slices.Concat(inNode(""), inPython()) {
		t.Run(p.Name, func(t *testing.T) {
			need(t, p.Missing(t.Context()))
			test(t, p)
		})
	}
}

func need(t *testing.T, missing error) {
	t.Helper()
	switch {
	case missing == nil:
	case os.Getenv("WHOLLY_REQUIRE") == "1" || os.Getenv("LAB") == "require":
		t.Fatal(missing)
	default:
		t.Skip(missing)
	}
}

func open(t *testing.T, p Peer) *Writer {
	t.Helper()
	w, err := p.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestPeersMakeAndReplaceAFile(t *testing.T) {
	each(t, func(t *testing.T, p Peer) {
		w, path := open(t, p), filepath.Join(t.TempDir(), "a \xff file")
		if p.Language == "Node" {
			path = filepath.Join(filepath.Dir(path), "a file") // names are text there
		}
		for i, data := range []string{"first", "the second, longer\n", ""} {
			if err := w.WriteFile(path, []byte(data), 0o640); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); string(got) != data || err != nil {
				t.Errorf("write %d: %q, %v; want %q", i, got, err, data)
			}
		}
		want := fs.FileMode(0o640)
		if p.Name == "natefinch/atomic" {
			want = 0o600 // it takes no mode
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("mode %v, want %v (%v)", info.Mode(), want, err)
		}
	})
}

func TestPeersWriteEightMebibytes(t *testing.T) {
	each(t, func(t *testing.T, p Peer) {
		w, path := open(t, p), filepath.Join(t.TempDir(), "big")
		data := bytes.Repeat([]byte("0123456789abcde\n"), 8<<20/16)
		took, err := w.Timed(path, data, 0o644)
		if err != nil || took <= 0 {
			t.Fatalf("took %v: %v", took, err)
		}
		if got, err := os.ReadFile(path); !bytes.Equal(got, data) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if err := w.WriteFile(path, []byte("small"), 0o644); err != nil {
			t.Errorf("the next request: %v", err)
		}
	})
}

func TestAMissingDirectoryIsTold(t *testing.T) {
	each(t, func(t *testing.T, p Peer) {
		w, dir := open(t, p), t.TempDir()
		err := w.WriteFile(filepath.Join(dir, "none", "f"), []byte("x"), 0o644)
		if p.Name == "atomically" { // it makes the directory, on purpose
			dir, err = "", w.WriteFile("/dev/null/f", []byte("x"), 0o644)
			if !errors.Is(err, syscall.ENOTDIR) {
				t.Errorf("%v", err)
			}
			return
		}
		// natefinch/atomic tells the reason in words only.
		if !errors.Is(err, fs.ErrNotExist) && (p.Name != "natefinch/atomic" || err == nil) {
			t.Errorf("%v is no fs.ErrNotExist", err)
		}
		if got, _ := os.ReadDir(dir); len(got) != 0 {
			t.Errorf("it left %v", got)
		}
		if err := w.WriteFile(filepath.Join(dir, "f"), []byte("x"), 0o644); err != nil {
			t.Errorf("the next request: %v", err)
		}
	})
}

func TestAKilledChildIsAnErrorAndNoHang(t *testing.T) {
	eachChild(t, func(t *testing.T, p Peer) {
		w, err := p.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if err := w.child.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			done := make(chan error, 1)
			go func() { done <- w.WriteFile(filepath.Join(t.TempDir(), "f"), make([]byte, 1<<20), 0o644) }()
			select {
			case err := <-done:
				if err == nil || !strings.Contains(err.Error(), "killed") {
					t.Errorf("%v", err)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("it hangs")
			}
		}
	})
}

func TestTwoWritersInParallel(t *testing.T) {
	each(t, func(t *testing.T, p Peer) {
		dir := t.TempDir()
		var all sync.WaitGroup
		for i := range 2 {
			w := open(t, p)
			for j := range 2 { // and two goroutines with each
				all.Go(func() {
					path := filepath.Join(dir, fmt.Sprint(i, j))
					for k := range 10 {
						data := []byte(strings.Repeat(fmt.Sprint(i, j, k), 1000))
						if err := w.WriteFile(path, data, 0o644); err != nil {
							t.Error(err)
						}
						if got, err := os.ReadFile(path); !bytes.Equal(got, data) {
							t.Errorf("%s: %d bytes, %v", path, len(got), err)
						}
					}
				})
			}
		}
		all.Wait()
	})
}

func TestAClosedWriterSaysSo(t *testing.T) {
	eachChild(t, func(t *testing.T, p Peer) {
		w, err := p.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := w.WriteFile(filepath.Join(t.TempDir(), "f"), nil, 0o644); !errors.Is(err, errClosed) {
			t.Errorf("%v", err)
		}
	})
}

func TestEveryPeerIsDescribed(t *testing.T) {
	names := map[string]bool{}
	for _, p := range All() {
		if p.Version == "" || p.Language == "" || p.Calls == "" || p.Promise == "" || p.Source == "" {
			t.Errorf("%+v", p)
		}
		if names[p.Name] {
			t.Errorf("two peers are called %q", p.Name)
		}
		names[p.Name] = true
	}
	if len(names) != 10 {
		t.Errorf("%d peers", len(names))
	}
	if _, err := Find(All(), "nobody"); err == nil || !strings.Contains(err.Error(), "renameio") {
		t.Errorf("the error does not list the names: %v", err)
	}
}

// A program does not always know with which modules it was built; the build
// list does.
func TestGoVersionsAreThoseOfTheBuild(t *testing.T) {
	for _, p := range inGo() {
		if p.Version == runtime.Version() {
			continue
		}
		got, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", p.Source).Output()
		if err != nil || strings.TrimSpace(string(got)) != p.Version {
			t.Errorf("%s is said to be %s, and is built at %s (%v)", p.Name, p.Version, got, err)
		}
	}
}

func TestErrnoOfAName(t *testing.T) {
	for name, want := range map[string]error{"ENOSPC": syscall.ENOSPC, "EIO": syscall.EIO, "EACCES": fs.ErrPermission} {
		err := &fs.PathError{Op: "p", Path: "f", Err: told(reply{Error: name, Message: "words"})}
		if !errors.Is(err, want) || !strings.Contains(err.Error(), "words") {
			t.Errorf("%s became %v", name, err)
		}
	}
	var errno syscall.Errno
	for _, name := range []string{"", "ERR_INVALID_ARG_TYPE", "EWHATEVER"} {
		if err := told(reply{Error: name, Message: "words"}); errors.As(err, &errno) || err.Error() != "words" {
			t.Errorf("%q became %v", name, err)
		}
	}
}
