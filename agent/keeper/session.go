package keeper

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/vault"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// Session keeps a file in step with a browser. Its methods may be called by many
// goroutines.
type Session struct {
	how    Keeping
	file   *vault.File
	events journal
	ctx    context.Context
	stop   context.CancelFunc
	done   chan struct{}
	flush  chan chan error
	poked  chan struct{} // something has changed

	mu       sync.Mutex
	keeper   *Keeper
	browser  *Browser
	first    time.Time // when the oldest change that is not on the disk was made
	last     time.Time // when the newest was
	report   Report
	err      error
	restored Report // of the last restore

	// What follows belongs to the one goroutine that saves.
	base  *storagestate.State // what this keeper saved last, or began from
	named names               // origins that the file has had
	adopt bool
	pause time.Duration // after a save that failed
	retry time.Time     // not before
}

// Open reads the file at path, attaches to the browser, waits until all of its
// context has been read, restores if the file is to be restored, and begins to
// keep. A missing file is begun. On an error the file is as it was and nothing
// is left running: errors match those of Attach, Launch and vault, or ErrStrange.
// ctx is for opening only; the session lasts until Close, or until the browser
// has gone.
func Open(ctx context.Context, path string, how Keeping) (*Session, error) {
	s := &Session{
		how: how, done: make(chan struct{}), flush: make(chan chan error), poked: make(chan struct{}, 1), adopt: how.Adopt,
	}
	s.events.init()
	var err error
	if s.file, err = vault.Open(path, how.File); err != nil {
		return nil, err
	}
	held, err := s.file.Load()
	if err != nil {
		return nil, err
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	k, err := s.attach(ctx)
	if err == nil {
		err = s.begin(ctx, k, held)
	}
	if err != nil {
		s.stop()
		s.leave(k)
		return nil, err
	}
	go s.run(k)
	return s, nil
}

// attachLimit is how long a browser may take to start and to be read.
const attachLimit = 2 * time.Minute

// attach finds the browser and waits until it has been read.
func (s *Session) attach(ctx context.Context) (*Keeper, error) {
	ctx, cancel := context.WithTimeout(ctx, attachLimit)
	defer cancel()
	endpoint := s.how.Endpoint
	var err error
	switch {
	case s.how.Launch != nil:
		b, err := Launch(ctx, *s.how.Launch)
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		s.browser = b
		s.mu.Unlock()
		endpoint = b.Endpoint()
	case s.how.Profile != "":
		if endpoint, err = ProfileEndpoint(s.how.Profile); err != nil {
			return nil, err
		}
	}
	k, err := Attach(ctx, endpoint, s.how.Options)
	if err != nil {
		return nil, err
	}
	if err := k.waitFull(ctx); err != nil {
		return k, fmt.Errorf("read the browser: %w", err)
	}
	return k, nil
}

// begin decides how the browser stands to the file, and restores.
func (s *Session) begin(ctx context.Context, k *Keeper, held *vault.Held) error {
	s.named = namesIn(held.State)
	switch held.Standing(k.BrowserID(), k.fresh(), time.Now()) {
	case vault.Free, vault.Shared:
		s.base, s.adopt = nil, false
	case vault.Own:
		s.base, s.adopt = without(held.State, s.how.Options, Report{}), false
		k.hadContent()
	case vault.Fresh:
		if s.how.When != Never {
			return s.restore(ctx, k, held, s.how.Restoring)
		}
		s.base = nil
	default:
		if s.how.When == Always {
			return s.restore(ctx, k, held, s.how.Restoring)
		}
		if !s.how.Adopt {
			return fmt.Errorf("keep %s: %w", s.file.Path(), ErrStrange)
		}
		s.base = nil
	}
	s.start(k)
	return nil
}

// restore puts the file into the browser. What the browser did not take is not
// missing there because somebody deleted it.
func (s *Session) restore(ctx context.Context, k *Keeper, held *vault.Held, how Restoring) error {
	r, err := k.Restore(ctx, held.State, how)
	if err != nil {
		return err
	}
	s.base, s.adopt = without(held.State, s.how.Options, r), false
	s.mu.Lock()
	s.restored = r
	s.mu.Unlock()
	s.start(k)
	s.tell(Event{Kind: Restored, Report: &r})
	return nil
}

// start has the keeper report to this session.
func (s *Session) start(k *Keeper) {
	s.mu.Lock()
	s.keeper = k
	s.mu.Unlock()
	s.tell(Event{Kind: Attached, Browser: k.Version()})
	k.do(func() {
		k.changed, k.tell, k.background = s.poke, s.tell, true
		for _, t := range k.tabs {
			if !t.stale.IsZero() {
				s.tell(Event{Kind: TabStale, Tab: originOf(t.url)})
			}
		}
		for skipped := range k.skipped {
			s.tell(Event{Kind: Left, Item: skipped.Origin, Reason: skipped.Reason})
		}
		s.poke() // what there is has not been saved
	})
	go k.surveyInBackground(s.ctx, s.named)
}

// poke notes that something has changed. The loop calls it.
func (s *Session) poke() {
	now := time.Now()
	s.mu.Lock()
	if s.first.IsZero() {
		s.first = now
	}
	s.last = now
	s.mu.Unlock()
	select {
	case s.poked <- struct{}{}:
	default:
	}
}

func (s *Session) tell(e Event) {
	e.At = time.Now()
	s.events.put(e)
}

// Keeper is the attachment to the present browser.
func (s *Session) Keeper() *Keeper {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keeper
}

// Path is where the file is: absolute, links followed.
func (s *Session) Path() string { return s.file.Path() }

// Save saves what the browser holds now, without waiting for quiet. When it
// returns nil, all that was set before is on the disk, except IndexedDB, which
// follows by itself, and what tabs have that do not answer. ErrBehind says that
// the rest is, and that pages change faster than the browser tells.
func (s *Session) Save(ctx context.Context) error {
	answer := make(chan error, 1)
	select {
	case s.flush <- answer:
	case <-s.done:
		return fmt.Errorf("save %s: %w", s.file.Path(), errEnded)
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errEnded = errors.New("the session has ended")

// Report tells what is in the browser, as far as it was saved, and what was not
// captured or restored.
func (s *Session) Report() Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.report
	r.Refused = append(append([]Refused(nil), r.Refused...), s.restored.Refused...)
	r.Skipped = append(append([]Skipped(nil), r.Skipped...), s.restored.Skipped...)
	r.Opened = s.restored.Opened
	return r
}

// Done is closed when the session has ended and the last save has been made.
func (s *Session) Done() <-chan struct{} { return s.done }

// Close saves once more, detaches, and ends a browser that was launched. The
// error is that of the last save: nil says that everything is on the disk.
func (s *Session) Close() (Report, error) {
	s.stop()
	<-s.done
	s.mu.Lock()
	err := s.err
	s.mu.Unlock()
	return s.Report(), err
}

// leave detaches from a browser, and ends it if it was launched.
func (s *Session) leave(k *Keeper) {
	if k != nil {
		k.Close()
	}
	s.mu.Lock()
	b := s.browser
	s.browser = nil
	s.mu.Unlock()
	if b != nil {
		b.Close()
	}
}
