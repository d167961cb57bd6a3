package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/wholly-go/wholly/agent/internal/lossless"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// Mode says what becomes of what the browser has and the state does not.
type Mode uint8

const (
	// Merge leaves it.
	Merge Mode = iota
	// Replace deletes it: all cookies, and the storage of the origins that the
	// state captured.
	Replace
)

// Restoring says how a state is put into a browser. The zero value adds to what
// is there and opens nothing.
type Restoring struct {
	Mode Mode
	// Open are pages to be opened, each in a tab of its own, in which the
	// sessionStorage of its origin is there before the page's own scripts run.
	// A sessionStorage that no tab is opened for is not restored: it lives in
	// tabs only.
	Open []string
}

// Restore puts a state into the context: once, and no script stays behind that
// would do so again, so that a logout in a page stays one. The whole state is
// read before anything is touched. Cookies that are over are dropped, those that
// the browser refuses are reported one by one, and what it was given is compared
// with what it has. An error says that the browser could not be written to at
// all, or is gone, or ctx has ended; the report tells in any case what was done.
func (k *Keeper) Restore(ctx context.Context, s *storagestate.State, how Restoring) (Report, error) {
	var r Report
	origins, err := parseOrigins(s)
	if err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	for _, url := range how.Open {
		if originOf(url) == "" {
			return r, errors.New("restore: a page to be opened has no address of http or https")
		}
	}
	if err := k.restoreCookies(ctx, s, how.Mode, &r); err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	for _, o := range origins {
		if o.empty() || !k.options.wantsOrigin(o.origin) {
			continue
		}
		if err := k.restoreOrigin(ctx, o, how.Mode, &r); err != nil {
			if why := k.cannotGoOn(ctx); why != nil {
				return r, fmt.Errorf("restore: %w", why)
			}
			r.Skipped = append(r.Skipped, Skipped{Origin: o.origin, Reason: reason(err)})
			continue
		}
		r.Origins++
	}
	for _, url := range how.Open {
		k.openTab(ctx, url, origins, &r)
	}
	if why := k.cannotGoOn(ctx); why != nil {
		return r, fmt.Errorf("restore: %w", why)
	}
	return r, nil
}

// cannotGoOn tells why the rest need not be tried.
func (k *Keeper) cannotGoOn(ctx context.Context) error {
	if err := k.conn.Err(); err != nil {
		return err
	}
	return ctx.Err()
}

// stored is what a state has of an origin.
type stored struct {
	origin         string
	local, session []item // nil: not captured
	databases      *lossless.Node
}

// item is an entry of web storage, texts as [text] returns them.
type item struct{ name, value string }

func (o stored) empty() bool { return o.local == nil && o.databases == nil }

// parseOrigins reads the origins of a state, whatever its dialect. Items that
// make no sense are left out; the state's own check tells of them.
func parseOrigins(s *storagestate.State) ([]stored, error) {
	var b bytes.Buffer
	if err := storagestate.Encode(&b, s); err != nil {
		return nil, err
	}
	root, _, err := lossless.Parse(b.Bytes(), lossless.Options{})
	if err != nil {
		return nil, err
	}
	var all []stored
	for _, n := range root.Get("origins").Items() {
		name, _ := n.Get("origin").Str()
		if name == "" || originOf(name) != name {
			continue
		}
		o := stored{origin: name, local: entriesOf(n.Get("localStorage")), session: entriesOf(n.Get("sessionStorage"))}
		if unset, _ := n.Get("localStorageUnset").Bool(); unset && len(o.local) == 0 {
			o.local = nil
		}
		if d := n.Get("indexedDB"); d.Kind() == lossless.Array {
			o.databases = d
		}
		all = append(all, o)
	}
	return all, nil
}

func entriesOf(list *lossless.Node) []item {
	if list.Kind() != lossless.Array {
		return nil
	}
	items := make([]item, 0, list.Len())
	for _, e := range list.Items() {
		name, ok := e.Get("name").Str()
		value, ok2 := e.Get("value").Str()
		if ok && ok2 {
			items = append(items, item{name, value})
		}
	}
	return items
}

// restoreOrigin visits an origin once and writes all that it is to have.
func (k *Keeper) restoreOrigin(ctx context.Context, o stored, mode Mode, r *Report) error {
	ctx, cancel := context.WithTimeout(ctx, 2*collectLimit)
	defer cancel()
	return k.hidden.visit(ctx, o.origin, func(p page) error {
		if err := p.install(ctx); err != nil {
			return err
		}
		if o.local != nil {
			n, err := p.setEntries(ctx, "local", o.local, mode, r)
			if err != nil {
				return err
			}
			r.LocalStorage += n
		}
		if o.databases != nil && k.options.wantsDatabases(o.origin) {
			return p.setDatabases(ctx, o.databases, mode, r)
		}
		return nil
	})
}

// setEntries writes web storage of the page's origin. It returns how many
// entries are there; those that are not are in the report.
func (p page) setEntries(ctx context.Context, area string, items []item, mode Mode, r *Report) (int, error) {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, e := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "[%s,%s]", literal(e.name), literal(e.value))
	}
	b.WriteByte(']')
	if err := p.push(ctx, area, b.String()); err != nil {
		return 0, err
	}
	var answer struct {
		Set, Deleted int
		Failed       []struct {
			At     int
			Reason string
		}
	}
	if err := p.call(ctx, "entries", &answer, area, mode == Replace); err != nil {
		return 0, err
	}
	r.Deleted += answer.Deleted
	kind := storagestate.KindLocalStorage
	if area == "session" {
		kind = storagestate.KindSessionStorage
	}
	for _, f := range answer.Failed {
		it := storagestate.Item{Kind: kind, Origin: p.origin, Key: items[f.At].name}
		r.Refused = append(r.Refused, Refused{it, f.Reason})
	}
	return answer.Set, nil
}
