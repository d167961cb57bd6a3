package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// collection is when an origin is to be read in the hidden target. Reading its
// databases costs the browser, so the pause between two readings grows with how
// long they take.
type collection struct {
	wanted   time.Time // since when there is something to read; zero: there is not
	took     time.Duration
	finished time.Time
	failures int
}

const (
	collectLimit = 60 * time.Second // for one origin
	collectQuiet = 100 * time.Millisecond
	dutyCycle    = 4 // pauses are so many times as long as the reading before
)

// track has changes of the databases of a storage key reported to a session, and
// the databases read once.
func (k *Keeper) track(t *tab, storage string) {
	origin := firstParty(storage)
	if t.tracked[storage] || !k.options.wantsDatabases(origin) || t.isWorker() {
		return
	}
	t.tracked[storage] = true
	k.conn.Go(t.session, "Storage.trackIndexedDBForStorageKey", map[string]any{"storageKey": storage}, tabLimit, func(r cdp.Reply) {
		if r.Err != nil {
			delete(t.tracked, storage)
		}
	})
	if _, ok := k.model.idb[origin]; !ok {
		k.want(origin)
	}
}

func (k *Keeper) databaseChanged(params json.RawMessage) {
	var p struct {
		StorageKey string `json:"storageKey"`
	}
	if json.Unmarshal(params, &p) != nil || !k.captures(p.StorageKey) {
		return
	}
	if origin := firstParty(p.StorageKey); k.options.wantsDatabases(origin) {
		k.want(origin)
	}
}

// want has an origin read when its time has come.
func (k *Keeper) want(origin string) {
	c := k.collections[origin]
	if c == nil {
		c = &collection{}
		k.collections[origin] = c
	}
	if c.wanted.IsZero() {
		c.wanted = time.Now()
		pause := time.Until(c.due())
		time.AfterFunc(max(pause, 0), func() { k.conn.Post(func() { k.collectDue(time.Now()) }) })
	}
}

func (c *collection) due() time.Time {
	due := c.wanted.Add(collectQuiet)
	if rested := c.finished.Add(dutyCycle * c.took); rested.After(due) {
		due = rested
	}
	if c.failures > 0 {
		if retry := c.finished.Add(5 * time.Second << min(c.failures, 6)); retry.After(due) {
			due = retry
		}
	}
	return due
}

// collectDue begins to read the origin that has been due longest, if none is
// being read. Nothing is read in the background before collecting was allowed.
func (k *Keeper) collectDue(now time.Time) {
	if k.collecting != nil || !k.background {
		return
	}
	first := ""
	for origin, c := range k.collections {
		if !c.wanted.IsZero() && !c.due().After(now) && (first == "" || c.wanted.Before(k.collections[first].wanted)) {
			first = origin
		}
	}
	if first == "" {
		return
	}
	c := k.collections[first]
	done := make(chan struct{})
	k.collecting = done
	go func() {
		began := time.Now()
		err := k.collect(context.Background(), first)
		k.conn.Post(func() {
			k.collecting = nil
			c.took, c.finished = time.Since(began), time.Now()
			if err == nil || errors.Is(err, errBudget) {
				c.failures = 0
			} else {
				c.failures++
				k.want(first)
			}
			close(done)
			k.collectDue(time.Now())
		})
	}()
}

var (
	errBudget   = errors.New("its databases are larger than the budget")
	errNotWhole = errors.New("its databases could not be read whole")
)

// collect reads an origin in the hidden target: its databases, and its
// localStorage if no tab has told it.
func (k *Keeper) collect(ctx context.Context, origin string) error {
	ctx, cancel := context.WithTimeout(ctx, collectLimit)
	defer cancel()
	var before uint64
	var known bool
	k.do(func() {
		before, known = k.model.localState(origin)
		if c := k.collections[origin]; c != nil {
			c.wanted = time.Time{} // what changes from here on is for the next reading
		}
	})
	var local map[string]string
	var d *database
	err := k.hidden.visit(ctx, origin, func(p page) (err error) {
		if err := p.install(ctx); err != nil {
			return err
		}
		if !known {
			if local, err = p.localStorage(ctx); err != nil {
				return err
			}
		}
		if k.options.wantsDatabases(origin) {
			d, err = p.databases(ctx)
		}
		return err
	})
	k.do(func() { k.collected(origin, before, local, d, err) })
	return err
}

// collected takes in what was read. An event that came while it was read is
// newer.
func (k *Keeper) collected(origin string, before uint64, local map[string]string, d *database, err error) {
	switch {
	case errors.Is(err, errBudget):
		k.skip(Skipped{Origin: origin, Reason: "its databases are larger than the budget: not captured"})
	case err != nil:
		return
	}
	changed := false
	if rev, known := k.model.localState(origin); local != nil && !known && rev == before {
		changed = k.model.replace(k.model.localArea(origin+"/"), local)
	}
	if d != nil {
		old := k.model.idb[origin]
		d.written = old.written || d.report.Databases > 0
		k.model.had = k.model.had || d.written
		k.model.idb[origin] = *d
		if string(old.text) != string(d.text) {
			k.model.rev++
			changed = true
		}
	}
	if changed {
		k.changed()
	}
}

func (m *model) localState(origin string) (rev uint64, known bool) {
	if a := m.local[origin+"/"]; a != nil {
		return a.rev, a.known
	}
	return 0, false
}

// collectWanted reads what is waiting to be read, as far as ctx allows. What is
// being read already is waited for.
func (k *Keeper) collectWanted(ctx context.Context) {
	var reading chan struct{}
	k.do(func() { k.background, reading = false, k.collecting })
	if reading != nil {
		select {
		case <-reading:
		case <-k.ended:
		case <-ctx.Done():
		}
	}
	var waiting []string
	k.do(func() {
		for origin, c := range k.collections {
			if !c.wanted.IsZero() {
				waiting = append(waiting, origin)
			}
		}
	})
	for _, origin := range waiting {
		if ctx.Err() != nil || k.conn.Err() != nil {
			return
		}
		_ = k.collect(ctx, origin) // what cannot be read now stays as it was
	}
}
