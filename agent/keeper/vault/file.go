package vault

import (
	"errors"
	"io"
	"iter"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"filippo.io/age"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// Options say how a state file is kept. The zero value is safe.
type Options struct {
	// Dialect is the one to write. Unknown keeps that of the file, and writes
	// Playwright's where there is none; a bare list becomes Playwright's.
	Dialect storagestate.Dialect
	// Recipients are those who can read what is saved; without any it is not
	// encrypted. Passphrases are refused: each save would cost a second.
	Recipients []age.Recipient
	// Identities read an encrypted file.
	Identities []age.Identity
	// AllowEmpty lets a state without anything replace one with something.
	AllowEmpty bool
	// Versions is how many earlier versions are kept: one for 0, none if
	// negative.
	Versions int
	// Every is the least time between two earlier versions; 0 is a minute.
	Every time.Duration
	// Forget is how long an earlier version may hold what the file does not
	// hold any more; 0 is an hour.
	Forget time.Duration
	// Wait limits the wait for the file's lock; see [wholly.Policy].
	Wait time.Duration
	// Logger, if not nil, is told what happens to files; never their content.
	Logger *slog.Logger
}

// Errors, for errors.Is. Those of package wholly are passed on.
var (
	// ErrExposed: others can write in the file's directory, and so could put
	// another file in its place.
	ErrExposed = errors.New("others can write in the directory")
	// ErrNotState: the file is JSON, but another program's.
	ErrNotState = errors.New("is not a storage state")
	// ErrNewer: the file was written by a later version of this program.
	ErrNewer = errors.New("was written by a newer version")
	// ErrNoIdentity: the file is encrypted and no identity was given.
	ErrNoIdentity = errors.New("is encrypted, and no identity was given")
	// ErrWrongIdentity: the file is encrypted to others.
	ErrWrongIdentity = errors.New("is encrypted to someone else: no identity fits")
	// ErrNoRecipient: the file is encrypted, and would not be any more.
	ErrNoRecipient = errors.New("is encrypted, and nobody was named to encrypt it to")
	// ErrNotLoaded: a file is saved only by one who has read it.
	ErrNotLoaded = errors.New("was not loaded")
	// ErrEmpty: the save would have replaced a login by nothing.
	ErrEmpty = errors.New("an empty state would replace one that is not")
)

// File is a state file. It may be used by many goroutines, and by many Files in
// many processes; what it hands out is the caller's own. It holds nothing open.
type File struct {
	path    string
	options Options
	writer  string // who writes, in the record

	mu     sync.Mutex     // one verb at a time; guards what follows
	loaded bool           // a Load has succeeded
	last   content        // what was last read or written
	draft  wholly.Version // of what is being written
}

// content is what the file held once, taken apart.
type content struct {
	version wholly.Version
	state   *storagestate.State
}

// Open returns the state file at path. A leading ~ and links are resolved now.
// Nothing is read yet. The error matches ErrExposed if others can write in the
// directory; a directory that is missing is made, privately, by the first Save.
func Open(path string, o Options) (*File, error) {
	if err := usable(o.Recipients); err != nil {
		return nil, err
	}
	if o.Dialect == storagestate.BareList {
		return nil, errors.New("a bare list of cookies has no place for what a keeper keeps: choose another dialect")
	}
	doc, err := agent.State(path, o.Dialect)
	if err != nil {
		return nil, err
	}
	f := &File{path: doc.Path(), options: o, writer: newWriter()}
	return f, f.trusted()
}

// Path is where the file is: absolute, links followed.
func (f *File) Path() string { return f.path }

// Versions yields the present content (number 0) and the earlier ones, newest
// first, each with what is wrong with it. One that cannot be read for want of an
// identity is not damaged.
func (f *File) Versions() iter.Seq2[wholly.VersionInfo, error] {
	p := f.policy(0)
	p.Check = f.readable // the verbs of f may be called in the loop
	return p.Versions(f.path)
}

// policy keeps n earlier versions, or leaves them alone for 0.
func (f *File) policy(n int) wholly.Policy {
	return wholly.Policy{
		Keep: n, Private: true, MkdirMode: 0o700,
		Check: func(r io.Reader) error { return f.check(r) },
		Wait:  f.options.Wait, Logger: f.options.Logger,
	}
}

func (f *File) versions() int {
	switch n := f.options.Versions; {
	case n < 0:
		return 0
	case n > 0:
		return n
	}
	return 1
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

func (f *File) fail(op string, err error) error {
	var known *wholly.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &wholly.Error{Op: op, Path: f.path, State: wholly.Old, Err: err}
}

func (f *File) dir() string { return filepath.Dir(f.path) }
