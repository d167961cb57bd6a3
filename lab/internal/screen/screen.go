// Package screen tells those who wait how far the work has come.
//
//	talk := screen.New(os.Stderr)
//	rows := talk.Begin("cut", len(all))
//	defer rows.End()
//	for _, row := range all {
//		disks := talk.Begin(row.Name, row.Disks)
//		for … {
//			disks.Note("mounting")
//			…
//			disks.Add(1)
//		}
//		disks.End()
//		fmt.Fprintf(talk.Above(os.Stdout), "%s: 0 bad\n", row.Name)
//		rows.Add(1)
//	}
//
// On a terminal that is one line, drawn anew five times a second and gone at
// the end; results appear above it. Where nobody can see a line change (a log),
// it is a plain line when ten seconds were silent. Work under two seconds shows
// nothing.
package screen

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/wholly-go/wholly/lab/internal/report"
)

const (
	quiet  = 2 * time.Second        // what is over by then shows nothing
	redraw = 200 * time.Millisecond // of the line on a terminal
	silent = 10 * time.Second       // between plain lines where there is no terminal
)

// Screen is where progress is shown. It may be used by many goroutines.
type Screen struct {
	out   io.Writer
	width func() int // columns; 0 where there is no terminal

	mu    sync.Mutex
	tasks []*Task // begun and not ended, the outermost first
	begun time.Time
	spoke time.Time     // something was written that stays
	stop  chan struct{} // ends the drawing when the last task does
	shown bool          // the line is on the terminal
}

// New returns a Screen that shows progress on out.
func New(out io.Writer) *Screen {
	return &Screen{out: out, width: func() int { return columns(out) }}
}

// columns is the width of the terminal that w writes to, or 0 if it is none.
func columns(w io.Writer) int {
	file, ok := w.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width <= 0 {
		return 80 // a terminal that does not know
	}
	return width
}

// Begin starts showing a piece of work of total steps; zero is unknown. Until
// End it is part of the line, inside the tasks that were begun before it.
func (s *Screen) Begin(title string, total int) *Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &Task{screen: s, title: report.Unmarked(title), total: total, begun: time.Now()}
	if len(s.tasks) == 0 {
		s.begun, s.spoke = t.begun, t.begun
		s.stop = make(chan struct{})
		go s.watch(s.stop)
	}
	s.tasks = append(s.tasks, t)
	return t
}

// Printf writes above the line what stays.
func (s *Screen) Printf(format string, args ...any) {
	fmt.Fprintf(s.Above(s.out), format, args...)
}

// Above returns a writer to out that takes the line away while it writes, for
// results that appear on the same terminal. Each Write should be whole lines.
func (s *Screen) Above(out io.Writer) io.Writer { return above{s, out} }

type above struct {
	screen *Screen
	out    io.Writer
}

func (a above) Write(p []byte) (int, error) {
	s := a.screen
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.shown
	s.erase()
	n, err := a.out.Write(p)
	s.spoke = time.Now()
	if again {
		s.draw()
	}
	return n, err
}

// Table writes t to out, above the line; the head is bold on a terminal only.
func (s *Screen) Table(out io.Writer, t report.Table) error {
	_, err := io.WriteString(s.Above(out), t.Text(columns(out) > 0))
	return err
}

func (s *Screen) watch(stop chan struct{}) {
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			s.show(stop)
		}
	}
}

// show draws the line, or writes a plain one if it is time for that.
func (s *Screen) show(stop chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != stop || len(s.tasks) == 0 {
		return // this work has ended meanwhile
	}
	switch {
	case s.width() > 0:
		if time.Since(s.begun) >= quiet {
			s.draw()
		}
	case time.Since(s.spoke) >= silent:
		fmt.Fprintln(s.out, s.line(time.Now()))
		s.spoke = time.Now()
	}
}

// end takes t out of the line.
func (s *Screen) end(t *Task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.tasks, t)
	if i < 0 {
		return
	}
	s.tasks = slices.Delete(s.tasks, i, i+1)
	if len(s.tasks) == 0 {
		close(s.stop)
		s.erase()
	}
}

// draw replaces the line; one column stays free, or some terminals wrap.
func (s *Screen) draw() {
	fmt.Fprintf(s.out, "\r\x1b[K%s", cut(s.line(time.Now()), s.width()-1))
	s.shown = true
}

func (s *Screen) erase() {
	if s.shown {
		fmt.Fprint(s.out, "\r\x1b[K")
		s.shown = false
	}
}
