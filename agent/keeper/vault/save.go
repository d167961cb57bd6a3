package vault

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// Capture is what a keeper has seen in its browser.
type Capture struct {
	// State is what the browser holds: what is missing there was deleted; a
	// list that is missing as a whole, or an origin's kind of storage, was not
	// captured and stays as it is in the file. Of its keeper's record, Tabs and
	// Partitions are taken over, if it has them.
	State *storagestate.State
	// Browser is product and version, BrowserID what [BrowserID] returns.
	Browser, BrowserID string
	// Seen: if State is empty, the emptying was watched, or a full list came
	// after a full list; it is not what an unknown browser began with.
	Seen bool
	// Adopt: State takes the place of what the file holds, whoever's that is;
	// the file's unknown keys stay, and its content becomes an earlier version.
	Adopt bool
	// Changed tells when items were changed, by storagestate.Item.ID; for
	// others it is the time of the Save.
	Changed map[string]time.Time
}

// Saved is what a Save made of the file. It holds no value beside State.
type Saved struct {
	// State is what the file holds now: the browser's changes in what others
	// had made of it.
	State   *storagestate.State
	Written bool // false: the file held that already
	Created bool // there was no file
	Foreign bool // another had changed the file since this File last read or wrote it
	// Changes is what this save changed in the file; Incoming what others had
	// changed in it since this File last read or wrote it.
	Changes, Incoming []storagestate.Change
	Generation        int64
	Size              int64 // bytes on the disk; 0 if nothing was written
	Kept              bool  // the content before became an earlier version
	// Recovered tells of a damage that was overcome on the way; nil if there
	// was none.
	Recovered *wholly.Recovered
}

// Save brings what changed in the browser into the file: the changes from base
// to c.State. base is the State of the Capture that this keeper saved last; at
// first, what its browser was known to hold: what Load returned, if that was
// restored into it or came from it, else nil. Others' changes since then stay,
// each item settled alone (see [storagestate.Merge3]). Nothing is written if
// nothing is new. A file that went missing or was damaged meanwhile says nothing
// about what others deleted: what was last known of it is written again, and the
// damaged content set aside.
//
// On an error Saved is nil and the file is as it was, unless the error says
// otherwise: one that matches wholly.ErrNotDurable comes with a Saved.
func (f *File) Save(ctx context.Context, base *storagestate.State, c Capture) (*Saved, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.loaded {
		return nil, f.fail("save", ErrNotLoaded)
	}
	if err := f.trusted(); err != nil {
		return nil, err
	}
	s := &save{File: f, base: base, Capture: c, now: time.Now()}
	if s.base == nil {
		s.base = storagestate.New()
	}
	if s.State == nil {
		return nil, f.fail("save", errors.New("nothing was captured"))
	}
	return s.run(ctx)
}

// save is one Save on its way.
type save struct {
	*File
	Capture
	base *storagestate.State
	now  time.Time
	keep bool // whether this write is to keep the content before

	out  []byte              // what is to be written; nil if nothing is
	next *storagestate.State // what the file holds afterwards
	seal bool                // the content before was not encrypted, and is to be
	done Saved
}

func (s *save) run(ctx context.Context) (*Saved, error) {
	err := s.update(ctx)
	if errors.Is(err, wholly.ErrNoGoodVersion) {
		err = s.overDamage(ctx, err)
	}
	if rec, ok := err.(*wholly.Recovered); ok {
		s.done.Recovered, err = rec, nil
	}
	if err != nil && !placed(err) {
		return nil, s.fail("save", err)
	}
	if err == nil && s.seal {
		_, err = s.forgetHeld(ctx) // what would tell all that is encrypted from now on
	}
	s.done.State = s.next
	s.done.Generation = s.next.Keeper().Generation
	if s.out != nil {
		s.done.Written, s.done.Size = true, int64(len(s.out))
		s.last = content{s.draft, s.next}
	}
	return &s.done, err
}

// placed reports whether err came after the new content was in place.
func placed(err error) bool {
	var e *wholly.Error
	return errors.As(err, &e) && e.State == wholly.New
}

// errKeep: whether a version is due turned out otherwise than was thought.
var errKeep = errors.New("a version is due, or is not")

// update is the usual way. Whether a version is due is known under the lock
// only, and must be told before it is taken: a wrong guess starts again.
func (s *save) update(ctx context.Context) (err error) {
	s.keep = s.due(s.last.state)
	for range 4 {
		n := 0
		if s.keep {
			n = s.versions()
		}
		err = s.policy(n).Update(ctx, s.path, 0o600, s.change)
		if !errors.Is(err, errKeep) {
			return err
		}
		s.keep = !s.keep
	}
	return wholly.ErrBusy // others keep versions faster than this can look
}

// due reports whether the content that is replaced is to be an earlier version.
// One with nothing in it is good for nobody.
func (s *save) due(is *storagestate.State) bool {
	every := or(s.options.Every, time.Minute)
	age := s.now.Sub(is.Keeper().KeptAt) // below zero: another was faster, or the clock was set back
	return s.versions() > 0 && (s.Adopt || age >= every || age < -every) && is.Live(s.now) > 0
}

// change makes the new content from what stands in the file.
func (s *save) change(old []byte) ([]byte, error) {
	s.out, s.next, s.done = nil, nil, Saved{Created: old == nil}
	sealed := Encrypted(old)
	s.seal = old != nil && !sealed && s.encrypts()
	theirs, err := s.theirs(old)
	if err != nil {
		return nil, err
	}
	if sealed && !s.encrypts() {
		return nil, fmt.Errorf("it %w", ErrNoRecipient)
	}
	was := theirs.Keeper()
	next, err := s.merge(theirs)
	if err != nil {
		return nil, err
	}
	next = next.WithKeeper(s.identity(next.Keeper()))
	next, reshaped, err := s.reshape(theirs, next)
	if err != nil {
		return nil, err
	}
	if old != nil && !reshaped && !s.seal && s.knows(was) && storagestate.Same(theirs, next) && s.isPrivate() {
		s.next = theirs
		s.last = content{wholly.VersionOf(old), theirs}
		return nil, wholly.ErrUnchanged
	}
	if old != nil && s.due(theirs) != s.keep {
		return nil, errKeep
	}
	s.done.Kept = len(old) > 0 && s.keep
	s.next = next.WithKeeper(s.record(was, next))
	if s.out, err = s.encode(s.next); err != nil {
		return nil, err
	}
	s.draft = wholly.VersionOf(s.out)
	return s.out, nil
}

func (s *save) encrypts() bool { return len(s.options.Recipients) > 0 }

func (s *save) isPrivate() bool {
	stamp, err := s.policy(0).Stamp(s.path)
	return err == nil && stamp.Private()
}
