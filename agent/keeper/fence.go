package keeper

import (
	"context"
	"slices"
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
	gaps    map[place][]gap
	done    chan struct{}
}

// place is where an entry is.
type place struct {
	area *area
	key  string
}

// gap is how a tab shows an entry otherwise than the model has it. Where the tab
// is ahead, some tab is to tell what is shown; where it is behind, it is to tell
// itself what is known from another.
type gap struct {
	tab          *tab
	shown, known entry
}

// entry is what is stored under a key, if anything is.
type entry struct {
	value string
	there bool
}

const (
	answerLimit  = time.Second     // for a tab
	catchUpLimit = 5 * time.Second // for what it is still to tell
)

// catchUp returns when each tab that answers has told what it had stored before
// catchUp was called. Of one that does not tell, everything is read again.
func (k *Keeper) catchUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, catchUpLimit)
	defer cancel()
	f := &fence{keeper: k, looks: make(map[*tab]bool), gaps: make(map[place][]gap), done: make(chan struct{})}
	k.do(f.begin)
	select {
	case <-f.done:
	case <-k.ended:
	case <-ctx.Done():
	}
	k.do(f.end)
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

// differ notes what a tab shows otherwise than the model has it.
func (f *fence) differ(t *tab, a *area, items map[string]string) {
	for key, shown := range items {
		if known, ok := a.items[key]; !ok || known != shown {
			f.await(place{a, key}, gap{t, entry{shown, true}, entry{known, ok}})
		}
	}
	for key, known := range a.items {
		if _, ok := items[key]; !ok {
			f.await(place{a, key}, gap{t, entry{}, entry{known, true}})
		}
	}
}

func (f *fence) await(p place, g gap) {
	f.pending++
	f.gaps[p] = append(f.gaps[p], g)
}

// told closes the gaps that an event was waited for.
func (f *fence) told(t *tab, a *area, key string, e entry) {
	if f == nil {
		return
	}
	p := place{a, key}
	before := len(f.gaps[p])
	if before == 0 {
		return
	}
	f.gaps[p] = slices.DeleteFunc(f.gaps[p], func(g gap) bool { return e == g.shown || e == g.known && t == g.tab })
	for range before - len(f.gaps[p]) {
		f.settle()
	}
}

// cleared is told that all entries of an area are gone.
func (f *fence) cleared(t *tab, a *area) {
	if f == nil {
		return
	}
	for p := range f.gaps {
		if p.area == a {
			f.told(t, a, p.key, entry{})
		}
	}
}

// end has the tabs that did not tell read again.
func (f *fence) end() {
	f.keeper.fence = nil
	for _, gaps := range f.gaps {
		for _, g := range gaps {
			if f.keeper.tabs[g.tab.session] == g.tab {
				clear(g.tab.keys)
				f.keeper.look(g.tab)
			}
		}
	}
}
