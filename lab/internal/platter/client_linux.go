package platter

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/wholly-go/wholly/lab/internal/tape"
)

// Drive is a disk in a process of its own.
type Drive struct {
	dir   string
	child *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	said  strings.Builder // by the child, on standard error
}

// Start starts the process of a disk by command, which must call [Serve] with
// the directory as its last argument, and mounts its files on dir. The disk is
// the content of image, and is recorded from the start.
func Start(command []string, dir, image string) (*Drive, error) {
	return start(command, dir, "image "+image)
}

// Play starts it with a recording that [Drive.Save] wrote, before its first
// event.
func Play(command []string, dir, recording string) (*Drive, error) {
	return start(command, dir, "load "+recording)
}

func start(command []string, dir, first string) (*Drive, error) {
	d := &Drive{dir: dir, child: exec.Command(command[0], append(command[1:], dir)...)}
	// A Ctrl-C is for the one who can put things away in order.
	d.child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	d.child.Stderr = &d.said
	in, err := d.child.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := d.child.StdoutPipe()
	if err != nil {
		return nil, err
	}
	d.in, d.out = in, bufio.NewReader(out)
	if err := d.child.Start(); err != nil {
		return nil, fmt.Errorf("start the disk: %w", err)
	}
	if _, err := d.ask(first); err != nil {
		return nil, errors.Join(fmt.Errorf("start the disk: %w", err), d.Close())
	}
	return d, nil
}

// DiskPath is the file that is the disk, MarksPath the one that takes marks.
func (d *Drive) DiskPath() string  { return filepath.Join(d.dir, DiskFile) }
func (d *Drive) MarksPath() string { return filepath.Join(d.dir, MarksFile) }

func (d *Drive) ask(line string) (string, error) {
	if _, err := fmt.Fprintln(d.in, line); err != nil {
		return "", fmt.Errorf("the disk is gone: %w", err)
	}
	answer, err := d.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("the disk is gone: %w", err)
	}
	verdict, rest, _ := strings.Cut(strings.TrimSuffix(answer, "\n"), " ")
	if verdict != "ok" {
		return "", errors.New(rest)
	}
	return rest, nil
}

// Save writes the recording so far to the file path and ends it.
func (d *Drive) Save(path string) error { _, err := d.ask("save " + path); return err }

// Cut puts in the disk that the cut leaves, in microseconds. Nothing may be
// mounted from the disk.
func (d *Drive) Cut(c tape.Cut) error { _, err := d.ask("cut " + c.String()); return err }

// Fail makes every write that contains needle fail; nil heals the disk.
func (d *Drive) Fail(needle []byte) error {
	_, err := d.ask("fail " + hex.EncodeToString(needle))
	return err
}

// Failed returns how many writes have failed.
func (d *Drive) Failed() (int, error) {
	answer, err := d.ask("failed")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(answer)
}

// Close ends the process and unmounts its files, by force if need be. Whoever
// uses the disk gets errors from then on.
func (d *Drive) Close() error {
	d.in.Close()
	io.Copy(io.Discard, d.out)
	err := d.child.Wait()
	if mounted(d.dir) {
		err = errors.Join(err, unix.Unmount(d.dir, unix.MNT_DETACH))
	}
	if err != nil {
		return fmt.Errorf("end the disk: %w %s", err, d.said.String())
	}
	return nil
}

func mounted(dir string) bool {
	table, err := os.ReadFile("/proc/self/mounts")
	return err == nil && strings.Contains(string(table), " "+dir+" ")
}
