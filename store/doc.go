// Package store keeps a typed document in one file, wholly.
//
//	doc := store.Open("settings.json", store.JSON[Settings]())
//	settings, err := doc.Load()
//	settings, err = doc.Update(ctx, func(s *Settings) error { s.Visits++; return nil })
//
// A [Doc] adds to the verbs of package wholly what a typed document needs: a
// [Codec] whose decoding is the check that every content must pass, a cache
// that notices when anybody changed the file, a write that does not happen when
// nothing changed, and an iterator of new values.
//
// It has no locks or formats of its own: what it promises about the file are
// the promises of the policy (see wholly's PROMISES.md), for any number of
// goroutines and processes.
package store

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"sync"

	"github.com/wholly-go/wholly"
)

// perm is that of a new file where the policy is not Private, before umask.
const perm fs.FileMode = 0o666

// Doc is a document of type T in one file. All its methods may be called from
// many goroutines, and any number of Docs, in any number of processes, may have
// the same file. A Doc holds nothing open: there is nothing to close.
type Doc[T any] struct {
	policy wholly.Policy
	dir    *wholly.Dir // nil: name is a path of the operating system
	name   string
	codec  Codec[T]

	reading sync.Mutex // one goroutine reads the file, the others take what it found

	mu      sync.Mutex // guards what follows
	cache   content    // what was last known to be in the file
	stamp   wholly.Stamp
	trusted bool  // stamp came with cache, and had settled
	seen    state // what a Save may replace
}

// state tells one content of a file from another. The zero state is no file.
type state struct {
	exists  bool
	version wholly.Version
}

// content is a state and its bytes.
type content struct {
	state
	data []byte // never changed: values that were decoded share it
}

func contentOf(data []byte) content {
	if data == nil {
		return content{}
	}
	return content{state{true, wholly.VersionOf(data)}, data}
}

// Open returns the document in the file name. It is private, in a new file and
// in one that others could read; missing directories are made, private too; one
// earlier version is kept. Nothing is opened or read yet. A relative name is
// looked up anew by each method.
func Open[T any](name string, codec Codec[T]) *Doc[T] {
	return OpenWith(wholly.Policy{Keep: 1, Private: true, MkdirMode: 0o700}, name, codec)
}

// OpenWith is [Open] with another policy. The policy's Check, if there is one,
// runs before the codec decodes; its If has no meaning here.
func OpenWith[T any](policy wholly.Policy, name string, codec Codec[T]) *Doc[T] {
	policy.If = wholly.Condition{}
	return &Doc[T]{policy: policy, name: name, codec: codec}
}

// OpenIn is [OpenWith] inside an opened directory, which must stay open. The
// directory's own policy has no meaning here.
func OpenIn[T any](dir *wholly.Dir, policy wholly.Policy, name string, codec Codec[T]) *Doc[T] {
	d := OpenWith(policy, name, codec)
	d.dir = dir
	return d
}

// Path returns the name that the document was opened with.
func (d *Doc[T]) Path() string { return d.name }

// Versions yields the current content (number 0) and the earlier ones, newest
// first, as [wholly.Policy.Versions] does. One that does not decode has a Damage.
func (d *Doc[T]) Versions() iter.Seq2[wholly.VersionInfo, error] {
	p := d.policy
	p.Check = func(r io.Reader) error { return (&vet[T]{doc: d}).check(r) }
	return d.verbs(p).Versions(d.name)
}

// Restore makes earlier version n the current one and returns its value. The
// present content becomes the newest earlier version. A version that does not
// decode is refused: the error matches wholly.ErrInvalid, nothing has changed,
// and the value is the one last known.
func (d *Doc[T]) Restore(ctx context.Context, n int) (T, error) {
	c := d.vet()
	_, err := d.verbs(c.policy()).Restore(ctx, d.name, n)
	if err != nil && !placed(err) {
		return d.last(), err
	}
	data, v, decodeErr := c.take()
	d.saved(contentOf(data))
	return with(err, v, decodeErr)
}

// verbs are those of a wholly.Policy or a wholly.Dir.
type verbs interface {
	Stamp(name string) (wholly.Stamp, error)
	Open(name string, n int) (io.ReadCloser, error)
	ReadFile(name string) ([]byte, error)
	WriteFrom(ctx context.Context, name string, r io.Reader, perm fs.FileMode) (wholly.Result, error)
	Update(ctx context.Context, name string, perm fs.FileMode, fn func(old []byte) ([]byte, error)) error
	Versions(name string) iter.Seq2[wholly.VersionInfo, error]
	Restore(ctx context.Context, name string, n int) (wholly.Result, error)
}

func (d *Doc[T]) verbs(p wholly.Policy) verbs {
	if d.dir != nil {
		return d.dir.With(p)
	}
	return p
}

// placed reports whether err came after the new content was in place.
func placed(err error) bool {
	var e *wholly.Error
	return errors.As(err, &e) && e.State == wholly.New
}

// recovered reports whether err only tells of a damage that was overcome. One
// within another error is somebody else's.
func recovered(err error) bool {
	_, ok := err.(*wholly.Recovered)
	return ok
}

// with is a value and an error together with what decoding it said.
func with[T any](err error, v T, decodeErr error) (T, error) {
	if decodeErr != nil {
		err = errors.Join(err, decodeErr)
	}
	return v, err
}
