package keeper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// openTab opens a page in a new tab, with its origin's sessionStorage in place
// before its scripts run, and looks whether it is there in the end.
func (k *Keeper) openTab(ctx context.Context, url string, origins []stored, r *Report) {
	ctx, cancel := context.WithTimeout(ctx, collectLimit)
	defer cancel()
	origin := originOf(url)
	var session []item
	for _, o := range origins {
		if o.origin == origin {
			session = o.session
		}
	}
	opened := Opened{Tab: origin}
	if err := k.openWith(ctx, url, origin, session, r); err != nil {
		opened.Reason = reason(err)
	}
	r.Opened = append(r.Opened, opened)
}

func (k *Keeper) openWith(ctx context.Context, url, origin string, session []item, r *Report) error {
	var made struct {
		TargetID string `json:"targetId"`
	}
	if err := k.conn.Call(ctx, "", "Target.createTarget", k.inContext(map[string]any{"url": "about:blank"}), &made); err != nil {
		return err
	}
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	if err := k.conn.Call(ctx, "", "Target.attachToTarget", map[string]any{"targetId": made.TargetID, "flatten": true}, &attached); err != nil {
		return err
	}
	id := attached.SessionID
	defer k.conn.Go("", "Target.detachFromTarget", map[string]any{"sessionId": id}, browserLimit, func(cdp.Reply) {})
	if err := k.prepareBlank(ctx, id); err != nil {
		return err
	}
	if err := k.fillSession(ctx, id, origin, session, r); err != nil {
		return err
	}
	return k.goThere(ctx, id, url, made.TargetID)
}

// fillSession writes the tab's sessionStorage while it shows an empty page.
func (k *Keeper) fillSession(ctx context.Context, session, origin string, items []item, r *Report) error {
	defer k.conn.Post(func() { delete(k.blanks, session) })
	p, err := k.openBlank(ctx, session, origin)
	if err == nil {
		err = p.install(ctx)
	}
	if err != nil {
		return err
	}
	n, err := p.setEntries(ctx, "session", items, Merge, r)
	r.SessionStorage += n
	return err
}

// goThere has the tab be an ordinary one again and go to the page; the empty
// page leaves no entry in its history.
func (k *Keeper) goThere(ctx context.Context, session, url, target string) error {
	for _, c := range []struct {
		method string
		params map[string]any
	}{
		{"Fetch.disable", nil},
		{"Network.setBypassServiceWorker", map[string]any{"bypass": false}},
		{"Network.setCacheDisabled", map[string]any{"cacheDisabled": false}},
	} {
		if err := k.conn.Call(ctx, session, c.method, c.params, nil); err != nil {
			return err
		}
	}
	var nav struct {
		Error string `json:"errorText"`
	}
	if err := k.conn.Call(ctx, session, "Page.navigate", map[string]any{"url": url}, &nav); err != nil {
		return err
	}
	if nav.Error != "" {
		return errors.New("the page does not open: " + nav.Error)
	}
	if err := k.resetHistory(ctx, session); err != nil {
		return err
	}
	return k.stands(ctx, target)
}

// resetHistory asks again while the page is on its way from one process to
// another.
func (k *Keeper) resetHistory(ctx context.Context, session string) error {
	for tries := 1; ; tries++ {
		err := k.conn.Call(ctx, session, "Page.resetNavigationHistory", nil, nil)
		if !cdp.IsCode(err, cdp.NotFound) || tries == 100 {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stands looks whether the tab is there and no longer empty.
func (k *Keeper) stands(ctx context.Context, target string) error {
	var answer struct {
		Info targetInfo `json:"targetInfo"`
	}
	for {
		err := k.conn.Call(ctx, "", "Target.getTargetInfo", map[string]any{"targetId": target}, &answer)
		if err != nil {
			return fmt.Errorf("the tab is gone: %w", err)
		}
		if u := answer.Info.URL; u != "" && u != "about:blank" {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("the tab has stayed empty")
		case <-time.After(20 * time.Millisecond):
		}
	}
}
