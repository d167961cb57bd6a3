package screen

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wholly-go/wholly/lab/internal/report"
)

// window is what a terminal of one line a row would show of what was written.
func window(written string) string {
	var rows []string
	row := ""
	for _, part := range strings.SplitAfter(written, "\n") {
		for i, piece := range strings.Split(strings.TrimSuffix(part, "\n"), "\r\x1b[K") {
			if i > 0 {
				row = ""
			}
			row += piece
		}
		if strings.HasSuffix(part, "\n") {
			rows, row = append(rows, row), ""
		}
	}
	return strings.Join(append(rows, row), "\n")
}

// record is a buffer that is read while others write.
type record struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.String()
}

func on(width int) (*Screen, *record) {
	out := new(record)
	return &Screen{out: out, width: func() int { return width }}, out
}

// pass lets time go by, and what is due then be drawn.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// What is over within two seconds shows nothing, here or there.
func TestShortWorkIsSilent(t *testing.T) {
	for _, width := range []int{0, 80} {
		synctest.Test(t, func(t *testing.T) {
			s, out := on(width)
			task := s.Begin("cut", 10)
			pass(quiet - time.Millisecond)
			task.Add(10)
			task.End()
			pass(time.Minute)
			if out.String() != "" {
				t.Errorf("width %d: %q", width, out)
			}
		})
	}
}

// The line counts, tells rate and time left, and is gone at the end; results
// stand above it.
func TestLineOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := on(80)
		rows := s.Begin("cut", 15)
		rows.Add(2)
		disks := s.Begin("ext4 replace", 4000)
		for range 30 {
			pass(100 * time.Millisecond)
			disks.Add(40)
		}
		disks.Note("mounting")
		pass(time.Second)
		want := "cut 2 of 15 · ext4 replace: 1,200 of 4,000, 300/s, 9 s left: mounting"
		if got := window(out.String()); got != want {
			t.Errorf("%q, not %q", got, want)
		}
		s.Printf("%s: %d bad\n", "xfs", 0)
		if got := window(out.String()); got != "xfs: 0 bad\n"+want {
			t.Errorf("%q", got)
		}
		disks.End()
		pass(time.Second)
		if got := window(out.String()); got != "xfs: 0 bad\ncut: 2 of 15, 24/min, 33 s left" {
			t.Errorf("%q", got)
		}
		rows.End()
		rows.End()
		written := out.String()
		pass(time.Minute)
		if got := window(out.String()); got != "xfs: 0 bad\n" || out.String() != written {
			t.Errorf("after the end: %q", got)
		}
	})
}

// A log gets a plain line when ten seconds were silent, and no control
// characters.
func TestLinesInALog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := on(0)
		task := s.Begin("bench", 0)
		defer task.End()
		pass(9 * time.Second)
		task.Add(18)
		s.Printf("ext4 done\n") // shows life: the silence begins anew
		pass(9 * time.Second)
		if got := out.String(); got != "ext4 done\n" {
			t.Errorf("%q", got)
		}
		pass(20 * time.Second)
		want := "ext4 done\nbench: 18, 56.8/min\nbench: 18, 37.2/min\n"
		if got := out.String(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	})
}

// Results go where they belong, and the line gives way to them.
func TestAboveWritesElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := on(80)
		var answer bytes.Buffer
		task := s.Begin("cut", 2)
		pass(3 * time.Second)
		before := len(out.String())
		if err := s.Table(&answer, report.Table{Head: []string{"fs", "bad"}, Rows: [][]string{{"ext4", "0"}}}); err != nil {
			t.Fatal(err)
		}
		if answer.String() != "fs    bad\next4    0\n" {
			t.Errorf("%q", &answer)
		}
		if got := out.String()[before:]; !strings.HasPrefix(got, "\r\x1b[K") || window(got) != "cut: 0 of 2" {
			t.Errorf("%q", got)
		}
		task.End()
	})
}

// No line is wider than the terminal, whatever a title or a note holds.
func TestNarrowTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for width := range 40 {
			s, out := on(width + 1)
			task := s.Begin("cut äöü\x1b[2J\n", 100)
			task.Note("a long story\r\nin lines")
			pass(3 * time.Second)
			if got := window(out.String()); len([]rune(got)) > width || strings.ContainsAny(got, "\x1b\n") {
				t.Errorf("%d columns: %q", width+1, got)
			}
			task.End()
		}
	})
}

// Many may begin, count, tell and end at once.
func TestManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := on(120)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				task := s.Begin(fmt.Sprint("task ", i), 50)
				defer task.End()
				for n := range 50 {
					time.Sleep(time.Duration(i+1) * 10 * time.Millisecond)
					task.Add(1)
					task.Note(fmt.Sprint(n))
					s.Printf("%d\n", i)
				}
			})
		}
		all.Wait()
		got := window(out.String())
		if lines := strings.Split(got, "\n"); len(lines) != 1001 || lines[1000] != "" {
			t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
		}
		for line := range strings.Lines(got) {
			if len(line) > 3 {
				t.Fatalf("a line is mixed with another: %q", line)
			}
		}
	})
}

func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration]string{
		400 * time.Millisecond: "0 s", 99 * time.Second: "99 s", 100 * time.Second: "2 min",
		59*time.Minute + 40*time.Second: "1 h 00 min", 65 * time.Minute: "1 h 05 min",
	} {
		if got := span(d); got != want {
			t.Errorf("%v is %q, not %q", d, got, want)
		}
	}
}

// A buffer and a file are no terminals.
func TestColumns(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, w := range []io.Writer{&bytes.Buffer{}, file} {
		if n := columns(w); n != 0 {
			t.Errorf("%T has %d columns", w, n)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	s, _ := on(80)
	task := s.Begin("cut", b.N)
	defer task.End()
	b.ReportAllocs()
	for b.Loop() {
		task.Add(1)
	}
}

// A tick that comes after the end finds nothing to draw, even if other work has
// begun meanwhile.
func TestLateTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := on(80)
		first := s.Begin("first", 1)
		stop := s.stop
		pass(3 * time.Second)
		first.End()
		s.show(stop)
		if got := window(out.String()); got != "" {
			t.Errorf("after the end: %q", got)
		}
		second := s.Begin("second", 1)
		defer second.End()
		time.Sleep(quiet + redraw/2)
		s.show(stop)
		if got := window(out.String()); strings.Contains(got, "first") {
			t.Errorf("during the next: %q", got)
		}
	})
}
