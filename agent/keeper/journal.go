package keeper

import (
	"context"
	"iter"
	"sync"
)

// journal holds the last events for whoever asks.
type journal struct {
	mu     sync.Mutex
	list   []Event
	gone   int // events that are not in the list any more
	closed bool
	news   chan struct{} // closed, and made anew, with each event
}

// remembered is how many events are held for one that reads slowly, or begins
// late.
const remembered = 1000

func (j *journal) init() { j.news = make(chan struct{}) }

func (j *journal) put(e Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return
	}
	j.list = append(j.list, e)
	if over := len(j.list) - remembered; over > 0 {
		j.list = append(j.list[:0:0], j.list[over:]...)
		j.gone += over
	}
	close(j.news)
	j.news = make(chan struct{})
}

func (j *journal) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.closed {
		j.closed = true
		close(j.news)
	}
}

// from returns the events from number n on, the number of the next, and what to
// wait for if there are none; nil when none will come.
func (j *journal) from(n int) (events []Event, next int, news chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	start := max(0, n-j.gone)
	events = append(events, j.list[start:]...)
	next = j.gone + len(j.list)
	if !j.closed {
		news = j.news
	}
	return events, next, news
}

// Events yields what has happened to the session, from its beginning, and goes
// on until it has ended, ctx ends or the loop is left. Who reads slowly misses
// the oldest of more than a thousand; nobody who saves waits for him. Several
// may read at once.
func (s *Session) Events(ctx context.Context) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		next := 0
		for {
			events, n, news := s.events.from(next)
			next = n
			for _, e := range events {
				if !yield(e) {
					return
				}
			}
			if len(events) > 0 {
				continue
			}
			if news == nil {
				return
			}
			select {
			case <-news:
			case <-ctx.Done():
				return
			}
		}
	}
}
