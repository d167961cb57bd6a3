package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/storagestate"
)

func (a *app) state() *cobra.Command {
	return family("state",
		"The logins that browser-use and Playwright keep",
		`The storage state of browser-use and Playwright: the cookies and the web storage
that keep a browser logged in. No verb shows a value of them unless told to.`,
		`  wholly state show storage_state.json
  wholly state merge --replace storage_state.json fresh.json`,
		a.stateShow(), a.stateMerge(), a.stateConvert(), a.stateRedact(), a.stateCheck())
}

// oneSource wants FILE, which may be - for standard input.
func oneSource(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("one FILE, or - for standard input, is wanted, got %d arguments", len(args))
	}
	return sourceName(args[0])
}

// sourceAndOut wants FILE, which may be -, and perhaps OUT.
func sourceAndOut(_ *cobra.Command, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("FILE and perhaps OUT are wanted, got %d arguments", len(args))
	}
	if len(args) == 2 {
		if err := fileName(args[1]); err != nil {
			return fmt.Errorf("OUT: %w", err)
		}
	}
	return sourceName(args[0])
}

func sourceName(name string) error {
	if name == "" {
		return errors.New("FILE is empty")
	}
	return nil
}

// dialectFlag is a flag for a way in which programs write a state.
func dialectFlag(cmd *cobra.Command, name, usage string, known ...storagestate.Dialect) *choice[storagestate.Dialect] {
	c := &choice[storagestate.Dialect]{kind: "dialect", words: map[string]storagestate.Dialect{}}
	for _, d := range known {
		c.words[strings.TrimPrefix(d.String(), "bare-")] = d
	}
	c.add(cmd, name, usage)
	return c
}

// loadState reads FILE recoverably, or standard input, and tells what it
// tolerated. Nothing was ever there: that is an error, for a name that was
// mistyped is no empty state.
func (a *app) loadState(ctx context.Context, name string) (*storagestate.State, *recoveredJSON, error) {
	if name == "-" {
		s, err := a.readState(ctx, name)
		return s, nil, err
	}
	doc, err := agent.State(name, storagestate.Unknown)
	if err != nil {
		return nil, nil, err
	}
	s, err := doc.Load()
	r, err := a.recovered(err)
	if err != nil {
		return nil, nil, asGiven(name, doc, err)
	}
	if stamp, err := (wholly.Policy{}).Stamp(doc.Path()); err != nil {
		return nil, nil, asGiven(name, doc, err)
	} else if r == nil && !stamp.Exists() {
		return nil, nil, &wholly.Error{Op: "read", Path: name, State: wholly.Old, Err: fs.ErrNotExist}
	}
	warn(a, name, s.Warnings())
	return s, r, nil
}

type stateDoc = agent.Doc[*storagestate.State]

// asGiven has an error of doc name the file as the user did.
func asGiven(name string, doc *stateDoc, err error) error {
	var e *wholly.Error
	if errors.As(err, &e) && e.Path == doc.Path() {
		return &wholly.Error{Op: e.Op, Path: name, State: e.State, Err: e.Err}
	}
	return err
}

// readState reads a state that is only read, as it is.
func (a *app) readState(ctx context.Context, name string) (*storagestate.State, error) {
	data, err := a.source(ctx, name)
	if err != nil {
		return nil, err
	}
	s, err := storagestate.Decode(data)
	if err != nil {
		return nil, invalid(name, err)
	}
	if name == "-" {
		name = "standard input"
	}
	warn(a, name, s.Warnings())
	return s, nil
}

// openTo tells whom the mode of a file lets in besides its owner: "" for
// nobody, and where modes do not say.
func openTo(info fs.FileInfo) string {
	if runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 {
		return ""
	}
	return fmt.Sprintf("mode %04o lets others at it, and it holds live logins", info.Mode().Perm())
}

// noteOpen says so when others may read the file name.
func (a *app) noteOpen(name string, info fs.FileInfo) {
	if why := openTo(info); why != "" {
		a.note("%s: %s: chmod 600 %s", shown(name), why, quote(name))
	}
}

// remnant is a file beside a state that may hold an older one and is none of its
// earlier versions.
type remnant struct {
	name string // without directory
	what string
}

// remnants are those of the state at path, which is absolute, links followed.
func remnants(path string) ([]remnant, error) {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	temp, backup := storagestate.LegacyNames(base)
	var found []remnant
	for _, e := range entries {
		switch name := e.Name(); {
		case !e.Type().IsRegular():
		case name == temp:
			found = append(found, remnant{name, "temp file of browser-use, which has it under way or crashed"})
		case name == backup && name != base+".bak":
			found = append(found, remnant{name, "backup of browser-use"})
		case strings.HasPrefix(name, base+".bad-"):
			found = append(found, remnant{name, "damaged content that was set aside"})
		}
	}
	return found, nil
}

// sameState reports whether two names lead to one file, or would.
func sameState(a, b string) (bool, error) {
	one, err := agent.State(a, storagestate.Unknown)
	if err != nil {
		return false, err
	}
	other, err := agent.State(b, storagestate.Unknown)
	if err != nil {
		return false, err
	}
	if one.Path() == other.Path() {
		return true, nil
	}
	i, err1 := os.Stat(one.Path())
	j, err2 := os.Stat(other.Path())
	return err1 == nil && err2 == nil && os.SameFile(i, j), nil
}
