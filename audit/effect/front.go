package effect

import "errors"

// A Front reads one language, or several that are alike. Its methods are
// called from several goroutines at once.
type Front interface {
	// Language returns the language of a file with this name, or "".
	Language(name string) Language

	// Triggers are the words of which a file must hold one to be read at
	// all: the raw calls of the API table, writers and readers. None: every
	// file is given to Read, which looks for itself.
	Triggers() []string

	// Read returns what src does to files, nil if nothing in it speaks of
	// them. Functions that hold neither a trigger nor one of words may be left
	// out; constructors and the module's top level never are. Words are names
	// of functions known to have file effects.
	//
	// had is nil at first. In a later pass it is what an earlier Read of the
	// same source returned; then Read returns only the functions that had
	// does not hold, and nil if there are none.
	//
	// An error means that nothing could be read; File.Broken that parts of it
	// could not.
	Read(src Source, words []string, had *File) (*File, error)
}

// Source is one file to be read.
type Source struct {
	Path string // slashes, relative to the root of the audit
	Text []byte
	// Root is the import path of the audit's root, when a go.mod or the like
	// names one, with Base the folder it is the root of, relative to the
	// audit's root: "" for the root itself.
	Root, Base string
}

// ErrNoGrammar is returned, wrapped, by a Front whose language this build
// cannot read: it was built without cgo.
var ErrNoGrammar = errors.New("this build has no grammar for the language")
