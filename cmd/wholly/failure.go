package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/agent/keeper/vault"
	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/demo"
	"github.com/wholly-go/wholly/journal"
)

// The exit codes. "No" is an answer; that something failed is not.
const (
	exitYes         = 0
	exitNo          = 1
	exitUsage       = 2
	exitFailed      = 3
	exitBusy        = 4
	exitInterrupted = 130
)

// failure is an error as people and programs are told it.
type failure struct {
	Op       string          `json:"op"`
	Path     string          `json:"path"`
	State    string          `json:"state"` // "old", "new", "unknown"; "" where no file is written or read
	Error    string          `json:"error"`
	Exit     int             `json:"exit"`
	Hint     string          `json:"hint"`
	Present  *wholly.Version `json:"present,omitempty"`  // with --if-match: what is there, "" for no file
	Versions []int           `json:"versions,omitempty"` // the earlier versions that exist
}

// errNo ends a verb whose answer, already given, is no.
var errNo = errors.New("the answer is no")

// usageError: the command line was not understood; nothing was begun.
type usageError struct{ error }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// printError: the answer could not be written to standard output.
type printError struct{ error }

func (e *printError) Error() string { return "print the answer: " + e.error.Error() }
func (e *printError) Unwrap() error { return e.error }

// rule maps one cause to its exit code and to what to do about it.
type rule struct {
	cause func(error) bool
	exit  int
	hint  func(f *failure) string
}

// rules is the one place that does so. The first that fits counts, so the more
// telling cause stands before the more general one.
var rules = []rule{
	{as[*usageError], exitUsage, hintUsage},
	{as[*printError], exitFailed, hintPrint},
	{is(context.Canceled), exitInterrupted, hintInterrupted},
	{as[*noBaselineError], exitFailed, hintNoBaseline},
	{is(audit.ErrNoGrammar), exitFailed, hintNoGrammar},
	{inPart, exitFailed, hintUnread},
	{is(wholly.ErrNotDurable), exitFailed, hintNotDurable},
	{is(wholly.ErrExists), exitBusy, hintExists},
	{is(wholly.ErrChanged), exitBusy, hintChanged},
	{is(wholly.ErrBusy), exitBusy, hintBusy},
	{is(vault.ErrNewer), exitNo, hintLater},
	{is(vault.ErrNotState), exitNo, hintNotState},
	{is(vault.ErrExposed), exitFailed, hintExposed},
	{is(vault.ErrNoIdentity), exitFailed, hintNoIdentity},
	{is(vault.ErrWrongIdentity), exitFailed, hintWrongIdentity},
	{is(vault.ErrNoRecipient), exitFailed, hintNoRecipient},
	{is(vault.ErrEmpty), exitFailed, hintEmpty},
	{is(keeper.ErrStrange), exitFailed, hintStrange},
	{is(keeper.ErrNotInstalled), exitFailed, hintNotInstalled},
	{is(keeper.ErrRemote), exitFailed, hintRemote},
	{is(keeper.ErrContext), exitFailed, hintContext},
	{is(keeper.ErrNoBrowser), exitFailed, hintNoBrowser},
	{is(wholly.ErrNoGoodVersion), exitNo, hintNoGood},
	{as[*history.LeftError], exitNo, hintLeft},
	{is(errIsLog), exitNo, hintIsLog},
	{is(errNotThere), exitNo, hintNotThere},
	{is(demo.ErrCannot), exitNo, hintCannot},
	{is(journal.ErrNotJournal, agent.ErrNotLog), exitNo, hintNotLog},
	{is(journal.ErrHeader), exitNo, hintHeader},
	{is(journal.ErrVersion), exitNo, hintLater},
	{is(wholly.ErrInvalid), exitNo, hintInvalid},
	{is(wholly.ErrNoVersion), exitFailed, hintNoVersion},
	{is(wholly.ErrSymlink), exitFailed, hintSymlink},
	{is(wholly.ErrHardLinks), exitFailed, hintHardLinks},
	{is(wholly.ErrMounted), exitFailed, hintMounted},
	{is(wholly.ErrNotKept), exitFailed, hintNotKept},
	{is(wholly.ErrNotRegular), exitFailed, hintNotRegular},
	{is(syscall.EISDIR), exitFailed, hintDirectory},
	{is(diskFull...), exitFailed, hintDiskFull},
	{is(syscall.EROFS), exitFailed, hintReadOnly},
	{is(syscall.EFBIG), exitFailed, hintTooBig},
	{is(syscall.EIO), exitFailed, hintDiskError},
	{is(syscall.ENAMETOOLONG), exitFailed, hintLongName},
	{is(syscall.ELOOP), exitFailed, hintLinkLoop},
	{is(syscall.ENOTDIR), exitFailed, hintNotDirectory},
	{is(fs.ErrNotExist), exitFailed, hintMissing},
	{is(fs.ErrPermission), exitFailed, hintPermission},
}

func is(targets ...error) func(error) bool {
	return func(err error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
}

func as[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// fail tells err, if it is one, and returns the exit code.
func (a *app) fail(err error) int {
	if err == nil || as[*printError](err) && isClosedPipe(err) {
		return exitYes // nobody reads the rest: no reason for a complaint
	}
	if errors.Is(err, errNo) {
		return exitNo
	}
	f := a.explain(err)
	if a.json {
		writeJSON(a.talk, f)
		return f.Exit
	}
	fmt.Fprintln(a.talk, "wholly:", f.message())
	if f.Hint != "" {
		fmt.Fprintln(a.talk, "hint:", f.Hint)
	}
	return f.Exit
}

// explain fills in what is known about err.
func (a *app) explain(err error) *failure {
	f := &failure{Op: a.verb, Path: a.path, Error: err.Error(), Exit: exitFailed}
	var e *wholly.Error
	if errors.As(err, &e) {
		f.Path, f.State, f.Error = e.Path, e.State.String(), e.Err.Error()
	}
	if errors.Is(err, context.Canceled) {
		f.Error = "interrupted"
	}
	for _, r := range rules {
		if r.cause(err) {
			f.Exit, f.Hint = r.exit, r.hint(f)
			break
		}
	}
	return f
}

// message is the failure in one line, as the library words it.
func (f *failure) message() string {
	switch {
	case f.Op == "":
		return f.Error
	case f.State == "" || f.Path == "":
		return f.Op + ": " + f.Error
	}
	e := wholly.Error{Op: f.Op, Path: shown(f.Path), State: wholly.Old, Err: errors.New(f.Error)}
	for _, s := range []wholly.State{wholly.New, wholly.Unknown} {
		if f.State == s.String() {
			e.State = s
		}
	}
	return e.Error()
}
