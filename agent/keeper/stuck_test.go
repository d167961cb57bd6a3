package keeper_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
)

// stuck are ways for a tab not to answer.
var stuck = map[string]func(tab){
	"alert": func(tb tab) { tb.start("alert('x')") },
	"loop of alerts": func(tb tab) {
		tb.start("for (;;) alert('x')")
	},
	"endless script": func(tb tab) { tb.start("for (;;);") },
	"crash": func(tb tab) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		tb.conn.Call(ctx, tb.session, "Page.crash", nil, nil)
	},
}

// start begins a script that may never end, from within the page.
func (tb tab) start(script string) {
	tb.t.Helper()
	tb.js("setTimeout(() => { " + script + " }, 0); 0")
}

// Tabs that do not answer hold up neither the first capture nor a change in
// another tab; what they stored is captured even so, and they are told. What is
// in their sessionStorage only they could tell. (M2, M13)
func TestStuckTabsHoldUpNothing(t *testing.T) {
	b := launch(t)
	site := newSite(t)
	u := use(t, b)
	good := u.open(site.URL + "/")
	good.js("localStorage.setItem('good', '1')")
	origins := make(map[string]string)
	for name, stick := range stuck {
		other := newSite(t)
		origins[other.URL] = name
		bad := u.open(other.URL + "/cookie?c=from%3Dstuck")
		bad.js("localStorage.setItem('stuck', 'local')")
		stick(bad)
	}
	path := filepath.Join(t.TempDir(), "state.json")
	began := time.Now()
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint()})
	eventually(t, "all that the tabs had is on the disk", func() bool {
		st := onDisk(t, path)
		for origin := range origins {
			if v, _ := st.local(origin, "stuck"); v != "local" {
				return false
			}
		}
		v, _ := st.local(site.URL, "good")
		return v == "1" && st.cookie("from") != nil
	})
	t.Logf("opened and saved after %v", time.Since(began))
	since := time.Now()
	good.js("localStorage.setItem('good', '2')")
	eventually(t, "a change beside the stuck tabs is on the disk", func() bool {
		v, _ := onDisk(t, path).local(site.URL, "good")
		return v == "2"
	})
	if took := time.Since(since); took > 3*time.Second {
		t.Errorf("the change took %v", took)
	}
	if isShell() { // it closes dialogs by itself
		for origin, name := range origins {
			if strings.Contains(name, "alert") {
				delete(origins, origin)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for e := range s.Events(ctx) {
		if e.Kind == keeper.TabStale {
			delete(origins, e.Tab)
		}
		if len(origins) == 0 {
			break
		}
	}
	for _, name := range origins {
		t.Errorf("not told as stale: the tab with the %s", name)
	}
}

// A tab that answers again is read again.
func TestAStuckTabThatAnswersAgainIsRead(t *testing.T) {
	b := launch(t)
	site := newSite(t)
	tb := use(t, b).open(site.URL + "/")
	tb.start("const end = Date.now() + 7000; while (Date.now() < end); localStorage.setItem('after', '1')")
	path := filepath.Join(t.TempDir(), "state.json")
	s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint()})
	await(t, s, keeper.TabStale, time.Time{})
	await(t, s, keeper.TabWell, time.Time{})
	eventually(t, "what it then stored is on the disk", func() bool {
		v, _ := onDisk(t, path).local(site.URL, "after")
		return v == "1"
	})
}
