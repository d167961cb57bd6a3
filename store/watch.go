package store

import (
	"context"
	"iter"
	"time"

	"github.com/wholly-go/wholly"
)

// Poll is how often Watch looks whether the file has changed. A look that finds
// no change is one lstat. Looking beats being told: it works on every file
// system, and cannot lose sight of a file that is replaced, deleted and made
// again.
const Poll = 100 * time.Millisecond

// Watch yields the document as it is now, and again each time its content has
// changed, whoever changed it, this Doc included. A rewrite of the same content
// is no change. A missing file is yielded once as the codec's New. Who is busy
// with one value for long gets the newest next, not those in between.
//
// A damaged content is reported once: with the good value and a
// *wholly.Recovered, or with a zero value and the error; so is an unreadable
// file. Then it goes on. It ends when ctx ends or the loop is left. What Watch
// yields does not count as loaded for a Save.
func (d *Doc[T]) Watch(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		w := &watch[T]{doc: d}
		tick := time.NewTicker(Poll)
		defer tick.Stop()
		for ctx.Err() == nil {
			if v, news, err := w.look(); news && !yield(v, err) {
				return
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	}
}

// watch is what one Watch has told.
type watch[T any] struct {
	doc    *Doc[T]
	before moment
	told   report
}

// report is what makes two reports the same.
type report struct {
	state
	bad   wholly.Version // damaged content
	err   string         // any other error
	given bool
}

// mended reports whether err tells of a damage that is gone.
func mended(err error) bool {
	r, ok := err.(*wholly.Recovered)
	return ok && r.Repair == nil
}

// look returns what is new, if anything is.
func (w *watch[T]) look() (v T, news bool, err error) {
	now := time.Now()
	stamp, err := w.doc.verbs(w.doc.policy).Stamp(w.doc.name)
	if err == nil && w.before.settled && w.before.stamp == stamp {
		return v, false, nil
	}
	w.before = moment{stamp, err == nil && stamp.Settled(now)}
	f, err := w.doc.look()
	r := report{state: f.state, given: true}
	switch {
	case err != nil && f.bad != "":
		r.bad = f.bad
	case err != nil:
		r.err = err.Error()
		w.before.settled = false // it may go without a change of the file
	}
	if r == w.told {
		return v, false, nil
	}
	w.told = r
	if mended(err) {
		w.told.bad = "" // the file holds what is reported now
	}
	if err != nil && !recovered(err) {
		return v, true, err
	}
	v, decodeErr := w.doc.valueOf(f)
	if decodeErr != nil {
		return v, true, decodeErr
	}
	return v, true, err
}
