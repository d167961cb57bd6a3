package keeper_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// fake is a browser that does what a test wants to see survived: it hangs,
// answers late, refuses. What a test does not script is answered as by a browser
// with one tab that stores nothing.
type fake struct {
	t       *testing.T
	url     string
	mu      sync.Mutex
	ws      *websocket.Conn
	asked   []string
	scripts map[string]func(f *fake, call fakeCall) string
}

type fakeCall struct {
	ID        int64           `json:"id"`
	SessionID string          `json:"sessionId"`
	Method    string          `json:"method"`
	Params    json.RawMessage `json:"params"`
}

const silence = "" // no answer, ever

func newFake(t *testing.T, scripts map[string]func(f *fake, c fakeCall) string) *fake {
	f := &fake{t: t, scripts: scripts}
	srv := httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(srv.Close)
	f.url = srv.URL
	return f
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/json/version" {
		fmt.Fprintf(w, `{"webSocketDebuggerUrl": "ws://elsewhere.invalid:1/devtools/browser/id"}`) // host and port are not to be believed
		return
	}
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	ws.SetReadLimit(-1)
	defer ws.CloseNow()
	f.mu.Lock()
	f.ws = ws
	f.mu.Unlock()
	for {
		_, data, err := ws.Read(context.Background())
		if err != nil {
			return
		}
		var c fakeCall
		if err := json.Unmarshal(data, &c); err != nil {
			f.t.Errorf("the browser was sent %s", data)
		}
		f.mu.Lock()
		f.asked = append(f.asked, c.Method)
		f.mu.Unlock()
		answer := usual(f, c)
		if script := f.scripts[c.Method]; script != nil {
			answer = script(f, c)
		}
		if answer != silence {
			f.say(`{"id":%d,"sessionId":%q,%s}`, c.ID, c.SessionID, answer)
		}
	}
}

// usual is what a browser answers.
func usual(f *fake, c fakeCall) string {
	switch c.Method {
	case "Browser.getVersion":
		return `"result":{"protocolVersion":"1.3","product":"Fake/1"}`
	case "Target.getBrowserContexts":
		return `"result":{"browserContextIds":[],"defaultBrowserContextId":"C"}`
	case "Target.setAutoAttach":
		if c.SessionID == "" {
			f.say(`{"method":"Target.attachedToTarget","params":{"sessionId":"S","targetInfo":{"targetId":"T","type":"page","url":"http://a.test/","browserContextId":"C"}}}`)
		}
	case "Storage.getCookies":
		return `"result":{"cookies":[]}`
	case "Page.getFrameTree":
		return `"result":{"frameTree":{"frame":{"id":"F","url":"http://a.test/"}}}`
	case "Storage.getStorageKey":
		return `"result":{"storageKey":"http://a.test/"}`
	case "DOMStorage.getDOMStorageItems":
		return `"result":{"entries":[]}`
	case "Page.getNavigationHistory":
		return `"result":{"entries":[]}`
	case "Target.createTarget":
		return `"result":{"targetId":"H"}`
	case "Target.attachToTarget":
		return `"result":{"sessionId":"HS"}`
	case "Target.getTargetInfo":
		return `"result":{"targetInfo":{"type":"other"}}`
	case "Page.navigate":
		return `"result":{"frameId":"HF"}`
	case "Page.createIsolatedWorld":
		return `"result":{"executionContextId":1}`
	case "Runtime.evaluate":
		return evaluate(c)
	}
	return `"result":{}`
}

// evaluate answers the keeper's scripts as a page of http://a.test without
// databases does.
func evaluate(c fakeCall) string {
	var p struct{ Expression string }
	json.Unmarshal(c.Params, &p)
	value := `0`
	switch {
	case p.Expression == "location.origin":
		value = `"http://a.test"`
	case strings.HasPrefix(p.Expression, "keeper.databases("):
		value = `{}`
	case strings.HasPrefix(p.Expression, "keeper.slice("):
		value = `{"Text":"[]","Next":-1}`
	}
	return `"result":{"result":{"value":` + value + `}}`
}

func (f *fake) say(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ws.Write(context.Background(), websocket.MessageText, fmt.Appendf(nil, format, args...))
}

func (f *fake) item(kind, key, value string) {
	f.say(`{"method":"DOMStorage.domStorageItem%s","sessionId":"S","params":{"storageId":{"storageKey":"http://a.test/","isLocalStorage":true},"key":%q,"newValue":%q}}`, kind, key, value)
}

func (f *fake) attach() *keeper.Keeper {
	f.t.Helper()
	k, err := keeper.Attach(f.t.Context(), f.url, keeper.Options{})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { k.Close() })
	return k
}

type script = map[string]func(*fake, fakeCall) string

// An answer does not overwrite the event that came behind it, nor the event in
// front of it what the answer says. (M11)
func TestAnAnswerAndAnEventCountAsTheyCame(t *testing.T) {
	f := newFake(t, script{"DOMStorage.getDOMStorageItems": func(f *fake, c fakeCall) string {
		if !strings.Contains(string(c.Params), `"isLocalStorage":true`) {
			return `"result":{"entries":[]}`
		}
		f.item("Added", "before", "event")
		f.say(`{"id":%d,"sessionId":"S","result":{"entries":[["before","answer"],["behind","answer"],["gone","answer"]]}}`, c.ID)
		f.item("Updated", "behind", "event")
		f.item("Removed", "gone", "")
		return silence
	}})
	s, _ := capture(t, f.attach())
	for key, want := range map[string]string{"before": "answer", "behind": "event", "gone": ""} {
		if got, _ := s.local("http://a.test", key); got != want {
			t.Errorf("%s is of the %q, want %q", key, got, want)
		}
	}
}

// Before all cookies were read once, nothing is saved; a call that fails, or an
// answer without a list, says nothing about them. (M2, M3)
func TestNothingIsSavedBeforeAllWasRead(t *testing.T) {
	for name, answer := range map[string]string{
		"silence": silence,
		"error":   `"error":{"code":-32000,"message":"no"}`,
		"no list": `"result":{}`,
	} {
		f := newFake(t, script{"Storage.getCookies": func(*fake, fakeCall) string { return answer }})
		path := filepath.Join(t.TempDir(), "state.json")
		write(t, path, elsewhere)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := keeper.Open(ctx, path, keeper.Keeping{Endpoint: f.url, Adopt: true})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: opened with %v", name, err)
		}
		same(t, path, elsewhere)
	}
}

// A list that comes after a full one and fails is unknown, not empty. (M3)
func TestAListThatFailsIsNotEmpty(t *testing.T) {
	var mu sync.Mutex
	n := 0
	f := newFake(t, script{"Storage.getCookies": func(*fake, fakeCall) string {
		mu.Lock()
		defer mu.Unlock()
		if n++; n == 1 {
			return `"result":{"cookies":[{"name":"sid","value":"v","domain":"a.test","path":"/","expires":-1}]}`
		}
		return []string{`"result":{}`, `"error":{"code":-32000,"message":"no"}`, `"result":{"cookies":null}`, `"result":{"cookies":[1]}`}[n%4]
	}})
	path := filepath.Join(t.TempDir(), "state.json")
	s, err := keeper.Open(t.Context(), path, keeper.Keeping{Endpoint: f.url, Options: keeper.Options{CookiePoll: time.Millisecond, NoIndexedDB: true}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "many lists were asked for", func() bool { mu.Lock(); defer mu.Unlock(); return n > 8 })
	s.Close()
	if onDisk(t, path).cookie("sid") == nil {
		t.Error("the cookie is gone from the file")
	}
}

// What the connection had brought when it broke is saved. (M12)
func TestWhatArrivedLastIsSaved(t *testing.T) {
	f := newFake(t, nil)
	path := filepath.Join(t.TempDir(), "state.json")
	s, err := keeper.Open(t.Context(), path, keeper.Keeping{Endpoint: f.url, Options: keeper.Options{NoIndexedDB: true}, Quiet: time.Hour, MaxDelay: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 500 {
		f.item("Added", fmt.Sprint("k", i), "v")
	}
	// A clean close: an abrupt one may throw away what the kernel has not handed
	// over yet, which is no keeper's to save.
	f.mu.Lock()
	f.ws.Close(websocket.StatusGoingAway, "")
	f.mu.Unlock()
	<-s.Done()
	if _, err := s.Close(); err != nil {
		t.Error(err)
	}
	st := onDisk(t, path)
	if len(st.Origins) != 1 || len(st.Origins[0].LocalStorage) != 500 {
		t.Errorf("the file has %s", st.text)
	}
}

// A request of the hidden target is answered though whoever opened it has given
// up, and the next one who visits finds it well. (M14)
func TestARequestIsAnsweredThoughNobodyWaits(t *testing.T) {
	first := true
	paused := make(chan struct{})
	f := newFake(t, script{"Page.navigate": func(f *fake, c fakeCall) string {
		if first {
			first = false
			close(paused)
			return silence
		}
		return `"result":{"frameId":"HF"}`
	}})
	k := f.attach()
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-paused; cancel() }()
	if _, _, err := k.Capture(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the first capture ended with %v", err)
	}
	f.say(`{"method":"Fetch.requestPaused","sessionId":"HS","params":{"requestId":"R","resourceType":"Document","request":{"url":"http://a.test/"}}}`)
	f.say(`{"method":"Fetch.requestPaused","sessionId":"HS","params":{"requestId":"U","resourceType":"Document","request":{"url":"https://a.test/"}}}`)
	eventually(t, "the page is fulfilled, the upgrade fails", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return slices.Contains(f.asked, "Fetch.fulfillRequest") && slices.Contains(f.asked, "Fetch.failRequest")
	})
	if _, r, err := k.Capture(t.Context()); err != nil || !r.Whole() {
		t.Errorf("the next capture: %+v, %v", r, err)
	}
}

// Where another page opened than was asked for, nothing is read. (M21)
func TestNothingIsReadElsewhere(t *testing.T) {
	f := newFake(t, script{"Runtime.evaluate": func(f *fake, c fakeCall) string {
		if strings.Contains(string(c.Params), "location.origin") {
			return `"result":{"result":{"value":"https://a.test"}}`
		}
		t.Error("a script ran in another origin")
		return `"result":{}`
	}})
	_, r, err := f.attach().Capture(t.Context())
	if err != nil || len(r.Skipped) != 1 || r.Skipped[0].Origin != "http://a.test" {
		t.Errorf("%+v, %v", r, err)
	}
}

// A browser that does not know hidden targets makes a page in the background,
// which is not taken for a tab of the user. (M22)
func TestABrowserWithoutHiddenTargets(t *testing.T) {
	f := newFake(t, script{
		"Target.createTarget": func(f *fake, c fakeCall) string {
			if strings.Contains(string(c.Params), "hidden") {
				return `"error":{"code":-32602,"message":"unknown property"}`
			}
			f.say(`{"method":"Target.attachedToTarget","params":{"sessionId":"H2","targetInfo":{"targetId":"H","type":"page","url":"about:blank","browserContextId":"C"}}}`)
			return `"result":{"targetId":"H"}`
		},
		"Target.getTargetInfo": func(*fake, fakeCall) string { return `"result":{"targetInfo":{"type":"page"}}` },
		"Page.getFrameTree": func(f *fake, c fakeCall) string {
			if c.SessionID == "H2" {
				return `"result":{"frameTree":{"frame":{"id":"F","url":"about:blank"}}}`
			}
			return usual(f, c)
		},
		"Page.navigate": func(f *fake, c fakeCall) string {
			for _, local := range []bool{true, false} {
				f.say(`{"method":"DOMStorage.domStorageItemsCleared","sessionId":"H2","params":{"storageId":{"storageKey":"http://hidden.test/","isLocalStorage":%v}}}`, local)
				f.say(`{"method":"DOMStorage.domStorageItemAdded","sessionId":"H2","params":{"storageId":{"storageKey":"http://hidden.test/","isLocalStorage":%v},"key":"k","newValue":"v"}}`, local)
			}
			return usual(f, c)
		},
	})
	s, r, err := f.attach().Capture(t.Context())
	if err != nil || !r.Whole() {
		t.Errorf("%+v, %v", r, err)
	}
	if text := read(t, s).text; strings.Contains(text, "hidden.test") {
		t.Errorf("the hidden target was taken for a tab: %s", text)
	}
}

// An older browser is asked for storage keys as it knows it.
func TestOlderStorageKeys(t *testing.T) {
	f := newFake(t, script{
		"Storage.getStorageKey":         func(*fake, fakeCall) string { return `"error":{"code":-32601,"message":"wasn't found"}` },
		"Storage.getStorageKeyForFrame": func(*fake, fakeCall) string { return `"result":{"storageKey":"http://b.test/"}` },
		"DOMStorage.getDOMStorageItems": func(f *fake, c fakeCall) string {
			if strings.Contains(string(c.Params), "http://b.test/") {
				return `"result":{"entries":[["k","v"]]}`
			}
			return `"result":{"entries":[]}`
		},
	})
	path := filepath.Join(t.TempDir(), "state.json")
	s, err := keeper.Open(t.Context(), path, keeper.Keeping{Endpoint: f.url, Options: keeper.Options{NoIndexedDB: true}})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if v, _ := onDisk(t, path).local("http://b.test", "k"); v != "v" {
		t.Errorf("the file has %s", onDisk(t, path).text)
	}
}

// A browser that speaks another protocol, or cannot tell its contexts, is told
// as such.
func TestOtherProtocols(t *testing.T) {
	for want, s := range map[string]script{
		`version "2.0"`: {"Browser.getVersion": func(*fake, fakeCall) string { return `"result":{"protocolVersion":"2.0"}` }},
		"too old":       {"Target.getBrowserContexts": func(*fake, fakeCall) string { return `"result":{"browserContextIds":[]}` }},
		"-32601":        {"Browser.getVersion": func(*fake, fakeCall) string { return `"error":{"code":-32601,"message":"no such method"}` }},
	} {
		_, err := keeper.Attach(t.Context(), newFake(t, s).url, keeper.Options{})
		if !errors.Is(err, keeper.ErrNoBrowser) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// One cookie that the browser finds invalid makes it refuse the call: halves are
// tried until it stands alone, and every other one is set. (M19)
func TestInvalidCookiesAreFoundByHalves(t *testing.T) {
	set := make(map[string]bool)
	f := newFake(t, script{
		"Storage.setCookies": func(f *fake, c fakeCall) string {
			var p struct{ Cookies []struct{ Name string } }
			json.Unmarshal(c.Params, &p)
			for _, c := range p.Cookies {
				if strings.HasPrefix(c.Name, "bad") {
					return `"error":{"code":-32602,"message":"Invalid cookie fields"}`
				}
			}
			for _, c := range p.Cookies {
				set[c.Name] = true
			}
			return `"result":{}`
		},
		"Storage.getCookies": func(*fake, fakeCall) string {
			var list []string
			for name := range set {
				list = append(list, fmt.Sprintf(`{"name":%q,"value":"v","domain":"x.test","path":"/"}`, name))
			}
			return `"result":{"cookies":[` + strings.Join(list, ",") + `]}`
		},
	})
	var list []string
	for i := range 1200 {
		name := fmt.Sprint("good", i)
		if i == 3 || i == 700 || i == 1199 {
			name = fmt.Sprint("bad", i)
		}
		list = append(list, fmt.Sprintf(`{"name":%q,"value":"v","domain":"x.test","path":"/"}`, name))
	}
	r, err := f.attach().Restore(t.Context(), decode(t, `{"cookies":[%s]}`, strings.Join(list, ",")), keeper.Restoring{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range r.Refused {
		names = append(names, x.Name)
	}
	if want := []string{"bad3", "bad700", "bad1199"}; !slices.Equal(names, want) || r.Cookies != 1197 || len(set) != 1197 {
		t.Errorf("refused %q, %d reported as set, %d set", names, r.Cookies, len(set))
	}
}

// A file that cannot be read whole touches nothing.
func TestRestoreReadsTheWholeStateFirst(t *testing.T) {
	f := newFake(t, script{"Storage.setCookies": func(*fake, fakeCall) string { t.Error("a cookie was set"); return `"result":{}` }})
	s := decode(t, `{"cookies":[{"name":"a","value":"b","domain":"x.test","path":"/"}]}`)
	if _, err := f.attach().Restore(t.Context(), s, keeper.Restoring{Open: []string{"javascript:alert(1)"}}); err == nil {
		t.Error("a script was opened")
	}
	if _, err := storagestate.Decode([]byte(`{"cookies":[`)); err == nil {
		t.Error("half a state was read")
	}
}
