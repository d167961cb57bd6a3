//go:build unix

package vault

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
)

func TestADirectoryOfOthersIsRefused(t *testing.T) {
	path := newPath(t)
	dir := filepath.Dir(path)
	for mode, want := range map[os.FileMode]error{
		0o777: ErrExposed, 0o770: ErrExposed, 0o702: ErrExposed,
		0o755: nil, 0o700: nil, 0o777 | os.ModeSticky: nil,
	} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path, Options{})
		if want == nil && err != nil {
			t.Errorf("%v: %v", mode, err)
		}
		if want != nil {
			fails(t, err, want)
		}
	}
	// It is looked at before each save, too.
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	k := keeps(t, path, Options{})
	k.saves(t, "a=1")
	was := get(t, path)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	_, err := k.save(t, "a=2")
	fails(t, err, ErrExposed)
	if get(t, path) != was {
		t.Error("it was written")
	}
}

func TestWhatWasWideBecomesPrivate(t *testing.T) {
	path := newPath(t)
	put(t, path, `{"cookies": [], "origins": []}`)
	for _, name := range []string{path, path + ".bak"} {
		put(t, name, `{"cookies": [], "origins": []}`)
		if err := os.Chmod(name, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	k := keeps(t, path, Options{Every: time.Nanosecond, Versions: 2})
	k.saves(t, "a=1")
	k.saves(t, "a=2")
	for _, name := range []string{path, path + ".bak", path + ".bak.2"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Error(name, info.Mode(), err)
		}
	}
}

func TestAPipeIsNotWaitedFor(t *testing.T) {
	path := newPath(t)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	_, err := opened(t, path, Options{}).Load()
	fails(t, err, wholly.ErrNotRegular)
}

func TestADirectoryThatCannotBeWritten(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	path := newPath(t)
	k := keeps(t, path, Options{})
	k.saves(t, "a=1")
	if err := os.Chmod(k.dir(), 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(k.dir(), 0o700)
	_, err := k.save(t, "a=2")
	fails(t, err, fs.ErrPermission)
}

func TestWhoIsToldToStopStops(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{})
	gone, cancel := context.WithCancel(ctx)
	cancel()
	_, err := k.Save(gone, nil, Capture{State: holds(t, "a=1")})
	fails(t, err, context.Canceled)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
