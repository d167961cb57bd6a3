package vault

import (
	"context"
	"errors"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// Capture is what a keeper has seen in its browser.
type Capture struct {
	// State is what the browser holds: what is missing there was deleted; a
	// list that is missing as a whole, or an origin's kind of storage, was not
	// captured and stays as it is in the file.
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

// Saved is what a Save made of the file.
type Saved struct {
	// State is what the file holds now: the browser's changes in what others
	// had made of it.
	State   *storagestate.State
	Written bool // false: the file held that already
	Created bool // there was no file
	Foreign bool // another had changed the file since this File last read or wrote it
	// Changes is what this save changed in the file, and Incoming what it
	// holds that the browser has otherwise: others' changes. Neither has a
	// value.
	Changes, Incoming []storagestate.Change
	Generation        int64
	Size              int64 // bytes on the disk
	Kept              bool  // the content before became an earlier version
	Forgotten         int   // earlier versions that were replaced by the present content
	// Recovered tells of a damage that was overcome on the way; nil if there
	// was none.
	Recovered *wholly.Recovered
}

// Save brings what changed in the browser into the file: the changes from base
// to c.State. base is the state of the Capture that this keeper saved last, or
// what its browser was known to hold when it began: what Load returned, if that
// was restored into it or came from it. Others' changes since then stay, each
// item settled alone (see [storagestate.Merge3]). Nothing is written if nothing
// is new. A file that is missing or damaged says nothing about what others
// deleted; what is known of it is written again.
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
	return s.run(ctx)
}

// save is one Save on its way.
type save struct {
	*File
	Capture
	base *storagestate.State
	now  time.Time

	out  []byte // what was last made of the file; nil if it stays
	next *storagestate.State
	done Saved
}

func (s *save) run(ctx context.Context) (*Saved, error) {
	_, err := s.update(ctx)
	if errors.Is(err, wholly.ErrNoGoodVersion) {
		err = s.overDamage(ctx)
	}
	if _, recovered := err.(*wholly.Recovered); recovered {
		errors.As(err, &s.done.Recovered)
		err = nil
	}
	if err != nil && !placed(err) {
		return nil, s.fail("save", err)
	}
	s.done.State = s.next
	if s.out != nil {
		s.done.Written, s.done.Size = true, int64(len(s.out))
		s.last = content{wholly.VersionOf(s.out), s.next}
	}
	return &s.done, err
}

func placed(err error) bool {
	var e *wholly.Error
	return errors.As(err, &e) && e.State == wholly.New
}

func (s *save) update(ctx context.Context) (kept bool, err error) {
	return false, s.policy(0).Update(ctx, s.path, 0o600, s.change)
}

func (s *save) overDamage(ctx context.Context) error { return wholly.ErrNoGoodVersion }

func (s *save) change(old []byte) ([]byte, error) { return old, wholly.ErrUnchanged }
