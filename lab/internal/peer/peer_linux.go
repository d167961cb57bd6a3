package peer

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// Peer is one way to write a file.
type Peer struct {
	Name     string
	Version  string // of the package, or of the language where it is its own library
	Language string // "Go", "Node" or "Python"
	// Calls are the steps of one replace in their order, as strace shows them:
	// F a file is synced, R a name is renamed, D a directory is synced.
	// "in place" where nothing is renamed.
	Calls string
	// Promise is what the peer's own documents claim, in a sentence.
	Promise string
	// Durable: the documents claim that a write that returned survives a power
	// cut. Where it is false, a write that was acknowledged and then lost broke
	// no promise.
	Durable bool
	Note    string // what a reader of figures should know besides; may be empty
	Source  string // where the package and its documents are

	// Missing returns nil if the peer can run here, after it has fetched what
	// it needs, and else an error that tells what is missing.
	Missing func(ctx context.Context) error
	// Open makes the peer ready to write, for as long as ctx lasts.
	Open func(ctx context.Context) (*Writer, error)
}

// All returns every peer, in the order of tables.
func All() []Peer { return Under("") }

// Under is All for a process that may not read the user's cache: packages that
// are fetched lie below the directory cache. Missing puts them there. Empty is
// the user's cache.
func Under(cache string) []Peer {
	return slices.Concat(inGo(), inNode(cache), inPython())
}

// Find returns the peer called name, or an error that lists the names.
func Find(peers []Peer, name string) (Peer, error) {
	var names []string
	for _, p := range peers {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Peer{}, fmt.Errorf("no peer is called %q; there are %q", name, names)
}

// Writer is a peer that is ready. Its methods may be called by several
// goroutines at once; a child process serves them one after the other.
type Writer struct {
	name  string
	write func(path string, data []byte, perm fs.FileMode) error
	child *child // nil for a Go peer
}

// WriteFile writes data to path by the peer, perm being for a new file. An
// error of a child process wraps the syscall.Errno that it told.
func (w *Writer) WriteFile(path string, data []byte, perm fs.FileMode) error {
	_, err := w.Timed(path, data, perm)
	return err
}

// Timed is WriteFile that also returns how long the peer's own call took: in a
// child process, without the way there and back.
func (w *Writer) Timed(path string, data []byte, perm fs.FileMode) (time.Duration, error) {
	if w.child == nil {
		begin := time.Now()
		err := w.write(path, data, perm)
		return time.Since(begin), err
	}
	took, err := w.child.ask(path, data, perm)
	if err != nil {
		return took, &fs.PathError{Op: w.name, Path: path, Err: err}
	}
	return took, nil
}

// Close ends the child process, if there is one, and returns after its end. It
// is no error if the process was ended before, by the context or by itself.
func (w *Writer) Close() error {
	if w.child == nil {
		return nil
	}
	return w.child.close()
}
