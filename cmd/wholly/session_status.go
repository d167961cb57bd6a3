package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
)

// status is the line at the bottom of a terminal that tells of the last save. It
// is one line, whatever the width, and goes when the keeping ends.
type status struct {
	screen io.Writer
	end    chan struct{}
	drawn  sync.WaitGroup

	mu    sync.Mutex // guards what follows, and the screen
	last  *keptSaveJSON
	at    time.Time
	saves int
	width int // of what is on the screen
}

func newStatus(screen io.Writer) *status {
	s := &status{screen: screen, end: make(chan struct{})}
	s.drawn.Go(s.tick)
	return s
}

// tick draws the line anew each second: it tells an age.
func (s *status) tick() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		s.mu.Lock()
		s.draw(time.Now())
		s.mu.Unlock()
		select {
		case <-s.end:
			return
		case <-t.C:
		}
	}
}

// saved notes a save.
func (s *status) saved(e keeper.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.at = eventOf(e).Saved, e.At
	s.saves++
	s.draw(time.Now())
}

// aside has show write to the terminal as if there were no line.
func (s *status) aside(show func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
	show()
	s.draw(time.Now())
}

// stop takes the line away.
func (s *status) stop() {
	close(s.end)
	s.drawn.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
}

const statusMost = 79 // columns

func (s *status) draw(now time.Time) {
	line := statusLine(s.saves, s.at, s.last, now)
	if r := []rune(line); len(r) > statusMost {
		line = string(r[:statusMost-1]) + "…"
	}
	n := len([]rune(line))
	fmt.Fprintf(s.screen, "\r%s%s", line, strings.Repeat(" ", max(0, s.width-n)))
	s.width = n
}

func (s *status) erase() {
	if s.width > 0 {
		fmt.Fprintf(s.screen, "\r%s\r", strings.Repeat(" ", s.width))
		s.width = 0
	}
}

func statusLine(saves int, at time.Time, last *keptSaveJSON, now time.Time) string {
	if last == nil {
		return "keeping; nothing has changed yet"
	}
	age := "just now"
	if d := now.Sub(at).Round(time.Second); d >= 2*time.Second {
		age = d.String() + " ago"
	}
	return fmt.Sprintf("saved %s, the %s time: %s", age, ordinal(int64(saves)), last)
}
