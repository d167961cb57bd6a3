package cut

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/wholly-go/wholly/lab/internal/rig"
	"github.com/wholly-go/wholly/lab/internal/stand"
)

// Delay is how long each rename and link is held up before it returns: it
// widens, for every program alike, the windows between two calls.
const Delay = 1500 * time.Microsecond

// The lab's own notes on a tape, beside the marks of the program.
const (
	noteOf    = "lab of "   // FILESYSTEM WORKLOAD
	noteReady = "lab ready" // the empty directory is on the disk
	noteDone  = "lab done"  // the program has ended and all is synced
)

// environment is what a program is told: the directory it works in, which is
// its working directory too, and the file that takes its marks.
func environment(dir, marks string, seed uint64) []string {
	return append(os.Environ(), "LAB_DIR="+dir, "LAB_MARKS="+marks, "LAB_SEED="+strconv.FormatUint(seed, 10))
}

// record runs the program on a fresh file system below dir and saves the
// recording in the file tape.
func (l *Lab) record(ctx context.Context, dir string, job Job, seed uint64, tape string) (err error) {
	s, err := stand.New(ctx, dir, job.FS, l.Serve)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	work := filepath.Join(s.Mnt, "work")
	if err := os.Mkdir(work, 0o755); err != nil {
		return err
	}
	stop := neighbour(s.Mnt, job.FS.Type, seed)
	err = l.run(ctx, work, s.Drive.MarksPath(), job, seed)
	if err := errors.Join(err, stop(), s.Unmount()); err != nil {
		return err
	}
	return s.Drive.Save(tape)
}

// run starts the program and waits for it.
func (l *Lab) run(ctx context.Context, work, marks string, job Job, seed uint64) error {
	if err := errors.Join(note(marks, noteOf+job.FS.Name+" "+job.Play.Name), settle(work, marks, noteReady)); err != nil {
		return err
	}
	command := l.command(job, seed)
	words := append(delays(), command...)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.Env = work, append(environment(work, marks, seed), l.Env...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	// One group, so that whoever the program has started ends with it; not
	// ours, so that Ctrl-C reaches the lab alone.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, tail(said.String()))
	}
	return settle(work, marks, noteDone)
}

// tail is the end of what a program said.
func tail(s string) string {
	s = strings.TrimSpace(s)
	return s[max(0, len(s)-500):]
}

func delays() []string {
	calls := "?rename,?renameat,?renameat2,?link,?linkat" // not every processor has all of them
	return []string{"strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=" + calls,
		"-e", fmt.Sprintf("inject=%s:delay_exit=%d", calls, Delay.Microseconds())}
}

// settle makes everything durable, then notes it.
func settle(work, marks, line string) error {
	if err := rig.Sync(work); err != nil {
		return err
	}
	return note(marks, line)
}

func note(marks, line string) error {
	f, err := os.OpenFile(marks, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	return errors.Join(err, f.Close())
}
