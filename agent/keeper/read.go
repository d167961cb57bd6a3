package keeper

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// localStorage reads the page's, whole.
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
