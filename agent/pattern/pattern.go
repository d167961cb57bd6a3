// Package pattern reads, changes and merges the file in which a browser agent
// keeps what it learned: patterns.json.
//
//	f, err := pattern.Decode(data)
//	r := f.MergeSession(session, "2026-02-03", pattern.Limits{})
//	err = pattern.Encode(w, f)
//
// A file that was read and not changed is written with every key, number and
// string as it was; so are the parts that a change does not touch. Text of
// today's layout comes out byte for byte.
//
// # Shapes
//
// Three shapes are about, told apart by their keys and not by their version,
// which never followed them: see [Shape]. All are read. A change makes the file
// a v2: version is at least 2, patterns and workflows are there, and what the
// change touches has all of its keys. Entries that it does not touch keep their
// shape, and an unchanged file keeps its own.
//
// # What it is not
//
// It touches no disk: saving, locking and recovery are the caller's. It does
// not judge what the texts say. They come from a model that was reading web
// pages, and later runs take them for instructions: treat them as untrusted,
// and see [Limits].
package pattern

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// File is a document of patterns and workflows, always a valid one. It may be
// used by many goroutines; what belongs together in several calls is theirs to
// keep together.
type File struct {
	mu       sync.Mutex // reading takes nodes apart
	root     *lossless.Node
	warnings []Warning
}

// Warning is something that was tolerated on reading: a byte order mark, a key
// that stands twice, NaN.
type Warning struct {
	Line, Column int    // from 1, the column in bytes
	Path         string // of keys, as in patterns["example.com"].login_form
	Msg          string
}

// String is "line 3, column 7, at a.b: what".
func (w Warning) String() string {
	e := lossless.Error(w)
	return e.Error()
}

// New returns an empty document.
func New() *File {
	f := &File{root: lossless.NewObject()}
	f.raise()
	return f
}

// Decode reads a document; data belongs to it from then on and must not be
// changed. The error is a *SyntaxError if data is not JSON, and a *SchemaError
// if it is not a document of patterns. Memory is about what data takes: parts
// are taken apart when they are changed.
func Decode(data []byte) (*File, error) { return Codec{}.Decode(data) }

// Encode writes f to w in the layout of the original: two spaces, ASCII only,
// no line end at the end. It is written in pieces; an error is the writer's.
func Encode(w io.Writer, f *File) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.root.Print(w, lossless.Indent2ASCII)
}

// Codec is New, Decode and Encode as methods, for a store of documents.
type Codec struct {
	Name string // of the file, for the errors of Decode
}

// New is the function [New].
func (Codec) New() *File { return New() }

// Decode is the function [Decode]; its errors name the file.
func (c Codec) Decode(data []byte) (*File, error) {
	// Python reads NaN, so it is no error of syntax.
	root, warnings, err := lossless.Parse(data, lossless.Options{NaN: true})
	if err != nil {
		var e *lossless.Error
		if !errors.As(err, &e) {
			return nil, fmt.Errorf("reading patterns: %w", err)
		}
		return nil, &SyntaxError{c.Name, e.Line, e.Column, e.Path, e.Msg}
	}
	if flaw := check(root); flaw != nil {
		line, column := lossless.Position(data, flaw.offset)
		return nil, &SchemaError{c.Name, line, column, flaw.path(), flaw.msg}
	}
	f := &File{root: root}
	for _, w := range warnings {
		f.warnings = append(f.warnings, Warning(w))
	}
	return f, nil
}

// Encode is the function [Encode].
func (Codec) Encode(w io.Writer, f *File) error { return Encode(w, f) }

// Clone returns a copy; a change of one has no effect on the other.
func (f *File) Clone() *File {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &File{root: f.root.Clone(), warnings: f.warnings}
}

// Warnings returns what Decode tolerated, in the order of the text, a hundred
// at most. The slice is the file's own.
func (f *File) Warnings() []Warning { return f.warnings }

// Version is the version that the file states, 2 if it states none. One that
// int cannot hold is cut to what it can; the text in the file stays.
func (f *File) Version() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return clamp(f.version())
}

const currentVersion = 2

func (f *File) version() *big.Int {
	if n := f.root.Get("version"); n != nil {
		v, _ := laxInt(n)
		return v
	}
	return big.NewInt(currentVersion)
}

// raise makes the file a v2, before a change.
func (f *File) raise() {
	if f.root.Get("version") == nil || f.version().Cmp(big.NewInt(currentVersion)) < 0 {
		f.root.Set("version", lossless.NewInt(currentVersion))
	}
	for _, key := range []string{patternsKey, workflowsKey} {
		if f.root.Get(key) == nil {
			f.root.Set(key, lossless.NewObject())
		}
	}
}
