package keeper_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// need ends a test for want of something outside of it; where WHOLLY_REQUIRE is
// set, as in CI, that is a failure.
func need(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("WHOLLY_REQUIRE") == "1" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// launch starts a browser for a test. None is left behind.
func launch(t testing.TB, profile ...string) *keeper.Browser {
	t.Helper()
	l := keeper.Launching{Args: testArgs}
	if len(profile) > 0 {
		l.Profile = profile[0]
	}
	b, err := keeper.Launch(t.Context(), l)
	if errors.Is(err, keeper.ErrNotInstalled) {
		need(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Kill)
	return b
}

// sharedBrowser is one browser for all tests that do not harm it: to start one
// takes seconds where the cores are busy.
var sharedBrowser struct {
	sync.Once
	b   *keeper.Browser
	err error
}

func TestMain(m *testing.M) {
	if args := os.Getenv(childEnv); args != "" {
		os.Exit(beChild(args))
	}
	flag.Parse()
	code := m.Run()
	if b := sharedBrowser.b; b != nil {
		b.Kill()
	}
	os.Exit(code)
}

// shared returns the shared browser and a context of it for this test alone.
func shared(t testing.TB) (*keeper.Browser, user, string) {
	t.Helper()
	sharedBrowser.Do(func() {
		sharedBrowser.b, sharedBrowser.err = keeper.Launch(context.Background(), keeper.Launching{Args: testArgs})
	})
	if errors.Is(sharedBrowser.err, keeper.ErrNotInstalled) {
		need(t, sharedBrowser.err)
	}
	if sharedBrowser.err != nil {
		t.Fatal(sharedBrowser.err)
	}
	u := use(t, sharedBrowser.b)
	id := u.newContext()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		u.conn.Call(ctx, "", "Target.disposeBrowserContext", m{"browserContextId": id}, nil)
	})
	u.context = id
	return sharedBrowser.b, u, id
}

// isShell reports whether the tests run with chromium-headless-shell, which knows
// no hidden targets.
func isShell() bool { return strings.Contains(os.Getenv("CHROME_BIN"), "headless-shell") }

var testArgs = []string{"--disable-quic", "--disable-dev-shm-usage"}

// attach attaches to a browser for a test.
func attach(t testing.TB, b *keeper.Browser, o keeper.Options) *keeper.Keeper {
	t.Helper()
	k, err := keeper.Attach(t.Context(), b.Endpoint(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	return k
}

// user is somebody with the browser in hand: the tests' own connection.
type user struct {
	t       testing.TB
	conn    *cdp.Conn
	context string // where tabs are opened; empty: the default one
}

func use(t testing.TB, b *keeper.Browser) user {
	t.Helper()
	conn, err := cdp.Dial(t.Context(), b.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	go conn.Run(func(cdp.Event) {})
	t.Cleanup(func() { conn.Close() })
	return user{t: t, conn: conn}
}

func (u user) call(session, method string, params any, result any) {
	u.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := u.conn.Call(ctx, session, method, params, result); err != nil {
		u.t.Fatal(err)
	}
}

// newContext makes a browser context and returns its id.
func (u user) newContext() string {
	u.t.Helper()
	var c struct{ BrowserContextID string }
	u.call("", "Target.createBrowserContext", map[string]any{"disposeOnDetach": false}, &c)
	return c.BrowserContextID
}

// tab is a tab that the user looks at.
type tab struct {
	user
	target, session string
}

type m = map[string]any

// open opens a tab and waits until its page has loaded.
func (u user) open(url string) tab {
	u.t.Helper()
	params := m{"url": "about:blank"}
	if u.context != "" {
		params["browserContextId"] = u.context
	}
	var made struct{ TargetID string }
	u.call("", "Target.createTarget", params, &made)
	tb := u.join(made.TargetID)
	tb.visit(url)
	return tb
}

func (u user) join(target string) tab {
	u.t.Helper()
	var attached struct{ SessionID string }
	u.call("", "Target.attachToTarget", m{"targetId": target, "flatten": true}, &attached)
	return tab{u, target, attached.SessionID}
}

// visit goes to a page and waits until it has loaded.
func (tb tab) visit(url string) {
	tb.t.Helper()
	tb.call(tb.session, "Page.navigate", m{"url": url}, nil)
	tb.until("location.href.split('#')[0] == " + quote(url) + " && document.readyState == 'complete'")
}

func quote(s string) string { data, _ := json.Marshal(s); return string(data) }

// js evaluates an expression in the page and returns it as text.
func (tb tab) js(expression string) string {
	tb.t.Helper()
	s, err := tb.try(expression)
	if err != nil {
		tb.t.Fatal(err)
	}
	return s
}

func (tb tab) try(expression string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	var answer struct {
		Result    struct{ Value any }
		Exception *struct {
			Text      string
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
	}
	err := tb.conn.Call(ctx, tb.session, "Runtime.evaluate", m{"expression": expression, "awaitPromise": true, "returnByValue": true}, &answer)
	if err == nil && answer.Exception != nil {
		err = fmt.Errorf("%s: %s", answer.Exception.Text, answer.Exception.Exception.Description)
	}
	return fmt.Sprint(answer.Result.Value), err
}

// until waits for a condition of the page.
func (tb tab) until(condition string) {
	tb.t.Helper()
	eventually(tb.t, condition, func() bool {
		v, err := tb.try(condition)
		return err == nil && v == "true"
	})
}

// eventually waits for a condition, for seconds and not for ever.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("did not come true: %s", what)
}

// site is a server with logins. It notes every request.
type site struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string
	sessions map[string]bool // session ids that are logged in
	next     int
}

const pageText = `<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><title>site</title>`

func newSite(t testing.TB) *site {
	s := &site{sessions: make(map[string]bool)}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, pageText)
	})
	mux.HandleFunc("/early", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, pageText+"<script>window.early = sessionStorage.getItem('step')</script>")
	})
	mux.HandleFunc("/login", s.login)
	mux.HandleFunc("/logout", s.logout)
	mux.HandleFunc("/me", s.me)
	mux.HandleFunc("/cookie", func(w http.ResponseWriter, r *http.Request) {
		for _, c := range r.URL.Query()["c"] {
			w.Header().Add("Set-Cookie", c)
		}
		fmt.Fprint(w, pageText)
	})
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.Host+r.URL.String())
		s.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// login gives out a session, as a cookie that scripts do not see.
func (s *site) login(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.next++
	id := fmt.Sprintf("session-%d-%d", s.next, time.Now().UnixNano())
	s.sessions[id] = true
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: id, Path: "/", HttpOnly: true, MaxAge: 86400, SameSite: http.SameSiteLaxMode})
	fmt.Fprint(w, pageText)
}

func (s *site) logout(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie("sid"); err == nil {
		s.mu.Lock()
		delete(s.sessions, c.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: "sid", Path: "/", MaxAge: -1})
	fmt.Fprint(w, pageText)
}

// me is the server's word on whether somebody is logged in.
func (s *site) me(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie("sid")
	s.mu.Lock()
	defer s.mu.Unlock()
	switch token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); {
	case err == nil && s.sessions[c.Value], s.sessions[token]:
		fmt.Fprint(w, "in")
	default:
		fmt.Fprint(w, "out")
	}
}

// loggedIn asks the server from within the page.
func (tb tab) loggedIn() bool {
	tb.t.Helper()
	return tb.js("fetch('/me').then(r => r.text())") == "in"
}

// seen returns the requests so far and forgets them.
func (s *site) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.requests
	s.requests = nil
	return all
}

// local is the same server under a name that is another site.
func (s *site) other() string { return strings.Replace(s.URL, "127.0.0.1", "localhost", 1) }
