package vault

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/wholly-go/wholly/agent/storagestate"
)

// The times of changes are for keepers that save at the same moment. Older ones
// are left out.
const (
	changedFor  = time.Hour
	changedMost = 1000
)

// longAgo is before all that the record of a keeper's file leaves out.
func longAgo(k storagestate.Keeper) time.Time {
	at := k.SavedAt.Add(-changedFor)
	if len(k.Changed) >= changedMost {
		oldest := k.SavedAt
		for _, t := range k.Changed {
			if t.Before(oldest) {
				oldest = t
			}
		}
		at = oldest
	}
	return at
}

// record completes the record of what is to be written, where the file had was.
func (s *save) record(was storagestate.Keeper, of *storagestate.State) storagestate.Keeper {
	next := of.Keeper()
	next.SavedAt, next.Dialect = time.Now(), of.Dialect() // not when it began to wait for the others
	last := s.last.state.Keeper()
	next.Generation = max(was.Generation, last.Generation) + 1
	next.Writers = noteWriter(bothWriters(was.Writers, last.Writers), s.writer, next.Generation)
	next.Browsers = noteBrowser(was.Browsers, s.BrowserID, next.Generation)
	next.Changed = recent(next.Changed, s.now)
	if s.done.Kept {
		next.KeptAt = s.now
	}
	return next
}

// browsersMost is how many browsers are remembered.
const browsersMost = 8

// noteBrowser adds a browser, and forgets those that were seen longest ago.
func noteBrowser(browsers map[string][2]int64, id string, generation int64) map[string][2]int64 {
	out := map[string][2]int64{}
	maps.Copy(out, browsers)
	if id != "" {
		first := generation
		if span, known := out[id]; known {
			first = span[0]
		}
		out[id] = [2]int64{first, generation}
	}
	for len(out) > browsersMost {
		delete(out, slices.MinFunc(slices.Sorted(maps.Keys(out)), func(a, b string) int { return cmp.Compare(out[a][1], out[b][1]) }))
	}
	return out
}

// knows reports whether the record has this browser: the next keeper of it is to
// find it there.
func (s *save) knows(was storagestate.Keeper) bool {
	_, known := was.Browsers[s.BrowserID]
	return known || s.BrowserID == "" && was.Version > 0
}

// identity puts this browser, and what it told of its tabs, into k.
func (s *save) identity(k storagestate.Keeper) storagestate.Keeper {
	k.Version = storagestate.KeeperVersion
	if s.Browser != "" {
		k.Browser = s.Browser
	}
	if s.BrowserID != "" {
		k.BrowserID = s.BrowserID
	}
	ours := s.State.Keeper()
	if ours.Tabs != nil {
		k.Tabs = ours.Tabs
	}
	if ours.Partitions != nil {
		k.Partitions = ours.Partitions
	}
	return k
}

// recent leaves out the times that no merge will ask for.
func recent(changed map[string]time.Time, now time.Time) map[string]time.Time {
	out := make(map[string]time.Time, min(len(changed), changedMost))
	var ids []string
	for id, t := range changed {
		if now.Sub(t) < changedFor {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return changed[b].Compare(changed[a]) })
	for _, id := range ids[:min(len(ids), changedMost)] {
		out[id] = changed[id]
	}
	return out
}

// withoutRecord leaves the keeper's own record out of what is told.
func withoutRecord(changes []storagestate.Change) []storagestate.Change {
	return slices.DeleteFunc(changes, func(c storagestate.Change) bool {
		return c.Item.Kind == storagestate.KindKey && c.Item.Key == "keeper" && c.Item.Origin == ""
	})
}
