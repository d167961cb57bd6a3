package keeper

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// cookiePoll is what is under way about cookies.
type cookiePoll struct {
	asked   time.Time // when the last look began
	looking bool
	again   bool   // something came up while looking
	soon    bool   // a look is about to begin
	raw     string // the last answer
}

// lookAtCookies asks for all cookies of the context: one look at a time, and one
// more if there was a reason meanwhile.
func (k *Keeper) lookAtCookies() {
	if !k.initial {
		return
	}
	if k.cookies.looking {
		k.cookies.again = true
		return
	}
	k.cookies.looking, k.cookies.again = true, false
	k.cookies.asked = time.Now()
	k.conn.Go("", "Storage.getCookies", k.inContext(map[string]any{}), browserLimit, func(r cdp.Reply) {
		k.cookies.looking = false
		if r.Err == nil {
			k.listed(r.Result)
		} else if cdp.IsCode(r.Err, cdp.InvalidParams) {
			k.contextGone()
		}
		if k.cookies.again {
			k.lookAtCookies()
		}
	})
}

// listed takes the list for the whole truth: what it lacks was deleted or is
// over. An answer that is none says nothing.
func (k *Keeper) listed(result json.RawMessage) {
	if k.model.listed && k.cookies.raw == string(result) {
		return
	}
	list, ok := cookieList(result)
	if !ok {
		return
	}
	k.cookies.raw = string(result)
	if k.model.setCookies(list) {
		k.changed()
	}
	k.checkFull()
}

func cookieList(result json.RawMessage) ([]string, bool) {
	var answer struct {
		Cookies *[]json.RawMessage `json:"cookies"`
	}
	if json.Unmarshal(result, &answer) != nil || answer.Cookies == nil {
		return nil, false
	}
	list := make([]string, 0, len(*answer.Cookies))
	for _, raw := range *answer.Cookies {
		c, ok := normalCookie(raw)
		if !ok {
			return nil, false
		}
		list = append(list, c)
	}
	return list, true
}

// responded looks at the cookies soon after a response has set some. Its text is
// not parsed: several cookies come joined in one, and the browser may refuse
// them.
func (k *Keeper) responded(e cdp.Event) {
	if k.tabs[e.Session] == nil || k.cookies.soon {
		return
	}
	var p struct {
		Headers map[string]json.RawMessage `json:"headers"`
	}
	if json.Unmarshal(e.Params, &p) != nil {
		return
	}
	for name := range p.Headers {
		if strings.EqualFold(name, "set-cookie") {
			k.cookies.soon = true
			time.AfterFunc(setCookieLag, func() {
				k.conn.Post(func() { k.cookies.soon = false; k.lookAtCookies() })
			})
			return
		}
	}
}

// contextGone ends the keeping: there is nothing to follow any more.
func (k *Keeper) contextGone() {
	if !k.model.listed {
		return
	}
	k.gone = true
	go k.conn.Close()
}

// cookieDomain is the domain of a normalised cookie.
func cookieDomain(cookie string) string {
	var c struct {
		Domain string `json:"domain"`
	}
	_ = json.Unmarshal([]byte(cookie), &c) // it was read before
	return c.Domain
}
