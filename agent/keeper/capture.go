package keeper

import (
	"context"
	"errors"
	"fmt"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// Capture returns everything that the context stores now, in browser-use's
// dialect; see [storagestate.Convert] for the others. What could not be read is
// in the report. It returns nothing if the browser goes, or ctx ends, before
// all was looked at.
func (k *Keeper) Capture(ctx context.Context) (*storagestate.State, Report, error) {
	if err := k.waitFull(ctx); err != nil {
		return nil, Report{}, fmt.Errorf("capture: %w", err)
	}
	var failed []Skipped
	for _, origin := range k.candidates(ctx, nil) {
		if !k.unread(origin) {
			continue
		}
		err := k.collect(ctx, origin)
		switch {
		case err == nil || errors.Is(err, errBudget):
		case ctx.Err() != nil:
			return nil, Report{}, fmt.Errorf("capture: %w", ctx.Err())
		case k.conn.Err() != nil:
			return nil, Report{}, fmt.Errorf("capture: %w", k.conn.Err())
		default:
			failed = append(failed, Skipped{Origin: origin, Reason: reason(err)})
		}
	}
	if err := k.refreshCookies(ctx); err != nil {
		return nil, Report{}, fmt.Errorf("capture: %w", err)
	}
	var s *storagestate.State
	var r Report
	var err error
	k.do(func() { s, r, err = k.snapshot(nil) })
	r.Skipped = append(r.Skipped, failed...)
	return s, r, err
}

// unread reports whether an origin has to be read in the hidden target.
func (k *Keeper) unread(origin string) (unread bool) {
	k.do(func() {
		_, known := k.model.localState(origin)
		_, read := k.model.idb[origin]
		c := k.collections[origin]
		changed := c != nil && !c.wanted.IsZero()
		unread = !known || k.options.wantsDatabases(origin) && (!read || changed)
	})
	return unread
}

// waitFull waits for the first full sync.
func (k *Keeper) waitFull(ctx context.Context) error {
	select {
	case <-k.full:
		return nil
	case <-k.ended:
		return k.lost
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refreshCookies has the list be as it is now.
func (k *Keeper) refreshCookies(ctx context.Context) error {
	done := make(chan error, 1)
	k.conn.Go("", "Storage.getCookies", k.inContext(map[string]any{}), browserLimit, func(r cdp.Reply) {
		if r.Err == nil {
			k.listed(r.Result)
		}
		done <- r.Err
	})
	select {
	case err := <-done:
		return err
	case <-k.ended:
		return k.lost
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reason is an error as a report tells it.
func reason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "it took too long"
	}
	return err.Error()
}
