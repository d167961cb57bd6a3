package wholly

import (
	"context"
	"errors"
	"io/fs"

	"github.com/wholly-go/wholly/internal/disk"
)

// change makes a new content from the old one.
type change func(old []byte) ([]byte, error)

func (v verbs) update(ctx context.Context, name string, perm fs.FileMode, fn change) error {
	if err := ctx.Err(); err != nil {
		return &Error{"update", name, Old, err}
	}
	t, err := v.resolve(name)
	defer t.close()
	var recovered *Recovered
	if err == nil {
		recovered, err = v.updateLocked(ctx, &t, perm, fn)
	}
	err = verdict("update", name, err)
	if stateOf(err) == Old {
		t.unmake()
	}
	if err == nil && recovered != nil {
		return recovered
	}
	return err
}

// updateLocked is update of t under its lock. It starts again from the new
// content when a writer that takes no lock came between.
func (v verbs) updateLocked(ctx context.Context, t *target, perm fs.FileMode, fn change) (recovered *Recovered, err error) {
	unlock, err := v.policy.lock(ctx, t)
	if err != nil {
		return nil, err
	}
	defer unlock()
	for {
		if err := ctx.Err(); err != nil {
			return recovered, err
		}
		rec, err := v.updateOnce(t, perm, fn)
		if rec != nil {
			recovered = rec
		}
		if !errors.Is(err, errRaced) {
			return recovered, err
		}
	}
}

// updateOnce is one try. A damaged content is set aside and fn gets the newest
// good one; what fn makes of it then takes the damaged file's place.
func (v verbs) updateOnce(t *target, perm fs.FileMode, fn change) (rec *Recovered, err error) {
	if err := t.refresh(); err != nil {
		return nil, err
	}
	old, seen, rec, err := v.readHeld(t)
	if err == nil && rec != nil {
		err = rec.Repair
	}
	if err != nil {
		return nil, err
	}
	data, err := fn(old)
	if err != nil && rec != nil {
		rec.Repair = v.mend(t, old)
	}
	if errors.Is(err, ErrUnchanged) {
		return rec, nil
	}
	if err != nil {
		// The state is this file's: fn's error may tell that of another.
		return rec, &Error{"update", t.path, Old, err}
	}
	f := &File{op: "update", policy: v.policy, target: *t, borrowed: true, state: Old, held: true, expect: true, aside: rec != nil}
	if t.exists {
		f.seen = &seen
	}
	return rec, f.replace(data, perm)
}

// readHeld returns the content of t, nil if there is none; a good one, if the
// policy has a Check. The caller has the lock.
func (v verbs) readHeld(t *target) ([]byte, disk.Info, *Recovered, error) {
	if !t.exists {
		return nil, disk.Info{}, nil, nil
	}
	if v.policy.Mounted == InPlace {
		if err := t.undoHeld(v.policy); err != nil {
			return nil, disk.Info{}, nil, err
		}
	}
	if v.policy.Check == nil || v.policy.Strict {
		data, info, err := t.read(t.name, v.policy.Check)
		return data, info, nil, err
	}
	return v.salvage(t, nil)
}

// replace writes data as the whole content and commits it.
func (f *File) replace(data []byte, perm fs.FileMode) error {
	if err := f.open(perm); err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Commit()
}
