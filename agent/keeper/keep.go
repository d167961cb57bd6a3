package keeper

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/keeper/vault"
	"github.com/wholly-go/wholly/agent/storagestate"
)

const (
	defaultQuiet    = 50 * time.Millisecond
	defaultMaxDelay = 250 * time.Millisecond
	saveLimit       = 10 * time.Second
	lastLimit       = 10 * time.Second // for what the last save waits for
	maxPause        = 10 * time.Second // between tries to save
	forgetEvery     = time.Minute
	whatShown       = 10 // names of changed items in an event
)

// run keeps until it is stopped, or the browser has gone and no other is waited
// for.
func (s *Session) run(k *Keeper) {
	defer close(s.done)
	defer s.events.close()
	for k != nil {
		s.keep(k)
		s.leave(k)
		if s.ctx.Err() != nil {
			return
		}
		s.tell(Event{Kind: Gone, Reason: k.whyGone()})
		if !s.how.Wait || k.contextEnded() {
			return
		}
		k = s.next(k)
	}
}

// keep saves changes as they come, until the browser has gone or the session is
// to end, and then once more.
func (s *Session) keep(k *Keeper) {
	timer := time.NewTimer(0)
	forget := time.NewTicker(forgetEvery)
	defer timer.Stop()
	defer forget.Stop()
	for {
		select {
		case <-s.poked:
			timer.Reset(s.wait())
		case <-timer.C:
			if wait := s.wait(); wait > 0 {
				timer.Reset(wait)
			} else if s.dirty() && s.saveNow(k) != nil {
				timer.Reset(s.wait())
			}
		case answer := <-s.flush:
			ctx, cancel := context.WithTimeout(s.ctx, lastLimit)
			behind := k.upToDate(ctx)
			cancel()
			answer <- cmp.Or(s.saveNow(k), behind)
		case <-forget.C:
			s.forget()
		case <-k.Done():
			s.saveNow(k) // its error is kept for Close
			return
		case <-s.ctx.Done():
			s.settle(k)
			s.saveNow(k) // its error is kept for Close
			return
		}
	}
}

func (s *Session) dirty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.first.IsZero()
}

// wait is how long to wait until the next save.
func (s *Session) wait() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first.IsZero() {
		return 0
	}
	quiet, most := defaultQuiet, defaultMaxDelay
	if s.how.Quiet > 0 {
		quiet = s.how.Quiet
	}
	if s.how.MaxDelay > 0 {
		most = s.how.MaxDelay
	}
	due := s.last.Add(quiet)
	if end := s.first.Add(most); end.Before(due) {
		due = end
	}
	if s.retry.After(due) {
		due = s.retry
	}
	return max(0, time.Until(due))
}

// saveNow saves whether or not the session is ending meanwhile.
func (s *Session) saveNow(k *Keeper) error {
	ctx, cancel := context.WithTimeout(context.Background(), saveLimit)
	defer cancel()
	return s.save(ctx, k)
}

// save brings the model into the file. What it saves is known to be saved only
// when it is.
func (s *Session) save(ctx context.Context, k *Keeper) error {
	var c vault.Capture
	var r Report
	var err error
	var first time.Time
	k.do(func() {
		s.mu.Lock()
		first, s.first = s.first, time.Time{}
		s.mu.Unlock()
		c.State, r, err = k.snapshot(s.named)
		c.Seen = k.model.had
	})
	c.Browser, c.BrowserID, c.Adopt = k.Version(), k.BrowserID(), s.adopt
	var saved *vault.Saved
	if err == nil {
		saved, err = s.file.Save(ctx, s.base, c)
	}
	if err != nil && !errors.Is(err, wholly.ErrNotDurable) {
		s.failed(first, err)
		return err
	}
	s.base, s.adopt, s.pause, s.retry = c.State, false, 0, time.Time{}
	s.mu.Lock()
	s.report, s.err = r, err
	s.mu.Unlock()
	if saved.Written {
		s.tell(Event{Kind: SavedNow, Saved: savedEvent(saved, first, r)})
	}
	return err
}

// failed has the save tried again, later each time.
func (s *Session) failed(first time.Time, err error) {
	s.mu.Lock()
	if first.IsZero() {
		first = time.Now()
	}
	s.first, s.err = first, err
	s.mu.Unlock()
	s.pause = min(maxPause, max(2*s.pause, defaultMaxDelay))
	s.retry = time.Now().Add(s.pause)
	s.tell(Event{Kind: NotSaved, Reason: err.Error()})
}

func savedEvent(saved *vault.Saved, first time.Time, r Report) *Saved {
	e := &Saved{Changes: len(saved.Changes), What: []string{}, Bytes: int(saved.Size), Cookies: r.Cookies, Origins: r.Origins}
	for _, c := range saved.Changes[:min(whatShown, len(saved.Changes))] {
		e.What = append(e.What, string(c.Action)+" "+c.Item.String())
	}
	if !first.IsZero() {
		e.Lag = time.Since(first)
	}
	return e
}

// settle has what is known to have changed be read before the last save.
func (s *Session) settle(k *Keeper) {
	ctx, cancel := context.WithTimeout(context.Background(), lastLimit)
	defer cancel()
	_ = k.upToDate(ctx) // the browser may be late, the end is not
	k.collectWanted(ctx)
}

// upToDate has all be known that cookies and web storage are now, as far as the
// browser tells; if it is late, ErrBehind.
func (k *Keeper) upToDate(ctx context.Context) error {
	err := k.catchUp(ctx)
	_ = k.refreshCookies(ctx) // if it cannot, the last list is the best there is
	return err
}

// forget has earlier versions forget what was logged out of.
func (s *Session) forget() {
	if _, err := s.file.Forget(s.ctx); err != nil && s.ctx.Err() == nil {
		s.tell(Event{Kind: NotSaved, Reason: err.Error()})
	}
}

// next waits for a browser where the last one was. One that is new gets what
// the last one held; nil says that the session is to end.
func (s *Session) next(old *Keeper) *Keeper {
	s.tell(Event{Kind: Waiting})
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		select {
		case <-s.ctx.Done():
			return nil
		case answer := <-s.flush:
			answer <- errNoBrowserNow
			continue
		case <-time.After(pause):
		}
		k, err := s.attach(s.ctx)
		if err == nil {
			err = s.takeOver(old, k)
		}
		if err == nil {
			return k
		}
		s.leave(k)
	}
}

var errNoBrowserNow = errors.New("there is no browser now")

// takeOver goes on with a browser: the same one, whose connection was lost, or
// another, which gets what the file holds whatever it has itself, for we saw its
// predecessor end.
func (s *Session) takeOver(old, k *Keeper) error {
	if old.BrowserID() == k.BrowserID() {
		k.hadContent()
		s.start(k)
		return nil
	}
	held, err := s.file.Load()
	if err != nil {
		s.tell(Event{Kind: NotSaved, Reason: err.Error()})
		return err
	}
	s.named = namesIn(held.State)
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Minute)
	defer cancel()
	return s.restore(ctx, k, held, Restoring{Open: s.how.Restoring.Open})
}

// fresh reports whether the context holds no cookie.
func (k *Keeper) fresh() (fresh bool) {
	k.do(func() { fresh = len(k.model.cookies) == 0 })
	return fresh
}

// hadContent says that this very browser had something before, so that it may
// be believed to have nothing now: somebody has logged out meanwhile.
func (k *Keeper) hadContent() { k.do(func() { k.model.had = true }) }

func (k *Keeper) contextEnded() (ended bool) {
	k.do(func() { ended = k.gone })
	return ended
}

func (k *Keeper) whyGone() string {
	if k.contextEnded() {
		return ErrContext.Error()
	}
	if k.lost != nil {
		return k.lost.Error()
	}
	return ""
}

// namesIn are the origins that a state names.
func namesIn(s *storagestate.State) names {
	found := make(names)
	for _, o := range storagestate.Summarize(s, time.Now()).Origins {
		found[o.Origin] = o.Databases > 0
	}
	return found
}
