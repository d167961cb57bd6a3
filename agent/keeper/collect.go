package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	if k.collecting || !k.background {
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
	k.collecting = true
	go func() {
		began := time.Now()
		err := k.collect(context.Background(), first)
		k.conn.Post(func() {
			k.collecting = false
			c.took, c.finished = time.Since(began), time.Now()
			if err == nil || errors.Is(err, errBudget) {
				c.failures = 0
			} else {
				c.failures++
				k.want(first)
			}
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

func (p page) localStorage(ctx context.Context) (map[string]string, error) {
	if err := p.call(ctx, "local", nil); err != nil {
		return nil, err
	}
	data, err := p.fetch(ctx, "local")
	if err != nil {
		return nil, err
	}
	var entries [][2]json.RawMessage
	if err := json.Unmarshal([]byte(data), &entries); err != nil {
		return nil, fmt.Errorf("localStorage as the page tells it: %w", err)
	}
	items := make(map[string]string, len(entries))
	for _, e := range entries {
		key, _ := text(e[0])
		items[key], _ = text(e[1])
	}
	return items, nil
}

// databases reads all databases of the page's origin, as far as they are wanted,
// within the budget.
func (p page) databases(ctx context.Context) (*database, error) {
	include, exclude := p.keeper.options.databaseNames(p.origin)
	var answer struct {
		Databases, Records int
		Over               bool
		Lost               []Lossy
		Failed             []Skipped
	}
	if err := p.call(ctx, "databases", &answer, p.keeper.options.indexedDBMax(), include, exclude); err != nil {
		return nil, err
	}
	if answer.Over {
		return nil, errBudget
	}
	data, err := p.fetch(ctx, "databases")
	if err != nil {
		return nil, err
	}
	d := &database{text: json.RawMessage(data)}
	d.report = Report{Databases: answer.Databases, Records: answer.Records, Lossy: answer.Lost, Skipped: answer.Failed}
	for i := range answer.Lost {
		answer.Lost[i].Origin = p.origin
	}
	for i := range answer.Failed {
		answer.Failed[i].Origin = p.origin
	}
	return d, nil
}

// databaseNames are the databases of an origin that the options name.
func (o Options) databaseNames(origin string) (include, exclude []string) {
	include, exclude = []string{}, []string{}
	for _, e := range o.IndexedDBExclude {
		if name, ok := strings.CutPrefix(e, origin+"/"); ok {
			exclude = append(exclude, name)
		}
	}
	if slices.Contains(o.IndexedDBInclude, origin) {
		return include, exclude // all of them
	}
	for _, e := range o.IndexedDBInclude {
		if name, ok := strings.CutPrefix(e, origin+"/"); ok {
			include = append(include, name)
		}
	}
	return include, exclude
}

// candidates are the origins that may store something: no call of the protocol
// lists them. They are those of open frames, of the tabs' histories, those that
// the options and the file name, and on demand the hosts of cookies.
func (k *Keeper) candidates(ctx context.Context, named names) []string {
	found := make(map[string]bool)
	var pages []string
	k.do(func() {
		for storage := range k.model.local {
			found[firstParty(storage)] = true
		}
		for key := range k.model.sessions {
			found[firstParty(key.storage)] = true
		}
		for _, t := range k.tabs {
			found[originOf(t.url)] = true
			if t.kind == "page" {
				pages = append(pages, t.session)
			}
		}
		if k.options.ProbeCookies {
			for _, c := range k.model.cookies {
				found[cookieOrigin(c)] = true
			}
		}
	})
	for _, address := range append(k.histories(ctx, pages), k.options.Origins...) {
		found[originOf(address)] = true
	}
	for origin := range named {
		found[originOf(origin)] = true
	}
	maps.DeleteFunc(found, func(origin string, _ bool) bool { return !k.options.wantsOrigin(origin) })
	return slices.Sorted(maps.Keys(found))
}

func cookieOrigin(cookie string) string {
	return originOf("https://" + strings.TrimPrefix(cookieDomain(cookie), ".") + "/")
}

// histories are the addresses in the histories of tabs, all asked at once: one
// that does not answer delays no other.
func (k *Keeper) histories(ctx context.Context, sessions []string) []string {
	ctx, cancel := context.WithTimeout(ctx, tabLimit)
	defer cancel()
	answers := make(chan []string)
	for _, session := range sessions {
		go func() {
			var h struct{ Entries []struct{ URL string } }
			var urls []string
			_ = k.conn.Call(ctx, session, "Page.getNavigationHistory", nil, &h) // no history is none
			for _, e := range h.Entries {
				urls = append(urls, e.URL)
			}
			answers <- urls
		}()
	}
	var all []string
	for range sessions {
		all = append(all, <-answers...)
	}
	return all
}

// surveyInBackground has every origin that may store something be read, one
// after the other.
func (k *Keeper) surveyInBackground(ctx context.Context, named names) {
	for _, origin := range k.candidates(ctx, named) {
		if k.unread(origin) {
			k.do(func() { k.want(origin) })
		}
	}
}

// collectWanted reads what is waiting to be read, as far as ctx allows.
func (k *Keeper) collectWanted(ctx context.Context) {
	var waiting []string
	k.do(func() {
		k.background = false
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
