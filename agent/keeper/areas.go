package keeper

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// storageChanged applies an event, which has the full value.
func (k *Keeper) storageChanged(e cdp.Event) {
	t := k.tabs[e.Session]
	if t == nil {
		return
	}
	var p struct {
		ID struct {
			Key   string `json:"storageKey"`
			Local bool   `json:"isLocalStorage"`
		} `json:"storageId"`
		Key   json.RawMessage `json:"key"`
		Value json.RawMessage `json:"newValue"`
	}
	if json.Unmarshal(e.Params, &p) != nil || !k.captures(p.ID.Key) {
		return
	}
	a := k.area(t, p.ID.Key, p.ID.Local)
	if !a.known && !t.keys[p.ID.Key] {
		k.look(t) // of a frame that came without an event
	}
	c, ok := changeOf(e.Method, p.Key, p.Value)
	if !ok || p.ID.Local && !a.story.news(t, c, time.Now()) {
		return
	}
	if k.apply(a, c) {
		k.changed()
	}
	k.fence.told(a, c)
}

func changeOf(method string, key, value json.RawMessage) (change, bool) {
	if strings.HasSuffix(method, "Cleared") {
		return change{everything: true}, true
	}
	name, ok := text(key)
	if !ok || strings.HasSuffix(method, "Removed") {
		return change{key: name}, ok
	}
	content, ok := text(value)
	return change{key: name, entry: entry{content, true}}, ok
}

func (k *Keeper) apply(a *area, c change) bool {
	switch {
	case c.everything:
		return k.model.replace(a, make(map[string]string)) // empty is whole
	case !c.there:
		return k.model.remove(a, c.key)
	}
	return k.model.set(a, c.key, c.value)
}

func (k *Keeper) area(t *tab, storage string, local bool) *area {
	if local {
		return k.model.localArea(storage)
	}
	return k.model.sessionArea(t.target, storage)
}

// captures reports whether the storage of a key is kept. A partition is counted
// and left out: it is not the origin's own.
func (k *Keeper) captures(storage string) bool {
	origin := firstParty(storage)
	if origin == "" {
		if i := strings.IndexByte(storage, '^'); i > 0 {
			k.skip(Skipped{Origin: strings.TrimSuffix(storage[:i], "/"), Reason: "partitioned storage is not captured"})
		}
		return false
	}
	return k.options.wantsOrigin(origin)
}

// skip notes what is left out, once.
func (k *Keeper) skip(s Skipped) {
	if !k.skipped[s] {
		k.skipped[s] = true
		k.tell(Event{Kind: Left, Item: s.Origin, Reason: s.Reason})
	}
}

// look reads what a session shows that was not read in it yet. A tab that does
// not answer is stale after a while, and delays nothing else.
func (k *Keeper) look(t *tab) {
	if t.looking {
		t.missed = true
		return
	}
	t.looking, t.missed, t.looked = true, false, time.Now()
	l := &look{keeper: k, tab: t}
	if origin := originOf(t.url); t.kind == "page" && origin != "" {
		l.read(origin + "/") // needs no answer of the page
	}
	l.pending++
	k.conn.Go(t.session, "Page.getFrameTree", nil, tabLimit, func(r cdp.Reply) {
		l.frames(r)
		l.settle()
	})
}

// look is one reading of a session.
type look struct {
	keeper  *Keeper
	tab     *tab
	pending int
	failed  bool
}

// settle ends the look with its last answer.
func (l *look) settle() {
	if l.pending--; l.pending > 0 {
		return
	}
	k, t := l.keeper, l.tab
	t.looking = false
	if k.tabs[t.session] != t { // closed meanwhile
		k.fence.looked(t)
		return
	}
	switch {
	case l.failed:
		k.markStale(t)
	default:
		k.markWell(t)
		t.synced = true
	}
	k.checkFull()
	if t.missed {
		k.look(t)
	}
	k.fence.looked(t)
}

type frameTree struct {
	Frame struct {
		ID  string `json:"id"`
		URL string `json:"url"`
	} `json:"frame"`
	Children []frameTree `json:"childFrames"`
}

// frames asks each frame for its storage key. Frames without an address of
// their own have that of the frame around them.
func (l *look) frames(r cdp.Reply) {
	var answer struct {
		Tree frameTree `json:"frameTree"`
	}
	if r.Err != nil || json.Unmarshal(r.Result, &answer) != nil {
		l.failed = true
		return
	}
	l.walk(answer.Tree)
}

func (l *look) walk(f frameTree) {
	if origin := originOf(f.Frame.URL); origin != "" {
		l.pending++
		l.keeper.conn.Go(l.tab.session, "Storage.getStorageKey", map[string]any{"frameId": f.Frame.ID}, tabLimit, func(r cdp.Reply) {
			l.keyed(origin, f.Frame.ID, r)
			l.settle()
		})
	}
	for _, child := range f.Children {
		l.walk(child)
	}
}

func (l *look) keyed(origin, frame string, r cdp.Reply) {
	var answer struct {
		Key string `json:"storageKey"`
	}
	switch {
	case r.Err == nil && json.Unmarshal(r.Result, &answer) == nil && answer.Key != "":
		l.read(answer.Key)
	case cdp.IsCode(r.Err, cdp.NoMethod):
		l.olderKey(origin, frame)
	case !cdp.IsCode(r.Err, cdp.NotFound, cdp.NoSession, cdp.InvalidParams):
		l.failed = true
	}
}

// olderKey asks as browsers before 2025 are asked.
func (l *look) olderKey(origin, frame string) {
	l.pending++
	l.keeper.conn.Go(l.tab.session, "Storage.getStorageKeyForFrame", map[string]any{"frameId": frame}, tabLimit, func(r cdp.Reply) {
		var answer struct {
			Key string `json:"storageKey"`
		}
		if r.Err == nil && json.Unmarshal(r.Result, &answer) == nil && answer.Key != "" {
			l.read(answer.Key)
		} else if l.tab.kind == "page" && origin == originOf(l.tab.url) {
			l.read(origin + "/")
		}
		l.settle()
	})
}

// read reads both storages of a key, unless this session has done so before.
func (l *look) read(storage string) {
	k, t := l.keeper, l.tab
	if t.keys[storage] || !k.captures(storage) {
		return
	}
	t.keys[storage] = true
	for _, local := range []bool{true, false} {
		l.pending++
		k.conn.Go(t.session, "DOMStorage.getDOMStorageItems", storageID(storage, local), tabLimit, func(r cdp.Reply) {
			if !l.items(storage, local, r) {
				delete(t.keys, storage) // the next look tries again
			}
			l.settle()
		})
	}
	k.track(t, storage)
}

func storageID(storage string, local bool) map[string]any {
	return map[string]any{"storageId": map[string]any{"storageKey": storage, "isLocalStorage": local}}
}

// items makes an answer the content of its area.
func (l *look) items(storage string, local bool, r cdp.Reply) bool {
	if r.Err != nil {
		gone := cdp.IsCode(r.Err, cdp.NotFound, cdp.NoSession, cdp.InvalidParams)
		l.failed = l.failed || !gone
		return false
	}
	items, ok := entries(r.Result)
	if !ok {
		return false
	}
	if l.keeper.model.replace(l.keeper.area(l.tab, storage, local), items) {
		l.keeper.changed()
	}
	return true
}

// entries are those of an answer to DOMStorage.getDOMStorageItems.
func entries(result json.RawMessage) (map[string]string, bool) {
	var answer struct {
		Entries *[][2]json.RawMessage `json:"entries"`
	}
	if json.Unmarshal(result, &answer) != nil || answer.Entries == nil {
		return nil, false
	}
	items := make(map[string]string, len(*answer.Entries))
	for _, entry := range *answer.Entries {
		key, ok := text(entry[0])
		value, ok2 := text(entry[1])
		if !ok || !ok2 {
			return nil, false
		}
		items[key] = value
	}
	return items, true
}
