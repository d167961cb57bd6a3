package store

import (
	"errors"
	"io"
	"io/fs"
	"time"

	"github.com/wholly-go/wholly"
)

// Load returns the document: from memory if the file is what it was (one
// lstat), else from the file. A missing file is the codec's New, with a nil
// error. The value is the caller's to change.
//
// If the content does not decode, the newest earlier version that does is put
// in its place and returned together with a *wholly.Recovered (promise P7). If
// there is none, the error matches wholly.ErrNoGoodVersion, the value is zero
// and nothing on the disk has changed; no Save will write over that file.
func (d *Doc[T]) Load() (T, error) {
	var none T
	f, err := d.look()
	if err != nil && !recovered(err) {
		return none, err
	}
	v, decodeErr := d.valueOf(f)
	if decodeErr != nil {
		return none, decodeErr
	}
	d.mu.Lock()
	d.seen = f.state
	d.mu.Unlock()
	return v, err
}

// found is what a look at the file brought.
type found[T any] struct {
	content
	value *T             // if it was decoded on the way
	bad   wholly.Version // of the content that did not pass
}

func (d *Doc[T]) valueOf(f found[T]) (T, error) {
	if f.value != nil {
		return *f.value, nil
	}
	return d.decode(f.content)
}

func (d *Doc[T]) decode(c content) (T, error) {
	if !c.exists {
		return d.codec.New(), nil
	}
	return d.codec.Decode(c.data)
}

// look returns what is in the file, from memory if that is sure. It does not
// change what a Save may replace.
func (d *Doc[T]) look() (found[T], error) {
	if f, _, ok := d.cached(); ok {
		return f, nil
	}
	d.reading.Lock()
	defer d.reading.Unlock()
	f, moment, ok := d.cached() // it may have been read while this goroutine waited
	if ok {
		return f, nil
	}
	return d.read(moment)
}

// moment is what the file looked like from outside, before it was read.
type moment struct {
	stamp   wholly.Stamp
	settled bool
}

// cached returns the cache if the file is still what it was.
func (d *Doc[T]) cached() (found[T], moment, bool) {
	now := time.Now()
	stamp, err := d.verbs(d.policy).Stamp(d.name)
	if err != nil {
		return found[T]{}, moment{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return found[T]{content: d.cache}, moment{stamp, stamp.Settled(now)}, d.trusted && d.stamp == stamp
}

// read reads the file and remembers what it holds, with the stamp that it had
// before: if it changed in between, the next stamp will tell.
func (d *Doc[T]) read(m moment) (f found[T], err error) {
	c := d.vet()
	if !d.passes(c, m) {
		_, err = d.verbs(c.policy()).ReadFile(d.name)
	}
	f.bad = c.bad
	switch {
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(err, wholly.ErrInvalid):
		err = nil
	case err != nil && !recovered(err):
		return f, err
	default:
		data, v, decodeErr := c.take()
		if decodeErr != nil {
			return f, decodeErr
		}
		f.content, f.value = contentOf(data), &v
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cache, d.stamp = f.content, m.stamp
	d.trusted = err == nil && m.settled && m.stamp.Exists() == f.exists
	return f, err
}

// passes reads the file by c alone. That is all it takes if the file is good,
// and saves the copy that ReadFile makes.
func (d *Doc[T]) passes(c *vet[T], m moment) bool {
	r, err := d.verbs(d.policy).Open(d.name, 0)
	if err != nil {
		return false
	}
	defer r.Close()
	return c.check(sized{r, m.stamp.Size()}) == nil
}

// sized is a reader that tells the size, as those given to a Check.
type sized struct {
	io.Reader
	size int64
}

func (s sized) Size() int64 { return s.size }

// saved remembers a content that this Doc has put in place, or found there
// under the lock. Its stamp is not known: by now it may be that of a later one.
func (d *Doc[T]) saved(c content) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = c.state
	if d.cache.state != c.state {
		d.cache, d.trusted = c, false
	}
}

// last returns the value last known, zero if none is.
func (d *Doc[T]) last() (v T) {
	d.mu.Lock()
	c := d.cache
	d.mu.Unlock()
	if !c.exists {
		return v
	}
	v, _ = d.codec.Decode(c.data)
	return v
}
