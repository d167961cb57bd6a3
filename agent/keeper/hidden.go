package keeper

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// hidden is a target without a tab, in which origins that are not open are read
// and written. Its requests are answered here and reach no server; when we go,
// it goes.
type hidden struct {
	keeper *Keeper
	turn   sync.Mutex // one visit at a time

	// What follows is guarded by turn, but for the target's id.
	session string
	visible bool // the browser does not know hidden targets: it is a page
	made    time.Time

	id     sync.Mutex
	target string
}

// is reports whether target is the hidden one, which is no tab of the user.
func (h *hidden) is(target string) bool {
	h.id.Lock()
	defer h.id.Unlock()
	return target == h.target
}

// remakeEvery is how often a hidden target that ends is made anew.
const remakeEvery = time.Minute

var errHiddenAgain = errors.New("the hidden target has ended twice within a minute")

// visit has the hidden target show an empty page of origin and calls f with it.
// In the page location.origin is what was asked for.
func (h *hidden) visit(ctx context.Context, origin string, f func(p page) error) error {
	h.turn.Lock()
	defer h.turn.Unlock()
	if err := h.ready(ctx); err != nil {
		return fmt.Errorf("make a hidden target: %w", err)
	}
	p, err := h.keeper.openBlank(ctx, h.session, origin)
	if err == nil {
		err = f(p)
	}
	if cdp.IsCode(err, cdp.NoSession) || isCrashed(err) || errors.Is(err, context.DeadlineExceeded) {
		h.drop()
	}
	return err
}

// call calls a method that only the session of a page has.
func (h *hidden) call(ctx context.Context, method string, params any) error {
	h.turn.Lock()
	defer h.turn.Unlock()
	if err := h.ready(ctx); err != nil {
		return fmt.Errorf("make a hidden target: %w", err)
	}
	return h.keeper.conn.Call(ctx, h.session, method, params, nil)
}

// ready makes the target unless there is one.
func (h *hidden) ready(ctx context.Context) error {
	k := h.keeper
	if h.session != "" {
		return nil
	}
	if !h.made.IsZero() && time.Since(h.made) < remakeEvery {
		return errHiddenAgain
	}
	target, err := h.create(ctx)
	if err != nil {
		return err
	}
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	if err := k.conn.Call(ctx, "", "Target.attachToTarget", map[string]any{"targetId": target, "flatten": true}, &attached); err != nil {
		return err
	}
	if err := h.kind(ctx, target); err != nil {
		return err
	}
	if err := k.prepareBlank(ctx, attached.SessionID); err != nil {
		return err
	}
	h.session, h.made = attached.SessionID, time.Now()
	return nil
}

// create makes the target; a browser that does not know hidden ones makes a page
// in the background.
func (h *hidden) create(ctx context.Context) (string, error) {
	k := h.keeper
	var made struct {
		TargetID string `json:"targetId"`
	}
	params := k.inContext(map[string]any{"url": "about:blank", "hidden": true, "background": true})
	err := k.conn.Call(ctx, "", "Target.createTarget", params, &made)
	if cdp.IsCode(err, cdp.InvalidParams) {
		delete(params, "hidden")
		err = k.conn.Call(ctx, "", "Target.createTarget", params, &made)
	}
	h.id.Lock()
	h.target = made.TargetID
	h.id.Unlock()
	return made.TargetID, err
}

// kind finds out whether the target is one that other clients see. It was
// reported as a tab then, perhaps before its id was known here.
func (h *hidden) kind(ctx context.Context, target string) error {
	k := h.keeper
	var answer struct {
		Info targetInfo `json:"targetInfo"`
	}
	if err := k.conn.Call(ctx, "", "Target.getTargetInfo", map[string]any{"targetId": target}, &answer); err != nil {
		return err
	}
	h.visible = answer.Info.Type == "page"
	k.conn.Post(func() {
		for session, t := range k.tabs {
			if t.target == target {
				delete(k.tabs, session)
			}
		}
		k.checkFull()
	})
	return nil
}

// drop ends a target that has crashed or does not answer, and forgets it.
func (h *hidden) drop() {
	h.session = ""
	h.id.Lock()
	defer h.id.Unlock()
	h.keeper.conn.Go("", "Target.closeTarget", map[string]any{"targetId": h.target}, browserLimit, func(cdp.Reply) {})
}

// prepareBlank makes a session one whose requests are all answered by us.
func (k *Keeper) prepareBlank(ctx context.Context, session string) error {
	for _, c := range []struct {
		method string
		params map[string]any
	}{
		{"Page.enable", nil},
		{"Network.enable", nil},
		{"Network.setBypassServiceWorker", map[string]any{"bypass": true}}, // or a worker answers, and runs its page
		{"Network.setCacheDisabled", map[string]any{"cacheDisabled": true}},
		{"Fetch.enable", map[string]any{"patterns": []map[string]string{{"urlPattern": "*", "requestStage": "Request"}}}},
	} {
		if err := k.conn.Call(ctx, session, c.method, c.params, nil); err != nil {
			return err
		}
	}
	return nil
}

// blankPage is what an origin looks like in the hidden target. The icon keeps
// the browser from asking for one.
const blankPage = `<!doctype html><link rel="icon" href="data:,">`

// requestPaused answers every request of a session that visits: the document of
// the wanted origin with an empty page, all else with a failure. The attempt to
// upgrade http to https fails too, and the browser falls back. It does not wait,
// and does not depend on the context of whoever visits.
func (k *Keeper) requestPaused(e cdp.Event) {
	origin, ours := k.blanks[e.Session]
	if !ours {
		return
	}
	var p struct {
		ID      string `json:"requestId"`
		Kind    string `json:"resourceType"`
		Request struct {
			URL string `json:"url"`
		} `json:"request"`
	}
	if json.Unmarshal(e.Params, &p) != nil {
		return
	}
	ignore := func(cdp.Reply) {}
	if p.Kind != "Document" || originOf(p.Request.URL) != origin {
		k.conn.Go(e.Session, "Fetch.failRequest", map[string]any{"requestId": p.ID, "errorReason": "ConnectionRefused"}, browserLimit, ignore)
		return
	}
	header := func(name, value string) map[string]string { return map[string]string{"name": name, "value": value} }
	k.conn.Go(e.Session, "Fetch.fulfillRequest", map[string]any{
		"requestId":    p.ID,
		"responseCode": 200,
		"responseHeaders": []map[string]string{
			header("content-type", "text/html;charset=utf-8"),
			header("cache-control", "no-store"),
			header("content-security-policy", "default-src 'none'; img-src data:"),
		},
		"body": base64.StdEncoding.EncodeToString([]byte(blankPage)),
	}, browserLimit, ignore)
}

// openBlank navigates a prepared session to an empty page of origin.
func (k *Keeper) openBlank(ctx context.Context, session, origin string) (page, error) {
	p := page{keeper: k, session: session, origin: origin}
	k.conn.Post(func() { k.blanks[session] = origin }) // in front of the requests that follow
	var nav struct {
		FrameID string `json:"frameId"`
		Error   string `json:"errorText"`
	}
	if err := k.conn.Call(ctx, session, "Page.navigate", map[string]any{"url": origin + "/"}, &nav); err != nil {
		return p, err
	}
	var world struct {
		ID int `json:"executionContextId"`
	}
	err := k.conn.Call(ctx, session, "Page.createIsolatedWorld", map[string]any{"frameId": nav.FrameID, "worldName": "keeper"}, &world)
	if err != nil {
		return p, err
	}
	p.frame, p.world = nav.FrameID, world.ID
	var at string
	if err := p.eval(ctx, "location.origin", &at); err != nil {
		return p, err
	}
	switch {
	case at == origin:
		return p, nil
	case nav.Error != "":
		return p, errors.New("the origin does not open: " + nav.Error)
	}
	return p, errors.New("another page opened in its place")
}
