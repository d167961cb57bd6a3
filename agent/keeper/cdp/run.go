package cdp

// Run hands out everything that arrives, in order: events to handle, answers to
// the functions given to Go, and functions given to Post. It returns when the
// connection has ended and the rest of the queue has been handed out, and tells
// why it ended; ErrClosed after Close. It is called once.
func (c *Conn) Run(handle func(Event)) error {
	for {
		batch, ok := c.inbox.take()
		if !ok {
			return c.Err()
		}
		for _, item := range batch {
			switch item := item.(type) {
			case Event:
				handle(item)
			case func():
				item()
			}
		}
	}
}

// Post has Run call f, behind what has arrived already. It reports false, and f
// is not called, if the connection has ended.
func (c *Conn) Post(f func()) bool { return c.inbox.put(f) }
