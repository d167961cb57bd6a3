package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/wholly-go/wholly"
)

// Save replaces the document by v, if the file still is what this Doc last
// loaded, updated, restored or saved (promise P8); otherwise the error matches
// wholly.ErrChanged and nothing is written. A Doc that has loaded nothing, or
// found no file, saves only where there is none: so a file that failed to load
// is never written over. If the file holds v already, nothing is written, unless
// the policy wants it private and others can read it.
//
// The memory of what was loaded is the Doc's, not the value's: goroutines that
// change one document at a time should use Update.
func (d *Doc[T]) Save(ctx context.Context, v T) error {
	if err := ctx.Err(); err != nil {
		return d.unsaved(err)
	}
	d.mu.Lock()
	cache, seen := d.cache, d.seen
	d.mu.Unlock()
	out, err := d.encode(v, len(cache.data))
	if err != nil {
		return d.unsaved(err)
	}
	now := contentOf(out)
	if now.state == seen && !d.exposed() {
		return d.holds(seen)
	}
	c := d.vet()
	c.draft = out
	p := c.policy()
	p.If = wholly.IfAbsent
	if seen.exists {
		p.If = wholly.IfVersion(seen.version)
	}
	_, err = d.verbs(p).WriteFrom(ctx, d.name, bytes.NewReader(out), perm)
	if errors.Is(err, wholly.ErrExists) {
		return d.unsaved(fmt.Errorf("there is a file that was not loaded: %w", wholly.ErrChanged))
	}
	if err == nil || placed(err) {
		d.saved(now)
	}
	return err
}

// exposed reports whether others can read what the policy wants private.
func (d *Doc[T]) exposed() bool {
	if !d.policy.Private {
		return false
	}
	stamp, err := d.verbs(d.policy).Stamp(d.name)
	return err == nil && !stamp.Private()
}

// holds is a Save of what was seen: it must still be there.
func (d *Doc[T]) holds(seen state) error {
	f, err := d.look()
	if (err == nil || recovered(err)) && f.state != seen {
		return d.unsaved(wholly.ErrChanged)
	}
	return err
}

func (d *Doc[T]) unsaved(err error) error {
	return &wholly.Error{Op: "save", Path: d.name, State: wholly.Old, Err: err}
}
