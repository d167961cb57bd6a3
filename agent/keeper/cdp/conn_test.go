package cdp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// secret is the part of an address that must never be told.
const secret = "/devtools/browser/0000-secret"

// peer is the other end: what a browser could do, said by a script.
type peer struct {
	t  *testing.T
	ws *websocket.Conn
}

type asked struct {
	ID        int64           `json:"id"`
	SessionID string          `json:"sessionId"`
	Method    string          `json:"method"`
	Params    json.RawMessage `json:"params"`
}

func (p peer) next() asked {
	var a asked
	_, data, err := p.ws.Read(context.Background())
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	if err != nil {
		a.Method = "gone"
	}
	return a
}

func (p peer) say(format string, args ...any) {
	p.ws.Write(context.Background(), websocket.MessageText, fmt.Appendf(nil, format, args...))
}

// talk connects to a browser that plays the script.
func talk(t *testing.T, script func(p peer)) *cdp.Conn {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin != "" {
			http.Error(w, "origin "+origin, http.StatusForbidden)
			return
		}
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		ws.SetReadLimit(-1)
		defer ws.CloseNow()
		script(peer{t, ws})
	}))
	t.Cleanup(srv.Close)
	c, err := cdp.Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+secret)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// An old answer cannot overwrite a newer event: both stand in one queue.
func TestRepliesStandAmongTheEventsAsTheyArrived(t *testing.T) {
	c := talk(t, func(p peer) {
		a, b := p.next(), p.next()
		p.say(`{"method":"e","params":1}`)
		p.say(`{"id":%d,"result":"second"}`, b.ID)
		p.say(`{"method":"e","params":2,"sessionId":"s"}`)
		p.say(`{"id":%d,"result":"first"}`, a.ID)
		p.say(`{"method":"e","params":3}`)
	})
	var got []string
	note := func(r cdp.Reply) { got = append(got, string(r.Result)) }
	c.Go("", "first", nil, time.Minute, note)
	c.Go("", "second", nil, time.Minute, note)
	err := c.Run(func(e cdp.Event) { got = append(got, e.Session+string(e.Params)) })
	if want := []string{"1", `"second"`, "s2", `"first"`, "3"}; !slices.Equal(got, want) {
		t.Errorf("handed out %q, want %q", got, want)
	}
	var lost *cdp.LostError
	if !errors.As(err, &lost) {
		t.Errorf("Run returned %v, want a LostError", err)
	}
}

// A handler that waits for an answer does not keep that answer from arriving,
// whatever stands in between.
func TestTheReaderNeverWaitsForAHandler(t *testing.T) {
	const flood = 20_000
	c := talk(t, func(p peer) {
		p.say(`{"method":"begin"}`)
		a := p.next()
		for i := range flood {
			p.say(`{"method":"flood","params":%d}`, i)
		}
		p.say(`{"id":%d,"result":{"n":7}}`, a.ID)
	})
	events := 0
	c.Run(func(e cdp.Event) {
		events++
		if e.Method != "begin" {
			return
		}
		var answer struct{ N int }
		if err := c.Call(t.Context(), "", "ask", nil, &answer); err != nil || answer.N != 7 {
			t.Errorf("Call in a handler: %v, %v", answer, err)
		}
	})
	if events != flood+1 {
		t.Errorf("%d events were handed out, want %d", events, flood+1)
	}
}

// What arrived before the end is handed out before Run returns, however slow
// the handler is.
func TestTheQueueIsDrainedAfterTheEnd(t *testing.T) {
	const n = 200
	c := talk(t, func(p peer) {
		for i := range n {
			p.say(`{"method":"e","params":%d}`, i)
		}
	})
	<-c.Done()
	var last string
	seen := 0
	c.Run(func(e cdp.Event) { seen, last = seen+1, string(e.Params) })
	if seen != n || last != fmt.Sprint(n-1) {
		t.Errorf("%d events were handed out, the last %s; want %d", seen, last, n)
	}
}

func TestACallThatHangsEndsAndDelaysNoOther(t *testing.T) {
	c := talk(t, func(p peer) {
		for a := p.next(); a.Method != "gone"; a = p.next() {
			if a.SessionID != "stuck" {
				p.say(`{"id":%d,"result":{}}`, a.ID)
			}
		}
	})
	go c.Run(func(cdp.Event) {})
	hung := make(chan error, 1)
	c.Go("stuck", "m", nil, 50*time.Millisecond, func(r cdp.Reply) { hung <- r.Err })
	if err := c.Call(t.Context(), "well", "m", nil, nil); err != nil {
		t.Error(err)
	}
	if err := <-hung; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the call that hung ended with %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Call(ctx, "stuck", "m", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Call of a stuck session: %v", err)
	}
}

// Each call in flight is told that the browser has gone, and so is each later
// one.
func TestTheEndSettlesEveryCall(t *testing.T) {
	c := talk(t, func(p peer) { p.next(); p.next() })
	told := make(chan error, 1)
	c.Go("", "a", nil, time.Minute, func(r cdp.Reply) { told <- r.Err })
	go c.Run(func(cdp.Event) {})
	var lost *cdp.LostError
	if err := c.Call(t.Context(), "", "b", nil, nil); !errors.As(err, &lost) {
		t.Errorf("a call in flight: %v", err)
	}
	if err := <-told; !errors.As(err, &lost) {
		t.Errorf("a call in flight through Go: %v", err)
	}
	<-c.Done()
	if err := c.Call(t.Context(), "", "c", nil, nil); !errors.As(err, &lost) {
		t.Errorf("a call after the end: %v", err)
	}
	for c.Post(func() {}) {
		time.Sleep(time.Millisecond)
	}
}

func TestClose(t *testing.T) {
	c := talk(t, func(p peer) { p.next() })
	ended := make(chan error, 1)
	go func() { ended <- c.Run(func(cdp.Event) {}) }()
	c.Close()
	if err := <-ended; !errors.Is(err, cdp.ErrClosed) {
		t.Errorf("Run returned %v", err)
	}
	if err := c.Call(t.Context(), "", "m", nil, nil); !errors.Is(err, cdp.ErrClosed) {
		t.Errorf("Call after Close: %v", err)
	}
}

// What nobody knows costs nothing, and text comes as it was sent.
func TestTextAndStrangersSurvive(t *testing.T) {
	c := talk(t, func(p peer) {
		p.say(`not json`)
		p.say(`{"id":99,"result":{}}`)
		p.say(`{"new":true}`)
		p.say(`{"method":"e","params":{"v":"\ud83d"},"later":1}`)
	})
	var got string
	c.Run(func(e cdp.Event) { got += string(e.Params) })
	if want := `{"v":"\ud83d"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestErrorsOfTheBrowser(t *testing.T) {
	c := talk(t, func(p peer) {
		p.say(`{"id":%d,"error":{"code":-32602,"message":"Invalid cookie fields","data":"the value"}}`, p.next().ID)
		p.next()
	})
	err := c.Call(t.Context(), "", "Storage.setCookies", nil, nil)
	if !cdp.IsCode(err, cdp.NoMethod, cdp.InvalidParams) || cdp.IsCode(err, cdp.NotFound) {
		t.Errorf("the code of %v is not told", err)
	}
	if want := "Storage.setCookies: Invalid cookie fields (-32602)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWhatIsTooLargeIsNotSent(t *testing.T) {
	c := talk(t, func(p peer) {
		a := p.next()
		p.say(`{"id":%d,"result":%q}`, a.ID, a.Method)
		p.next()
	})
	large := map[string]string{"v": strings.Repeat("x", cdp.MaxMessage)}
	if err := c.Call(t.Context(), "", "large", large, nil); !errors.Is(err, cdp.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	if err := c.Call(t.Context(), "", "bad", map[string]any{"f": func() {}}, nil); err == nil {
		t.Error("what cannot be encoded was sent")
	}
	var method string
	if err := c.Call(t.Context(), "", "small", nil, &method); err != nil || method != "small" {
		t.Errorf("the connection did not survive: %q, %v", method, err)
	}
}

// The path of the address is as good as a password: no error tells it.
func TestDialErrorsDoNotTellTheAddress(t *testing.T) {
	refusing := httptest.NewServer(http.NotFoundHandler())
	defer refusing.Close()
	moved := httptest.NewServer(http.RedirectHandler("http://192.0.2.1/", http.StatusFound))
	defer moved.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	for _, to := range []string{refusing.URL, moved.URL, plain.URL, "http://127.0.0.1:1", "http://[::1"} {
		_, err := cdp.Dial(t.Context(), "ws"+strings.TrimPrefix(to, "http")+secret)
		var dial *cdp.DialError
		if !errors.As(err, &dial) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", to, err)
		}
	}
}

// The calls of many goroutines get each its own answer.
func TestManyCallers(t *testing.T) {
	c := talk(t, func(p peer) {
		for a := p.next(); a.Method != "gone"; a = p.next() {
			p.say(`{"id":%d,"result":%s}`, a.ID, a.Params)
		}
	})
	go c.Run(func(cdp.Event) {})
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			for j := range 20 {
				var got int
				if err := c.Call(t.Context(), "", "echo", 100*i+j, &got); err != nil || got != 100*i+j {
					t.Errorf("asked %d, got %d, %v", 100*i+j, got, err)
				}
			}
		})
	}
	all.Wait()
}
