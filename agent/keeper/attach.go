package keeper

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
	"github.com/wholly-go/wholly/agent/keeper/vault"
)

// ErrContext: the browser has no such context, or has it no more.
var ErrContext = errors.New("the browser has no such context")

// Keeper is attached to one context of one browser. Its methods may be called by
// many goroutines.
type Keeper struct {
	conn    *cdp.Conn
	options Options
	version string
	browser string // a hash of the browser's id and the context's
	context string // the id of the context
	hidden  hidden

	// Everything below belongs to the one that runs conn.Run, and to nobody
	// else while it runs.
	model       model
	tabs        map[string]*tab // by session
	skipped     map[Skipped]bool
	blanks      map[string]string // session → the origin that it may go to
	cookies     cookiePoll
	initial     bool                   // the tabs that were there have been reported
	gone        bool                   // the context was disposed of
	collections map[string]*collection // by origin
	collecting  chan struct{}          // closed when the one that is being read has been; nil: none is
	background  bool                   // origins are read as they change
	fence       *fence                 // what a save waits for; nil: none does
	first       func()                 // called once the first full sync is done; nil afterwards
	changed     func()                 // called when the model has changed
	tell        func(Event)

	full  chan struct{} // closed after the first full sync
	ended chan struct{} // closed when Run has returned
	after sync.Mutex    // takes the place of the loop then
	lost  error         // why Run returned; read after ended
}

// Attach connects to the browser at endpoint and begins to follow the context
// that the options name. The endpoint is http://host:port, host:port, a port of
// this machine, or the browser's websocket. Errors match ErrNoBrowser, ErrRemote
// or ErrContext, and do not hold the endpoint's path. No tab is touched by it.
func Attach(ctx context.Context, endpoint string, o Options) (*Keeper, error) {
	k := newKeeper(o)
	if err := k.attach(ctx, endpoint); err != nil {
		return nil, err
	}
	go k.run()
	if err := k.begin(ctx); err != nil {
		k.Close()
		return nil, fmt.Errorf("attach: %w", err)
	}
	return k, nil
}

func newKeeper(o Options) *Keeper {
	k := &Keeper{
		options:     o,
		model:       newModel(),
		tabs:        make(map[string]*tab),
		skipped:     make(map[Skipped]bool),
		blanks:      make(map[string]string),
		collections: make(map[string]*collection),
		full:        make(chan struct{}),
		ended:       make(chan struct{}),
		changed:     func() {},
		tell:        func(Event) {},
	}
	k.first = func() { close(k.full) }
	k.hidden.keeper = k
	return k
}

func (k *Keeper) attach(ctx context.Context, endpoint string) error {
	socket, err := findSocket(ctx, endpoint, k.options.AllowHosts)
	if err != nil {
		return err
	}
	if k.conn, err = cdp.Dial(ctx, socket); err != nil {
		return fmt.Errorf("attach: %w: %w", ErrNoBrowser, err)
	}
	id := socket[strings.LastIndexByte(socket, '/')+1:]
	k.browser = id // the context's is added when it is known
	return nil
}

// run owns the model until the connection has ended and the queue is empty.
func (k *Keeper) run() {
	stop := make(chan struct{})
	go k.tick(stop)
	k.lost = k.conn.Run(k.handle)
	close(stop)
	close(k.ended)
}

// tick has the loop look at what tells nobody that it has changed.
func (k *Keeper) tick(stop chan struct{}) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-ticker.C:
			k.conn.Post(func() { k.safety(now) })
		}
	}
}

// do has the loop call f and waits for it. After the loop's end it calls f
// itself.
func (k *Keeper) do(f func()) {
	done := make(chan struct{})
	if k.conn.Post(func() { f(); close(done) }) {
		select {
		case <-done:
			return
		case <-k.ended:
		}
		select {
		case <-done: // it was the last in the queue
			return
		default:
		}
	}
	<-k.ended
	k.after.Lock()
	defer k.after.Unlock()
	f()
}

// version of the protocol and the browser.
type version struct {
	Protocol string `json:"protocolVersion"`
	Product  string `json:"product"`
}

func (k *Keeper) begin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*browserLimit)
	defer cancel()
	var v version
	if err := k.conn.Call(ctx, "", "Browser.getVersion", nil, &v); err != nil {
		return fmt.Errorf("%w: %w", ErrNoBrowser, err)
	}
	if !strings.HasPrefix(v.Protocol, "1.") {
		return fmt.Errorf("%w: it speaks version %q of the protocol, 1.3 is known", ErrNoBrowser, v.Protocol)
	}
	k.version = v.Product
	if err := k.chooseContext(ctx); err != nil {
		return err
	}
	if err := k.conn.Call(ctx, "", "Target.setDiscoverTargets", map[string]any{"discover": true, "filter": filter("page")}, nil); err != nil {
		return err
	}
	if err := k.conn.Call(ctx, "", "Target.setAutoAttach", autoAttach("page", "service_worker", "shared_worker"), nil); err != nil {
		return err
	}
	k.browser = vault.BrowserID(k.browser + "/" + k.context)
	// Post stands behind the events about the tabs that are there.
	k.conn.Post(func() {
		k.initial = true
		k.lookAtCookies()
		k.checkFull()
	})
	return nil
}

// chooseContext finds the wanted context's id.
func (k *Keeper) chooseContext(ctx context.Context) error {
	var answer struct {
		IDs     []string `json:"browserContextIds"`
		Default string   `json:"defaultBrowserContextId"`
	}
	if err := k.conn.Call(ctx, "", "Target.getBrowserContexts", nil, &answer); err != nil {
		return err
	}
	want := k.options.Context
	switch {
	case answer.Default == "":
		return fmt.Errorf("%w: it is too old to tell its contexts apart", ErrNoBrowser)
	case want == "" || want == answer.Default:
		k.context = answer.Default
	case slices.Contains(answer.IDs, want):
		k.context = want
	default:
		return fmt.Errorf("%w: %s", ErrContext, want)
	}
	return nil
}

// autoAttach never has a tab wait for us: a keeper that hangs would freeze it.
func autoAttach(kinds ...string) map[string]any {
	return map[string]any{"autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true, "filter": filter(kinds...)}
}

func filter(kinds ...string) []map[string]any {
	var f []map[string]any
	for _, kind := range kinds {
		f = append(f, map[string]any{"type": kind})
	}
	return append(f, map[string]any{"exclude": true})
}

// inContext names the context to a call about cookies or targets. Without it
// the default one would be meant, whatever session asks.
func (k *Keeper) inContext(params map[string]any) map[string]any {
	params["browserContextId"] = k.context
	return params
}

// Version is the browser's name and version.
func (k *Keeper) Version() string { return k.version }

// BrowserID tells one run of a browser from another, and a context from others.
// It is a hash: the id itself would be control of the browser.
func (k *Keeper) BrowserID() string { return k.browser }

// Context is the id of the browser context.
func (k *Keeper) Context() string { return k.context }

// Done is closed when the browser has gone, or Close was called, and all that
// arrived before has been taken in.
func (k *Keeper) Done() <-chan struct{} { return k.ended }

// Close detaches. The tabs are as they were; the hidden target ends.
func (k *Keeper) Close() error {
	err := k.conn.Close()
	<-k.ended
	return err
}
