package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

const (
	quietTime = time.Second // what is over by then shows no progress
	redraw    = 200 * time.Millisecond
)

// progress shows on a terminal how far long work has come, and takes the line
// away at the end. The counting is apart from the drawing: who works only
// changes a number.
type progress struct {
	screen io.Writer
	line   func(done, total int64, took time.Duration) string
	total  atomic.Int64 // 0 if unknown
	done   atomic.Int64
	begun  time.Time
	end    chan struct{}
	drawn  sync.WaitGroup
	width  int // of the line that is on the screen
}

func newProgress(screen io.Writer, total int64) *progress {
	p := &progress{screen: screen, line: progressLine, begun: time.Now(), end: make(chan struct{})}
	p.total.Store(total)
	return p
}

// begin draws until stop.
func (p *progress) begin() {
	if p.screen != io.Discard {
		p.drawn.Go(p.draw)
	}
}

// watch counts what is read from r and draws it until stop.
func (p *progress) watch(r io.Reader) io.Reader {
	p.begin()
	return &counted{r, &p.done}
}

// screen is the terminal that progress is shown on, or io.Discard.
func (a *app) screen(quiet bool) io.Writer {
	f, ok := a.talk.(*os.File)
	if !ok || quiet || a.json || !term.IsTerminal(int(f.Fd())) {
		return io.Discard
	}
	return f
}

// stop erases the line.
func (p *progress) stop() {
	close(p.end)
	p.drawn.Wait()
	if p.width > 0 {
		fmt.Fprintf(p.screen, "\r%s\r", strings.Repeat(" ", p.width))
	}
}

func (p *progress) draw() {
	next := time.NewTimer(quietTime)
	defer next.Stop()
	for {
		select {
		case <-p.end:
			return
		case <-next.C:
		}
		line := p.line(p.done.Load(), p.total.Load(), time.Since(p.begun))
		fmt.Fprintf(p.screen, "\r%-*s", p.width, line)
		p.width = len(line)
		next.Reset(redraw)
	}
}

// progressLine is "12.0 MiB of 1.0 GiB, 11.4 MiB/s".
func progressLine(done, total int64, took time.Duration) string {
	line := binary(float64(done))
	if total > 0 {
		line += " of " + binary(float64(total))
	}
	return line + ", " + binary(float64(done)/took.Seconds()) + "/s"
}

// binary writes a number of bytes in the largest unit that leaves digits.
func binary(n float64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	for len(units) > 1 && n >= 1024 {
		n, units = n/1024, units[1:]
	}
	if units[0] == "bytes" {
		return fmt.Sprintf("%.0f bytes", n)
	}
	return fmt.Sprintf("%.1f %s", n, units[0])
}

type counted struct {
	r    io.Reader
	done *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done.Add(int64(n))
	return n, err
}
