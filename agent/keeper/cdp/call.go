package cdp

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// request is what is sent.
type request struct {
	ID        int64  `json:"id"`
	SessionID string `json:"sessionId,omitempty"`
	Method    string `json:"method"`
	Params    any    `json:"params,omitempty"`
}

// Call asks and waits for the answer, which it puts into result unless that is
// nil. It ends with ctx, and after Limit if ctx has no deadline. The answer may
// overtake events that arrived before it and are still in the queue: what
// changes a model is asked with Go.
func (c *Conn) Call(ctx context.Context, session, method string, params, result any) error {
	if _, ok := ctx.Deadline(); !ok {
		limited, cancel := context.WithTimeout(ctx, Limit)
		defer cancel()
		ctx = limited
	}
	answer := make(chan Reply, 1)
	id := c.send(session, method, params, func(r Reply) { answer <- r })
	select {
	case r := <-answer:
		return decode(method, r, result)
	case <-ctx.Done():
		c.settle(id, Reply{Err: ctx.Err()})
		return decode(method, <-answer, result) // it may have come meanwhile
	}
}

// Go asks without waiting. then gets the answer from Run, at its place among the
// events; after limit it gets a context.DeadlineExceeded instead, and when the
// connection ends the reason. It is called once; not at all if the connection
// had ended before.
func (c *Conn) Go(session, method string, params any, limit time.Duration, then func(Reply)) {
	var id int64
	var timer *time.Timer
	ready := make(chan struct{})
	id = c.send(session, method, params, func(r Reply) {
		<-ready
		timer.Stop()
		if r.Err != nil {
			r.Err = fmt.Errorf("%s: %w", method, r.Err)
		}
		c.inbox.put(func() { then(r) })
	})
	timer = time.AfterFunc(limit, func() { c.settle(id, Reply{Err: context.DeadlineExceeded}) })
	close(ready)
}

// send registers a call and puts it into the outbox.
func (c *Conn) send(session, method string, params any, f func(Reply)) int64 {
	c.mu.Lock()
	if c.calls == nil {
		err := c.err
		c.mu.Unlock()
		go f(Reply{Err: err})
		return 0
	}
	c.last++
	id := c.last
	c.calls[id] = f
	c.mu.Unlock()
	data, err := json.Marshal(request{id, session, method, params})
	switch {
	case err != nil:
		go c.settle(id, Reply{Err: err})
	case len(data) > MaxMessage:
		go c.settle(id, Reply{Err: ErrTooLarge})
	default:
		c.outgoes.put(data)
	}
	return id
}

func decode(method string, r Reply, result any) error {
	err := r.Err
	if err == nil && result != nil {
		err = json.Unmarshal(r.Result, result)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}
