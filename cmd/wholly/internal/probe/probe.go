// Package probe finds out what the file system of a directory can do, by doing
// it there, and says which of the library's promises hold on it.
package probe

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Ability is one thing that a file system has or has not.
type Ability struct {
	Name string // what is shown; programs may rely on it
	Has  bool
	Note string // why not, or what is worth knowing
}

// The names of the abilities.
const (
	ReplaceOpen = "replace under a reader"
	HardLinks   = "hard links"
	Exchange    = "rename that exchanges"
	NoReplace   = "rename that replaces nothing"
	TempNoName  = "temp files without a name"
	Locks       = "locks"
	DirSync     = "directory fsync"
	Modes       = "private modes"
	Attrs       = "extended attributes"
	ACLs        = "access lists"
	Symlinks    = "symbolic links"
	Case        = "case-sensitive names"
)

// Report is what was found.
type Report struct {
	Dir         string
	System      System
	Abilities   []Ability
	LongestName int           // bytes
	Replace     time.Duration // one durable replace of 4 KiB, median
	Fsync       time.Duration // one write and fsync of 4 KiB in place, median
	Free        uint64        // bytes that the caller may still use
	FreeFiles   uint64        // files that may still be made; 0 where that is not counted
	Leftovers   []string      // names of temps and locks, of dead or living writers
}

// System is the file system as the operating system describes it.
type System struct {
	Type    string   // "ext4"
	Source  string   // device or server
	Mount   string   // where it is mounted
	Options []string // of the mount
	Journal Journal
}

// Journal says whether the file system mends its structure after a power cut.
type Journal string

// What is known about a journal.
const (
	Journalled     Journal = "journal"
	CopyOnWrite    Journal = "copy on write"
	NoJournal      Journal = "no journal"
	JournalUnknown Journal = "unknown"
)

// Can reports whether the ability of that name was found.
func (r *Report) Can(name string) bool {
	for _, a := range r.Abilities {
		if a.Name == name {
			return a.Has
		}
	}
	return false
}

// Look probes dir in a private directory below it, which is gone when Look
// returns, also when it returns an error. It stops when ctx ends.
func Look(ctx context.Context, dir string) (r *Report, err error) {
	r = &Report{Dir: dir}
	if r.Leftovers, err = leftovers(dir); err != nil {
		return nil, err
	}
	if r.System, err = describe(dir); err != nil {
		return nil, err
	}
	if r.Free, r.FreeFiles, err = space(dir); err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp(dir, scratchPrefix)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	for _, try := range append(trials(), own()...) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.Abilities = append(r.Abilities, try.in(scratch))
	}
	if r.LongestName, err = longestName(scratch); err != nil {
		return nil, err
	}
	return r, r.measure(ctx, scratch)
}

const scratchPrefix = ".wholly-doctor-"

// leftovers lists the names that only writers at work use, and what a killed
// probe left.
func leftovers(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		lock := strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".wholly-lock")
		if lock || strings.HasPrefix(name, ".wholly-") {
			names = append(names, name)
		}
	}
	return names, nil
}

// trial finds out about one ability, in an empty directory of its own.
type trial struct {
	name string
	try  func(dir string) (has bool, note string, err error)
}

// in runs the trial below scratch. An error is a no, with the reason.
func (t trial) in(scratch string) Ability {
	dir, err := os.MkdirTemp(scratch, "")
	if err != nil {
		return Ability{Name: t.name, Note: reason(err)}
	}
	has, note, err := t.try(dir)
	if err != nil {
		return Ability{Name: t.name, Note: reason(err)}
	}
	return Ability{Name: t.name, Has: has, Note: note}
}

// reason is the cause without operation and scratch path.
func reason(err error) string {
	var p *os.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err.Error()
	case errors.As(err, &l):
		return l.Err.Error()
	}
	return err.Error()
}

// two makes files a and b, which hold "a" and "b".
func two(dir string) (a, b string, err error) {
	a, b = filepath.Join(dir, "a"), filepath.Join(dir, "b")
	// wholly: ignore[truncate-in-place] the folder is made for the trial and removed after it
	return a, b, errors.Join(os.WriteFile(a, []byte("a"), 0o600), os.WriteFile(b, []byte("b"), 0o600))
}

// holds reports whether the file name has the content.
func holds(name, content string) (bool, error) {
	data, err := os.ReadFile(name)
	return string(data) == content, err
}
