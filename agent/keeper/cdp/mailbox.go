package cdp

import "sync"

// mailbox is a queue without a bound. With one, a reader would wait for a
// handler that waits for a reply that the reader has yet to read.
type mailbox struct {
	mu     sync.Mutex
	filled *sync.Cond
	items  []any
	closed bool
}

func (b *mailbox) init() { b.filled = sync.NewCond(&b.mu) }

// put appends an item. After close it reports false and does nothing.
func (b *mailbox) put(item any) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.items = append(b.items, item)
	b.filled.Signal()
	return true
}

// take waits for items and returns all there are; false once the box is closed
// and empty.
func (b *mailbox) take() ([]any, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == 0 && !b.closed {
		b.filled.Wait()
	}
	items := b.items
	b.items = nil
	return items, len(items) > 0
}

// close keeps what is in the box and takes nothing more.
func (b *mailbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.filled.Broadcast()
}
