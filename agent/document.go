package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/internal/lossless"
	"github.com/wholly-go/wholly/store"
)

// Private is the policy of these documents: for their owner alone, parents
// made, one earlier version kept.
func Private() wholly.Policy {
	return wholly.Policy{Keep: 1, Private: true, MkdirMode: 0o700}
}

// Doc is one document of a browser agent. It may be used by many goroutines,
// and by many processes at once. What it hands out is the caller's own.
type Doc[T any] struct {
	doc    *store.Doc[T]
	path   string
	codec  store.Codec[T]
	policy wholly.Policy
	legacy legacy[T]
}

// legacy are the companions that browser-use leaves beside a file.
type legacy[T any] struct {
	temp, backup string       // names without directory; empty for none
	complete     func(T) bool // whether a temp says anything; nil: whenever it is valid
}

func open[T any](p wholly.Policy, path string, codec store.Codec[T], names func(name string) (temp, backup string), complete func(T) bool) (*Doc[T], error) {
	full, err := resolve(path)
	if err != nil {
		return nil, err
	}
	d := &Doc[T]{doc: store.OpenWith(p, full, codec), path: full, codec: codec, policy: p}
	if names != nil {
		d.legacy.temp, d.legacy.backup = names(filepath.Base(full))
		d.legacy.complete = complete
	}
	return d, nil
}

// Path is where the document is kept: absolute, links followed, fixed when the
// document was opened.
func (d *Doc[T]) Path() string { return d.path }

// Load returns the document as it is on the disk; a missing file is an empty
// one. If the file is damaged, or missing but not alone, the best of what is
// there takes its place and is returned with a *wholly.Recovered (an earlier
// version was good) or a *Recovery:
//
//	file            temp             backups       read
//	missing         good             any           the temp
//	missing         bad or missing   one good      the newest good backup
//	damaged, empty  any              one good      the newest good backup
//	damaged, empty  good             none good     the temp
//	empty           bad or missing   none          an empty document
//	missing         bad              none          an empty document
//
// Backups are the earlier versions, then the one of browser-use. A damaged file
// is set aside as NAME.bad-TIME; temp and backups stay, for a temp may belong
// to a browser-use that is alive. In every other case the error matches
// wholly.ErrNoGoodVersion and nothing was touched.
func (d *Doc[T]) Load() (T, error) {
	if err := bounded(d.policy, d.path); err != nil {
		var none T
		return none, err
	}
	v, err := d.doc.Load()
	if !d.needsRecovery(err) {
		return v, err
	}
	old, rec, recErr := d.recover(context.Background(), false)
	switch {
	case recErr != nil && err == nil:
		return v, &wholly.Error{Op: "read", Path: d.path, State: wholly.Old, Err: recErr}
	case recErr != nil:
		return v, err // it names what is wrong with the file itself
	case rec == nil:
		return d.doc.Load() // mended by another meanwhile, or nothing was there
	}
	return old, rec
}

// needsRecovery reports whether what err, the result of reading, says may be
// mended from beside the file.
func (d *Doc[T]) needsRecovery(err error) bool {
	if err != nil {
		return errors.Is(err, wholly.ErrNoGoodVersion)
	}
	stamp, err := d.policy.Stamp(d.path)
	return err == nil && !stamp.Exists() && d.hasCompanions()
}

// hasCompanions reports whether anything stands beside a missing file.
func (d *Doc[T]) hasCompanions() bool {
	for _, name := range []string{d.legacy.temp, d.legacy.backup} {
		if name == "" {
			continue
		}
		stamp, err := d.policy.Stamp(filepath.Join(filepath.Dir(d.path), name))
		if err != nil || stamp.Exists() {
			return true
		}
	}
	names, err := d.versions()
	return err != nil || len(names) > 0
}

// Update has fn change the document as it is on the disk, under its lock, and
// saves the result: no update of another is lost, and nothing is written if
// nothing changed. It recovers as Load does. On success the document is what
// Update returns, after a recovery beside the *wholly.Recovered or *Recovery.
// On an error of fn or of the saving the file is as it was; the error's State
// tells where it is not.
func (d *Doc[T]) Update(ctx context.Context, fn func(T) error) (T, error) {
	var none T
	var rec *Recovery
	if err := bounded(d.policy, d.path); err != nil {
		return none, err
	}
	if d.needsRecovery(nil) {
		var err error
		if rec, err = d.mend(ctx); err != nil {
			return none, &wholly.Error{Op: "update", Path: d.path, State: wholly.Old, Err: err}
		}
	}
	change := func(v *T) error { return fn(*v) }
	v, err := d.doc.Update(ctx, change)
	if errors.Is(err, wholly.ErrNoGoodVersion) {
		var failed error
		if rec, failed = d.mend(ctx); failed != nil {
			return v, err
		}
		v, err = d.doc.Update(ctx, change)
	}
	if err == nil && rec != nil {
		return v, rec
	}
	return v, err
}

// mend recovers the file so that it can be written. With neither a Recovery nor
// an error another has mended it meanwhile.
func (d *Doc[T]) mend(ctx context.Context) (*Recovery, error) {
	_, rec, err := d.recover(ctx, true)
	if err == nil && rec != nil {
		err = rec.Repair
	}
	return rec, err
}

// Save writes v if the file still is what this Doc last loaded or saved;
// otherwise it fails with wholly.ErrChanged and nothing is written. Nothing is
// written either if the file holds v already.
func (d *Doc[T]) Save(ctx context.Context, v T) error { return d.doc.Save(ctx, v) }

// Versions yields the current content and the earlier ones, newest first, as
// [wholly.Policy.Versions] does, each with what is wrong with it.
func (d *Doc[T]) Versions() iter.Seq2[wholly.VersionInfo, error] { return d.doc.Versions() }

// Restore makes earlier version n the current content again.
func (d *Doc[T]) Restore(ctx context.Context, n int) (T, error) { return d.doc.Restore(ctx, n) }

// Watch yields the document, and each new state of it, until ctx ends. See
// [store.Doc.Watch].
func (d *Doc[T]) Watch(ctx context.Context) iter.Seq2[T, error] { return d.doc.Watch(ctx) }

func (d *Doc[T]) encode(v T) ([]byte, error) {
	var b bytes.Buffer
	err := d.codec.Encode(&b, v)
	return b.Bytes(), err
}

// bounded refuses a file that no document can be, before it is read.
func bounded(p wholly.Policy, path string) error {
	stamp, err := p.Stamp(path)
	if err != nil {
		return err
	}
	if stamp.Size() > lossless.MaxSize {
		return &wholly.Error{Op: "read", Path: path, State: wholly.Old, Err: fmt.Errorf("%w: %d bytes are more than a document may have (%d)",
			wholly.ErrInvalid, stamp.Size(), lossless.MaxSize)}
	}
	return nil
}

// MaxSize is the size, in bytes, from which on a document is refused.
const MaxSize = lossless.MaxSize
