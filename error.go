package wholly

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/wholly-go/wholly/lock"
)

// State says what is at a path after a verb returned an error (promise P6).
type State uint8

const (
	// Unknown: the outcome could not be told. Read the file to find out; it
	// holds the complete old or the complete new content.
	Unknown State = iota
	// Old: nothing changed.
	Old
	// New: the new content is in place. What failed came after: usually the
	// confirmation that it survives a power cut.
	New
)

// String returns "unknown", "old" or "new".
func (s State) String() string {
	switch s {
	case Old:
		return "old"
	case New:
		return "new"
	}
	return "unknown"
}

// Error is what every verb of this package returns when it fails. It is meant
// for errors.As, to read the State; the cause is found by errors.Is.
type Error struct {
	Op    string // the verb: "write", "read", "update", "restore", …
	Path  string // the name as the caller gave it
	State State  // what is at the path now
	Err   error  // the cause
}

// Error names operation, path, cause and, where it is not obvious, the state.
func (e *Error) Error() string {
	s := e.Op + " " + e.Path + ": " + e.Err.Error()
	switch e.State {
	case New:
		s += " (the new content is in place)"
	case Unknown:
		s += " (old or new content is in place, it is not known which)"
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// verdict makes err the Error of op. An Error within it knows the state;
// otherwise nothing was changed.
func verdict(op, path string, err error) error {
	if err == nil {
		return nil
	}
	var inner *Error
	if errors.As(err, &inner) {
		return &Error{op, path, inner.State, inner.Err}
	}
	return &Error{op, path, Old, err}
}

// stateOf returns the state that err tells; New for a nil error.
func stateOf(err error) State {
	var e *Error
	if errors.As(err, &e) {
		return e.State
	}
	return New
}

// Causes, for errors.Is. Errors of the operating system (fs.ErrNotExist,
// fs.ErrPermission, syscall.ENOSPC, …) are passed on beneath Error as they are.
var (
	// ErrNotDurable: the content is in place, but it is not confirmed that it
	// survives a power cut. The State is New.
	ErrNotDurable = errors.New("not confirmed durable")
	// ErrExists: IfAbsent was asked for and there is a file. It is also
	// fs.ErrExist.
	ErrExists = fmt.Errorf("the file is there already: %w", fs.ErrExist)
	// ErrChanged: the content is not the version that the caller has seen.
	ErrChanged = errors.New("the file was changed by someone else")
	// ErrBusy: another writer held the lock for longer than the time limit.
	ErrBusy = lock.ErrBusy
	// ErrNotRegular: the name leads to a device, FIFO or socket.
	ErrNotRegular = errors.New("not a regular file")
	// ErrSymlink: the name is a symbolic link and the policy refuses those.
	ErrSymlink = errors.New("is a symbolic link")
	// ErrHardLinks: the file has other names and the policy refuses to part
	// from them.
	ErrHardLinks = errors.New("has more than one hard link")
	// ErrMounted: the file is mounted on its own, so it cannot be replaced.
	ErrMounted = errors.New("is a mount point, which cannot be replaced atomically")
	// ErrInvalid: the content fails the policy's Check.
	ErrInvalid = errors.New("content fails its check")
	// ErrNoGoodVersion: the content fails its check and so does every earlier
	// version that was kept.
	ErrNoGoodVersion = errors.New("no good version is left")
	// ErrNoVersion: there is no earlier version of that number. It is also
	// fs.ErrNotExist.
	ErrNoVersion = fmt.Errorf("no such version: %w", fs.ErrNotExist)
	// ErrClosed: the File was committed or closed before. It is also
	// fs.ErrClosed.
	ErrClosed = fmt.Errorf("replacement is over: %w", fs.ErrClosed)
	// ErrNotKept: the policy is Strict and something that belongs to the file
	// (owner, group, an attribute) could not be carried over.
	ErrNotKept = errors.New("could not be carried over")
	// ErrUnchanged may be returned by the function given to Update: nothing is
	// written and Update returns nil.
	ErrUnchanged = errors.New("nothing changed")
)

// Recovered is the error of a verb that did its work although the file was
// damaged: the content failed its check, the newest good version took its place
// (promise P7). ReadFile returns it beside that good content, Update after its
// change, based on the good content, was made.
type Recovered struct {
	Path     string  // the damaged file
	Version  Version // what was served instead
	From     string  // the backup that it came from, in the directory of Path
	SetAside string  // where the damaged content is now; empty if it could not be moved
	Damage   error   // why the content was refused; matches ErrInvalid
	Repair   error   // why the file could not be mended; nil if it was
}

// Error names the file, what was wrong with it, what was served and where the
// damaged content went.
func (r *Recovered) Error() string {
	s := fmt.Sprintf("%s was damaged (%v): recovered from %s", r.Path, r.Damage, r.From)
	if r.SetAside != "" {
		s += ", the damaged content is kept as " + r.SetAside
	}
	if r.Repair != nil {
		s += fmt.Sprintf(", but the file could not be mended: %v", r.Repair)
	}
	return s
}

// Unwrap returns the damage and, if mending failed, that.
func (r *Recovered) Unwrap() []error {
	if r.Repair != nil {
		return []error{r.Damage, r.Repair}
	}
	return []error{r.Damage}
}
