package screen

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal of 40 columns: what is written to screen is
// read from the other end.
func terminal(t *testing.T) (other, screen *os.File) {
	t.Helper()
	other, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	fd := int(other.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 40}); err != nil {
		t.Fatal(err)
	}
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	return other, screen
}

// A real terminal is known as one, with its width, and shows nothing at the end.
func TestRealTerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	other, pts := terminal(t)
	if n := columns(pts); n != 40 {
		t.Fatalf("%d columns, not 40", n)
	}
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(other) // ends with EIO when the last hold of it is gone
		shown <- string(text)
	}()
	s := New(pts)
	task := s.Begin("a row with a name that is far too long", 10)
	task.Add(1)
	time.Sleep(quiet + 3*redraw)
	s.Printf("result\n")
	task.End()
	pts.Close()
	text := <-shown
	if !strings.Contains(text, "\r\x1b[Ka row with a name that is far too long…") {
		t.Errorf("no line was drawn: %q", text)
	}
	if got := window(strings.ReplaceAll(text, "\r\n", "\n")); got != "result\n" {
		t.Errorf("%q stays", got)
	}
}

func TestDumbTerminal(t *testing.T) {
	t.Setenv("TERM", "dumb")
	_, pts := terminal(t)
	if n := columns(pts); n != 0 {
		t.Errorf("%d columns: it cannot erase a line", n)
	}
}
