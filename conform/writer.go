package conform

import (
	"context"
	"io"
	"io/fs"
	"os"
)

// WriteFunc makes data the content of the file path; perm is for a new file.
// It is the form of os.WriteFile.
type WriteFunc = func(path string, data []byte, perm fs.FileMode) error

// Writer is what is put to the test. Name and WriteFile are required; cases
// that need another field are not applicable where it is nil.
type Writer struct {
	Name      string
	WriteFile WriteFunc

	// Command starts a process that calls Main with this writer before it
	// does anything else. In a test that is []string{os.Args[0]}, with a
	// TestMain that begins with Main. Cases that need a process of their own
	// are skipped where it is nil.
	Command []string

	// Ready prepares what a writer needs once, such as a process in another
	// language. It is called in each process of a case's own before the write,
	// when the process is in the state of the case (umask, limits, user).
	Ready func() error

	// Beside are endings: the writer leaves, on purpose, a file whose name is
	// the target's with such an ending, for example a backup. It is no litter.
	Beside []string

	// State tells what an error of the writer says about the file: "old",
	// "new", or "unknown". Every such word is compared with what is there.
	State func(err error) string

	// WriteFile with a choice made.
	Parents         WriteFunc // makes missing parent directories
	ReplaceLinks    WriteFunc // puts a file in the place of a symbolic link
	RefuseLinks     WriteFunc // fails at a symbolic link
	RefuseHardLinks WriteFunc // fails at a file with other names
	InPlace         WriteFunc // writes a file in place that cannot be replaced, after a backup
	Strict          WriteFunc // fails where metadata or durability would be lost
	NewOnly         WriteFunc // fails with fs.ErrExist if there is a file

	// Told is WriteFile that also tells what it could not do.
	Told func(path string, data []byte, perm fs.FileMode) (Told, error)
	// Create begins a replacement that is seen only after Commit.
	Create func(path string, perm fs.FileMode) (Stream, error)
	// WriteFrom replaces path by what r yields, unless ctx ends before.
	WriteFrom func(ctx context.Context, path string, r io.Reader, perm fs.FileMode) error
	// IfStill writes only if the content is still old.
	IfStill func(path string, old, data []byte, perm fs.FileMode) error
	// Update replaces path by what fn makes of it, one caller at a time.
	Update func(path string, perm fs.FileMode, fn func(old []byte) ([]byte, error)) error
	// InRoot writes the file name below root.
	InRoot func(root *os.Root, name string, data []byte, perm fs.FileMode) error
	// ReadFile is how the writer's users read; nil is os.ReadFile.
	ReadFile func(path string) ([]byte, error)
	// Sweep removes from dir what dead writers left.
	Sweep func(dir string) error
	// PowerCut proves that a write that was cut off (returned is false), or
	// that had returned nil, survives the loss of power. The suite itself
	// cannot cut the power.
	PowerCut func(ctx context.Context, returned bool) error
}

// Stream is a replacement in the making. Close without Commit abandons it.
type Stream interface {
	io.WriteCloser
	Commit() error
}

// Told is what a writer tells about a write that succeeded.
type Told struct {
	Lost       []string // metadata that could not be kept: "owner", "xattr user.x", …
	OtherLinks int      // hard links that keep the old content
	Durable    bool     // the write is known to survive a power cut
}

// The verbs by which a process of the suite's own is told what to call.
const (
	doWrite     = "write"
	doParents   = "parents"
	doReplace   = "replace links"
	doRefuse    = "refuse links"
	doHardLinks = "refuse hard links"
	doInPlace   = "in place"
	doStrict    = "strict"
	doNewOnly   = "new only"
	doTold      = "told"
)

// verb returns the write function for a verb; nil if the writer has none.
func (w Writer) verb(name string) WriteFunc {
	switch name {
	case doWrite:
		return w.WriteFile
	case doParents:
		return w.Parents
	case doReplace:
		return w.ReplaceLinks
	case doRefuse:
		return w.RefuseLinks
	case doHardLinks:
		return w.RefuseHardLinks
	case doInPlace:
		return w.InPlace
	case doStrict:
		return w.Strict
	case doNewOnly:
		return w.NewOnly
	}
	return nil
}

// answer is how one call of the writer ended.
type answer struct {
	OK    bool
	Name  string // of the error, such as "ENOSPC"; "error" if it has none
	Text  string // of the error
	State string // what the error says about the file; empty if nothing
	Panic string // what it panicked with
	Told  Told
	Open  int // descriptors of files in the directory that are left open
}

// answerTo makes err an answer.
func (w Writer) answerTo(err error) answer {
	if err == nil {
		return answer{OK: true}
	}
	a := answer{Name: errorName(err), Text: err.Error()}
	if w.State != nil {
		a.State = w.State(err)
	}
	return a
}

// call does one write; a panic of the writer is an answer too.
func (w Writer) call(verb, path string, data []byte, perm fs.FileMode) answer {
	return w.guard(func() (told Told, err error) {
		if verb == doTold {
			return w.Told(path, data, perm)
		}
		return told, w.verb(verb)(path, data, perm)
	})
}

func (w Writer) guard(do func() (Told, error)) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{Name: "panic", Panic: toText(p)}
		}
	}()
	told, err := do()
	a = w.answerTo(err)
	a.Told = told
	return a
}

func (w Writer) read(path string) ([]byte, error) {
	if w.ReadFile != nil {
		return w.ReadFile(path)
	}
	return os.ReadFile(path)
}
