package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/wholly-go/wholly/lab/internal/rig"
)

// errNotRun is a lack of the machine: told, and a failure only where the lab is
// required.
type errNotRun struct{ lack error }

func (e errNotRun) Error() string { return "not run: " + e.lack.Error() }

// inRoom runs do in a directory of its own, if this machine can run the lab on
// these file systems. Whatever happens in it, nothing stays mounted, attached
// or on the disk; what killed labs have left is taken down first.
func inRoom(systems []rig.FS, do func(room string) error) (err error) {
	if lack := rig.Missing(systems...); lack != nil {
		return errNotRun{lack}
	}
	if err := rig.Reap(); err != nil {
		return err
	}
	room, leave, err := rig.Room()
	if err != nil {
		return err
	}
	defer func() {
		if left := leave(); left != nil {
			err = errors.Join(err, fmt.Errorf("clean up: %w", left))
		}
	}()
	return do(room)
}

// self is the command of this program, for the processes it starts.
func self(verb string) ([]string, error) {
	exe, err := os.Executable()
	return []string{exe, verb}, err
}

// systemsNamed are the file systems of these names; an unknown one is an error
// of usage.
func systemsNamed(names []string) (all []rig.FS, err error) {
	for _, name := range names {
		fs, err := rig.Named(name)
		if err != nil {
			return nil, usage(err)
		}
		all = append(all, fs)
	}
	return all, nil
}

// asWritten is the command of this run as a user types it in a checkout.
func asWritten() string { return strings.Join(append([]string{"go run ./lab"}, os.Args[1:]...), " ") }

// reportsIn makes the directory of the reports, so that what is wrong with it
// is known before the work and not after. "" is no report.
func reportsIn(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return usage(fmt.Errorf("--report: %w", err))
	}
	if err := unix.Access(dir, unix.W_OK); err != nil {
		return usage(fmt.Errorf("--report %s: %w", dir, err))
	}
	return nil
}
