package cdp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// MaxMessage is the size in bytes above which a message is not sent. Chromium
// resets the connection somewhere above 90 MiB, and every call with it.
const MaxMessage = 64 << 20

// Limit ends a call whose context has no deadline: a tab with an open dialog
// never answers, and never says so.
const Limit = 15 * time.Second

// Conn is a connection to a browser. Its methods may be called by many
// goroutines; what is given to Run, Go and Post is called by the one that called
// Run.
type Conn struct {
	ws   *websocket.Conn
	ctx  context.Context
	stop context.CancelFunc
	done chan struct{} // closed when nothing more arrives

	mu      sync.Mutex
	calls   map[int64]func(Reply)
	last    int64 // the id of the last call
	err     error // why the connection ended
	inbox   mailbox
	outgoes mailbox
}

// Event is a message that answers nothing.
type Event struct {
	Session string // empty: the browser
	Method  string
	Params  json.RawMessage
}

// Reply is the answer to a call, or why there is none.
type Reply struct {
	Result json.RawMessage
	Err    error
}

// Dial connects to the websocket of a browser. It sends no Origin, which the
// browser would refuse, goes through no proxy and follows no redirection. An
// error does not hold the address, for its path is as good as a password.
func Dial(ctx context.Context, address string) (*Conn, error) {
	client := &http.Client{
		Transport:     &http.Transport{Proxy: nil},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ws, resp, err := websocket.Dial(ctx, address, &websocket.DialOptions{
		HTTPClient:      client,
		CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return nil, dialError(resp, err)
	}
	ws.SetReadLimit(-1) // a snapshot of a large storage is one message
	c := &Conn{ws: ws, done: make(chan struct{}), calls: make(map[int64]func(Reply))}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.inbox.init()
	c.outgoes.init()
	go c.read()
	go c.write()
	return c, nil
}

func dialError(resp *http.Response, err error) error {
	var at *url.Error
	switch {
	case resp != nil && resp.StatusCode != http.StatusSwitchingProtocols:
		return &DialError{Status: resp.StatusCode, Err: errors.New(resp.Status)}
	case errors.As(err, &at):
		return &DialError{Err: at.Err}
	}
	return &DialError{Err: err}
}

// Close ends the connection. Run goes on until everything that arrived before
// has been handed out.
func (c *Conn) Close() error {
	c.end(ErrClosed)
	<-c.done
	return nil
}

// Done is closed when nothing more will arrive.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err tells why the connection ended; nil while it has not. After Close it is
// ErrClosed.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// end notes the first reason and has the reader and the writer stop.
func (c *Conn) end(err error) {
	c.mu.Lock()
	if c.err == nil {
		c.err = err
	}
	c.mu.Unlock()
	c.stop()
	c.outgoes.close()
}

// read puts everything that arrives into the inbox. It waits for the socket and
// for nothing else.
func (c *Conn) read() {
	defer close(c.done)
	defer c.ws.CloseNow()
	for {
		_, data, err := c.ws.Read(c.ctx)
		if err != nil {
			c.end(&LostError{Err: err})
			break
		}
		c.arrived(data)
	}
	c.mu.Lock()
	open := c.calls
	c.calls = nil
	err := c.err
	c.mu.Unlock()
	for _, settle := range open {
		settle(Reply{Err: err})
	}
	c.inbox.close()
}

// message is what the browser sends.
type message struct {
	ID        int64           `json:"id"`
	SessionID string          `json:"sessionId"`
	Method    string          `json:"method"`
	Params    json.RawMessage `json:"params"`
	Result    json.RawMessage `json:"result"`
	Error     *Error          `json:"error"`
}

func (c *Conn) arrived(data []byte) {
	var m message
	if json.Unmarshal(data, &m) != nil {
		return // not of this protocol; whoever waits for it has a limit
	}
	switch {
	case m.ID != 0 && m.Error != nil:
		c.settle(m.ID, Reply{Err: m.Error})
	case m.ID != 0:
		c.settle(m.ID, Reply{Result: m.Result})
	case m.Method != "":
		c.inbox.put(Event{m.SessionID, m.Method, m.Params})
	}
}

// settle hands a reply to whoever asked, once.
func (c *Conn) settle(id int64, r Reply) {
	c.mu.Lock()
	f := c.calls[id]
	delete(c.calls, id)
	c.mu.Unlock()
	if f != nil {
		f(r)
	}
}

// write sends what is in the outbox. Nobody who calls waits for it.
func (c *Conn) write() {
	for {
		batch, ok := c.outgoes.take()
		if !ok {
			return
		}
		for _, m := range batch {
			if err := c.ws.Write(c.ctx, websocket.MessageText, m.([]byte)); err != nil {
				c.end(&LostError{Err: err})
				return
			}
		}
	}
}
