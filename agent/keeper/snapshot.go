package keeper

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/wholly-go/wholly/agent/storagestate"
)

// names are the origins that a file has, and whether it has databases of each.
type names map[string]bool

// snapshot is the model as a storage state, in browser-use's dialect. Origins of
// which nothing is known are left out, or named without content if they are
// among named: the file's copy of them is the best there is. The loop calls it.
func (k *Keeper) snapshot(named names) (*storagestate.State, Report, error) {
	w := writer{keeper: k}
	w.WriteString(`{"cookies": [`)
	w.cookies()
	w.WriteString(`], "origins": [`)
	w.origins(named)
	w.WriteString(`]}`)
	s, err := storagestate.Codec{Dialect: storagestate.BrowserUse}.Decode(w.Bytes())
	if err != nil {
		return nil, w.report, fmt.Errorf("snapshot: %w", err)
	}
	for _, t := range k.tabs {
		if !t.stale.IsZero() {
			w.report.Stale = append(w.report.Stale, Stale{originOf(t.url), t.stale})
		}
	}
	w.report.Skipped = append(w.report.Skipped, slices.SortedFunc(maps.Keys(k.skipped), func(a, b Skipped) int {
		return bytes.Compare([]byte(a.Origin+a.Reason), []byte(b.Origin+b.Reason))
	})...)
	return s, w.report, nil
}

// writer writes the text of a state and counts what is in it.
type writer struct {
	bytes.Buffer
	keeper *Keeper
	report Report
}

// list returns a function that separates the items of a list.
func (w *writer) list() func() {
	first := true
	return func() {
		if !first {
			w.WriteString(", ")
		}
		first = false
	}
}

func (w *writer) cookies() {
	next := w.list()
	for _, c := range w.keeper.model.cookies {
		if !w.keeper.options.wants(cookieDomain(c)) {
			continue
		}
		next()
		w.WriteString(c)
		w.report.Cookies++
	}
}

// origins writes each origin of which anything is known.
func (w *writer) origins(named names) {
	m := &w.keeper.model
	all := make(map[string]bool)
	for origin := range named {
		all[origin] = true
	}
	for storage := range m.local {
		all[firstParty(storage)] = true
	}
	sessions := m.newestSessions()
	for origin := range sessions {
		all[origin] = true
	}
	for origin := range m.idb {
		all[origin] = true
	}
	next := w.list()
	for _, origin := range slices.Sorted(maps.Keys(all)) {
		local := m.local[origin+"/"]
		known := local != nil && local.known
		idb, read := m.idb[origin]
		databases := read && (idb.written || named[origin])
		if _, old := named[origin]; !old && !databases && w.nothing(local, sessions[origin]) {
			continue
		}
		next()
		w.report.Origins++
		w.WriteString(`{"origin": `)
		w.Write(literal(origin))
		if known {
			w.report.LocalStorage += w.area("localStorage", local)
		}
		if s := sessions[origin]; s != nil {
			w.report.SessionStorage += w.area("sessionStorage", s)
		}
		if databases {
			w.WriteString(`, "indexedDB": `)
			w.Write(idb.text)
		}
		w.report.add(idb.report)
		w.WriteString("}")
	}
}

// nothing reports whether an origin never had an entry, so that a file that does
// not know it need not begin to.
func (w *writer) nothing(local, session *area) bool {
	empty := func(a *area) bool { return a == nil || !a.known || !a.written }
	return empty(local) && empty(session)
}

func (w *writer) area(kind string, a *area) int {
	fmt.Fprintf(w, `, %q: [`, kind)
	next := w.list()
	for _, key := range slices.Sorted(maps.Keys(a.items)) {
		next()
		w.WriteString(`{"name": `)
		w.Write(literal(key))
		w.WriteString(`, "value": `)
		w.Write(literal(a.items[key]))
		w.WriteString("}")
	}
	w.WriteString("]")
	return len(a.items)
}

// newestSessions is, for each origin, the sessionStorage of the tab that changed
// it last. The file has room for one.
func (m *model) newestSessions() map[string]*area {
	newest := make(map[string]*area)
	for key, a := range m.sessions {
		origin := firstParty(key.storage)
		if old := newest[origin]; a.known && (old == nil || a.newer(old)) {
			newest[origin] = a
		}
	}
	return newest
}

// newer prefers what has content, for a tab that was just opened has none yet.
func (a *area) newer(b *area) bool {
	if a.written != b.written {
		return a.written
	}
	return a.rev > b.rev
}
