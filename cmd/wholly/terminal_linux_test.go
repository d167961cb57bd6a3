package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal: what is written to screen is read from the
// other end, and what is written there was typed.
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
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	return other, screen
}

// shows starts cmd, its stderr on a terminal, and returns what that showed.
func shows(t *testing.T, cmd *exec.Cmd, other, screen *os.File, feed func()) string {
	t.Helper()
	cmd.Stderr = screen
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	screen.Close() // the program has the last hold of it
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(other) // ends with EIO when the program ends
		shown <- string(text)
	}()
	feed()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	return <-shown
}

// A write that takes longer than a second shows its progress on the terminal,
// and takes the line away again.
func TestLongWriteShowsProgress(t *testing.T) {
	cmd := program(t, "write", "f")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	other, screen := terminal(t)
	got := shows(t, cmd, other, screen, func() {
		io.WriteString(in, strings.Repeat("x", 8192))
		time.Sleep(1500 * time.Millisecond)
		in.Close()
	})
	if !regexp.MustCompile(`^(\r8\.0 KiB, \d+\.\d KiB/s *)+\r +\r$`).MatchString(got) {
		t.Errorf("the terminal showed %q", got)
	}
}

// A short write, and one that must be quiet, show nothing.
func TestShortOrQuietWriteShowsNothing(t *testing.T) {
	for _, flags := range [][]string{nil, {"--quiet"}, {"--json"}} {
		cmd := program(t, append([]string{"write", "f"}, flags...)...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		other, screen := terminal(t)
		got := shows(t, cmd, other, screen, func() {
			io.WriteString(in, "x")
			if flags != nil {
				time.Sleep(1300 * time.Millisecond)
			}
			in.Close()
		})
		if got != "" {
			t.Errorf("%v: the terminal showed %q", flags, got)
		}
	}
}

// Who is expected to type is told so.
func TestReadingFromTerminalIsSaid(t *testing.T) {
	cmd := program(t, "write", "f")
	typed, keyboard := terminal(t)
	cmd.Stdin = keyboard
	other, screen := terminal(t)
	got := shows(t, cmd, other, screen, func() {
		io.WriteString(typed, "typed\n\x04")
	})
	if !strings.Contains(got, "reading from the terminal: end with Ctrl-D") {
		t.Errorf("the terminal showed %q", got)
	}
	data, err := os.ReadFile(filepath.Join(cmd.Dir, "f"))
	if err != nil || string(data) != "typed\n" {
		t.Errorf("f holds %q, %v", data, err)
	}
}
