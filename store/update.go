package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/wholly-go/wholly"
)

// Update has fn change the document as it is on the disk now, checks the result
// and replaces the file, all under the file's lock, so that no other Update is
// lost (promise P8). It returns the value that is now on the disk.
//
// If fn returns wholly.ErrUnchanged, or leaves the document as it was, nothing
// is written: not a byte, not a time; a missing file stays missing. It is as it
// was if it encodes to the same as before fn, whatever the layout of the file.
//
// An error of fn, of encoding, of the check or of the write changes nothing,
// neither the file nor the cache; the value returned beside it is the one
// before the change, or the one last known where the file could not be read.
// (After an error whose State is wholly.New it is the new one: that is in
// place.) A *wholly.Recovered is not such an error: the change was made, to the
// newest good version.
//
// A file that the policy wants private, and that others can read, is written
// even so, with the content it has.
//
// fn may run again, on a fresh value, if a writer that takes no lock came
// between. It must not use the document itself. Without a deadline in ctx the
// wait for the lock is the policy's.
func (d *Doc[T]) Update(ctx context.Context, fn func(v *T) error) (T, error) {
	u := &update[T]{vet: d.vet(), fn: fn}
	err := d.verbs(u.vet.policy()).Update(ctx, d.name, perm, u.change)
	done := err == nil || recovered(err) || placed(err)
	switch {
	case !u.read:
		return d.last(), err
	case done && u.draft != nil:
		data, v, decodeErr := u.vet.take()
		d.saved(contentOf(data))
		return with(err, v, decodeErr)
	case done:
		d.saved(contentOf(u.before))
	}
	if u.after != nil {
		return *u.after, err
	}
	v, decodeErr := d.decode(content{state{exists: u.before != nil}, u.before})
	return with(err, v, decodeErr)
}

// update is one Update; what it found and made in its last try.
type update[T any] struct {
	*vet[T]
	fn     func(v *T) error
	read   bool
	before []byte // what the file holds; nil if there is none
	after  *T     // what fn made of it, if it encodes as before
}

// change is what wholly.Update calls.
func (u *update[T]) change(old []byte) ([]byte, error) {
	u.read, u.before, u.draft = true, nil, nil
	v, err := u.start(old)
	if err != nil {
		return nil, err
	}
	print, printErr := u.print(v)
	err = u.fn(&v)
	same := errors.Is(err, wholly.ErrUnchanged)
	if err != nil && !same {
		return nil, err
	}
	out := old
	if !same {
		if out, err = u.doc.encode(v, len(old)); err != nil {
			return nil, err
		}
		if same = printErr == nil && print == sha256.Sum256(out); same {
			u.after, out = &v, old
		}
	}
	if same && !u.doc.exposed() {
		return nil, wholly.ErrUnchanged
	}
	u.draft = out
	return out, nil
}

// start returns the value that fn gets. In a second try the good content is
// still the draft of the first.
func (u *update[T]) start(old []byte) (v T, err error) {
	if u.good == nil || old == nil || !bytes.Equal(u.good, old) {
		u.good, u.ready = old, false
	}
	if old == nil {
		return u.doc.codec.New(), nil
	}
	u.before, v, err = u.take()
	return v, err
}

// print is the sum of what v encodes to. A value that cannot be encoded has
// none: it is for fn to mend.
func (u *update[T]) print(v T) (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	err = u.doc.codec.Encode(h, v)
	h.Sum(sum[:0])
	return sum, err
}

// encode returns v's bytes, which are expected to be about as many as size.
func (d *Doc[T]) encode(v T, size int) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, size+size/16+512))
	if err := d.codec.Encode(b, v); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return b.Bytes(), nil
}
