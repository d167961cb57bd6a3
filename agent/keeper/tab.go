package keeper

import (
	"encoding/json"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// tab is one session: a page, a frame that is a target of its own, or a worker.
type tab struct {
	session, target, kind string
	url                   string
	since                 time.Time       // when it was attached to
	keys                  map[string]bool // storage keys that were read in this session
	enabled               bool            // its first calls have been answered, or given up
	synced                bool            // everything in it was read
	stale                 time.Time       // since when it does not answer; zero: it does
	looking               bool            // a look at its frames is under way
	looked                time.Time       // when the last one began
	readAll               time.Time       // when everything was last read again
	missed                bool            // something came up while it was
	tracked               map[string]bool // storage keys whose databases are watched
}

func (t *tab) isWorker() bool { return t.kind == "service_worker" || t.kind == "shared_worker" }

type targetInfo struct {
	TargetID string `json:"targetId"`
	Type     string `json:"type"`
	URL      string `json:"url"`
	Context  string `json:"browserContextId"`
}

// handle is the one place where the model meets the browser's events. What is
// not known is ignored.
func (k *Keeper) handle(e cdp.Event) {
	switch e.Method {
	case "Target.attachedToTarget":
		k.attachedTo(e.Params)
	case "Target.detachedFromTarget":
		k.detachedFrom(e.Params)
	case "Target.targetInfoChanged":
		k.infoChanged(e.Params)
	case "Inspector.targetCrashed":
		if t := k.tabs[e.Session]; t != nil {
			k.markStale(t)
		}
	case "Network.responseReceivedExtraInfo":
		k.responded(e)
	case "DOMStorage.domStorageItemAdded", "DOMStorage.domStorageItemUpdated",
		"DOMStorage.domStorageItemRemoved", "DOMStorage.domStorageItemsCleared":
		k.storageChanged(e)
	case "Storage.indexedDBContentUpdated", "Storage.indexedDBListUpdated":
		k.databaseChanged(e.Params)
	case "Fetch.requestPaused":
		k.requestPaused(e)
	}
}

func (k *Keeper) attachedTo(params json.RawMessage) {
	var p struct {
		SessionID  string     `json:"sessionId"`
		TargetInfo targetInfo `json:"targetInfo"`
	}
	if json.Unmarshal(params, &p) != nil || p.TargetInfo.Context != k.context || k.hidden.is(p.TargetInfo.TargetID) {
		return
	}
	t := &tab{
		session: p.SessionID, target: p.TargetInfo.TargetID, kind: p.TargetInfo.Type, url: p.TargetInfo.URL,
		keys: make(map[string]bool), tracked: make(map[string]bool), since: time.Now(),
	}
	t.readAll = t.since
	switch t.kind {
	case "page", "iframe", "service_worker", "shared_worker":
	default:
		return
	}
	k.tabs[t.session] = t
	k.enable(t)
}

// enable asks for the events of a session: before anything is read, so that
// nothing can change in between.
func (k *Keeper) enable(t *tab) {
	network := map[string]any{"maxTotalBufferSize": 0, "maxResourceBufferSize": 0}
	ignore := func(cdp.Reply) {}
	k.conn.Go(t.session, "Network.enable", network, tabLimit, ignore)
	if t.isWorker() {
		t.enabled, t.synced = true, true
		return
	}
	k.conn.Go(t.session, "DOMStorage.enable", nil, tabLimit, ignore)
	k.conn.Go(t.session, "Target.setAutoAttach", autoAttach("iframe"), tabLimit, func(cdp.Reply) {
		t.enabled = true // its frames have been reported
		k.checkFull()
	})
	k.look(t)
}

func (k *Keeper) detachedFrom(params json.RawMessage) {
	var p struct {
		SessionID string `json:"sessionId"`
	}
	if json.Unmarshal(params, &p) != nil {
		return
	}
	t := k.tabs[p.SessionID]
	if t == nil {
		return
	}
	delete(k.tabs, p.SessionID)
	for _, a := range k.model.local {
		delete(a.story.next, t)
	}
	for key, a := range k.model.sessions {
		if key.target == t.target {
			a.closed = true
		}
	}
	k.lookAtCookies() // a page that goes may have set some on its way
	k.checkFull()
}

// infoChanged follows where a tab goes, without touching its page.
func (k *Keeper) infoChanged(params json.RawMessage) {
	var p struct {
		TargetInfo targetInfo `json:"targetInfo"`
	}
	if json.Unmarshal(params, &p) != nil {
		return
	}
	for _, t := range k.tabs {
		if t.target != p.TargetInfo.TargetID {
			continue
		}
		from := originOf(t.url)
		moved := t.url != p.TargetInfo.URL
		t.url = p.TargetInfo.URL
		if moved {
			k.lookAtCookies()
		}
		if originOf(t.url) != from {
			clear(t.keys) // whoever comes back may have missed something
			k.look(t)
		}
	}
}

func (k *Keeper) markStale(t *tab) {
	if !t.stale.IsZero() {
		return
	}
	t.stale = time.Now()
	k.tell(Event{Kind: TabStale, Tab: originOf(t.url)})
	k.checkFull()
}

func (k *Keeper) markWell(t *tab) {
	if !t.stale.IsZero() {
		t.stale = time.Time{}
		k.tell(Event{Kind: TabWell, Tab: originOf(t.url)})
	}
}

// checkFull ends the first sync: all cookies were read, and each tab that was
// there was read too, or does not answer.
func (k *Keeper) checkFull() {
	if k.first == nil || !k.initial || !k.model.listed {
		return
	}
	for _, t := range k.tabs {
		if t.stale.IsZero() && !(t.synced && t.enabled) {
			return
		}
	}
	k.first()
	k.first = nil
}

// safety is called several times a second: it looks at what tells nobody that it
// has changed.
func (k *Keeper) safety(now time.Time) {
	if !k.initial {
		return
	}
	if now.Sub(k.cookies.asked) >= k.options.cookiePoll(len(k.model.cookies)) {
		k.lookAtCookies()
	}
	for _, t := range k.tabs {
		since := now.Sub(t.looked)
		switch {
		case t.isWorker() || t.looking:
		case !t.stale.IsZero() && since >= retryStale:
			k.look(t)
		case since >= framesEvery:
			if now.Sub(t.readAll) >= resyncEvery {
				t.readAll = now
				clear(t.keys)
			}
			k.look(t)
		}
	}
	k.collectDue(now)
}
