package keeper

import (
	"context"
	"errors"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// fence is what a save waits for: that the model holds what the tabs had stored
// when it began. A tab tells of a change only when the process that stores has
// confirmed it, so that an answer of the tab about something else proves
// nothing. It is therefore asked what it shows itself, and what it has not told
// yet is waited for: to take the answer for the model would be wrong, since
// events that are older than it are still to come.
type fence struct {
	keeper  *Keeper
	pending int // answers and events
	looks   map[*tab]bool
	gaps    map[place]gap
	done    chan struct{}
}

// place is where an entry is.
type place struct {
	area *area
	key  string
}

// gap is what a tab shows there and none has told yet.
type gap struct {
	tab   *tab
	shown entry
}

const (
	answerLimit  = time.Second     // for a tab
	catchUpLimit = 5 * time.Second // for what it is still to tell
)

// ErrBehind: what the file lacks was set before the save, and the browser had not
// told of it in time. It is saved as it comes.
var ErrBehind = errors.New("the browser has not told all that was set yet")

// catchUp returns when each tab that answers has told what it had stored before
// catchUp was called, or else ErrBehind. Of a tab that does not tell, everything
// is read again.
func (k *Keeper) catchUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, catchUpLimit)
	defer cancel()
	f := &fence{keeper: k, looks: make(map[*tab]bool), gaps: make(map[place]gap), done: make(chan struct{})}
	k.do(f.begin)
	select {
	case <-f.done:
	case <-k.ended:
	case <-ctx.Done():
	}
	var err error
	k.do(func() { err = f.end() })
	return err
}

func (f *fence) begin() {
	f.keeper.fence = f
	f.pending++
	for _, t := range f.keeper.tabs {
		if t.isWorker() || !t.stale.IsZero() {
			continue
		}
		f.pending++
		f.keeper.conn.Go(t.session, "Page.getFrameTree", nil, answerLimit, func(cdp.Reply) {
			if t.looking {
				f.looks[t] = true // it goes on when the look has ended
				return
			}
			f.compare(t)
			f.settle()
		})
	}
	f.settle()
}

func (f *fence) settle() {
	if f.pending--; f.pending == 0 {
		close(f.done)
	}
}

// looked goes on with a tab that was being read.
func (f *fence) looked(t *tab) {
	if f == nil || !f.looks[t] || t.looking {
		return
	}
	delete(f.looks, t)
	f.compare(t)
	f.settle()
}

// compare asks a tab for all that it shows.
func (f *fence) compare(t *tab) {
	for storage := range t.keys {
		for _, local := range []bool{true, false} {
			f.pending++
			f.keeper.conn.Go(t.session, "DOMStorage.getDOMStorageItems", storageID(storage, local), answerLimit, func(r cdp.Reply) {
				if items, ok := entries(r.Result); ok && r.Err == nil {
					f.differ(t, f.keeper.area(t, storage, local), items)
				}
				f.settle()
			})
		}
	}
}

// differ notes what a tab shows and none has told. Where it is behind, others
// have told what is newer.
func (f *fence) differ(t *tab, a *area, items map[string]string) {
	await := func(key string, shown entry) {
		p := place{a, key}
		if _, ok := f.gaps[p]; ok || a.story.behind(t, key, time.Now()) {
			return
		}
		f.pending++
		f.gaps[p] = gap{t, shown}
	}
	for key, shown := range items {
		if known, ok := a.items[key]; !ok || known != shown {
			await(key, entry{shown, true})
		}
	}
	for key := range a.items {
		if _, ok := items[key]; !ok {
			await(key, entry{})
		}
	}
}

// told closes the gaps that a change was waited for.
func (f *fence) told(a *area, c change) {
	if f == nil {
		return
	}
	if !c.everything {
		f.close(place{a, c.key}, c.entry)
		return
	}
	for p := range f.gaps {
		if p.area == a {
			f.close(p, entry{})
		}
	}
}

func (f *fence) close(p place, e entry) {
	if g, ok := f.gaps[p]; ok && g.shown == e {
		delete(f.gaps, p)
		f.settle()
	}
}

// end has the tabs that did not tell read again.
func (f *fence) end() (err error) {
	f.keeper.fence = nil
	for _, g := range f.gaps {
		err = ErrBehind // of a tab that has closed meanwhile too
		if f.keeper.tabs[g.tab.session] == g.tab {
			clear(g.tab.keys)
			f.keeper.look(g.tab)
		}
	}
	return err
}
