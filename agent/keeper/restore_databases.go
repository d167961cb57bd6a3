package keeper

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// restored is what the page's script did.
type restored struct {
	Databases, Records int
	Failed             []struct {
		Database, Store, Reason string
		Count                   int
	}
}

// setDatabases writes databases of the page's origin. Those of the right shape
// are filled in place, under the eyes of whoever has them open. Only if one has
// another shape, or is to go, are all of the origin wiped, which closes them in
// every tab; what the state does not have is then read first and put back. No
// database is ever deleted by its name: that would wait for the tabs, and take
// the restored one instead.
func (p page) setDatabases(ctx context.Context, list *lossless.Node, mode Mode, r *Report) error {
	text := string(p.wantedDatabases(list).Bytes(lossless.OneLine))
	if err := p.push(ctx, "wanted", text); err != nil {
		return err
	}
	var found struct{ Misfits, Extras []string }
	if err := p.call(ctx, "survey", &found); err != nil {
		return err
	}
	if len(found.Misfits) == 0 && (mode == Merge || len(found.Extras) == 0) {
		return p.restoreFrom(ctx, "wanted", r)
	}
	if mode == Merge && len(found.Extras) > 0 {
		if err := p.saveExtras(ctx, found.Extras); err != nil {
			return fmt.Errorf("its databases would have to be wiped, and those that are not in the file were not saved: %w", err)
		}
	}
	clear := map[string]any{"storageKey": p.origin + "/", "storageTypes": "indexeddb"}
	if err := p.keeper.conn.Call(ctx, p.session, "Storage.clearDataForStorageKey", clear, nil); err != nil {
		return err
	}
	if mode == Merge && len(found.Extras) > 0 {
		var ignored Report // they were there before
		if err := p.restoreFrom(ctx, "extras", &ignored); err != nil {
			return err
		}
		r.Skipped = append(r.Skipped, ignored.Skipped...)
	} else {
		r.Deleted += len(found.Extras)
	}
	return p.restoreFrom(ctx, "wanted", r)
}

// wantedDatabases are those of a list that the options let through.
func (p page) wantedDatabases(list *lossless.Node) *lossless.Node {
	include, exclude := p.keeper.options.databaseNames(p.origin)
	var items []*lossless.Node
	for _, d := range list.Items() {
		name, ok := d.Get("name").Str()
		if ok && !slices.Contains(exclude, name) && (len(include) == 0 || slices.Contains(include, name)) {
			items = append(items, d)
		}
	}
	return lossless.NewArray(items...)
}

// saveExtras keeps databases in the page under "extras".
func (p page) saveExtras(ctx context.Context, names []string) error {
	var answer struct {
		Over   bool
		Lost   []json.RawMessage
		Failed []json.RawMessage
	}
	if err := p.call(ctx, "databases", &answer, p.keeper.options.indexedDBMax(), names, []string{}); err != nil {
		return err
	}
	switch {
	case answer.Over:
		return errBudget
	case len(answer.Lost)+len(answer.Failed) > 0:
		return errNotWhole
	}
	return p.eval(ctx, "keeper.texts.set('extras', [keeper.texts.get('databases')]), 0", nil)
}

func (p page) restoreFrom(ctx context.Context, name string, r *Report) error {
	var done restored
	if err := p.call(ctx, "restore", &done, name); err != nil {
		return err
	}
	r.Databases += done.Databases
	r.Records += done.Records
	for _, f := range done.Failed {
		why := f.Reason
		if f.Store != "" {
			why = fmt.Sprintf("store %q: %s (%d times)", f.Store, f.Reason, f.Count)
		}
		r.Skipped = append(r.Skipped, Skipped{Origin: p.origin, Database: f.Database, Reason: why})
	}
	return nil
}
