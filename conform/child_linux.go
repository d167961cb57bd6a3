package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// order is what a child is to do: umask, limits and users belong to a process,
// so that whoever needs another one needs another process.
type order struct {
	Writer string
	Path   string
	Size   int // bytes of content; zero writes "new"
	Perm   fs.FileMode
	Umask  int
	Limit  uint64 // RLIMIT_FSIZE, if not zero
	Loop   bool   // write for ever, to be killed
	User   uint32 // to write as, from within the directory of Path; zero is who we are
}

const childVariable = "WHOLLY_CONFORM_CHILD"

// Child carries out what Run has asked of this process and ends it, if it is a
// child of Run; otherwise it returns at once. Call it first in TestMain, with
// the writers that are put to the test.
func Child(writers ...Writer) {
	var o order
	if err := json.Unmarshal([]byte(os.Getenv(childVariable)), &o); err != nil {
		return
	}
	for _, w := range writers {
		if w.Name == o.Writer {
			fmt.Println("OUTCOME " + class(o.run(w)))
			os.Exit(0)
		}
	}
	fmt.Println("OUTCOME no writer " + o.Writer)
	os.Exit(1)
}

func (o *order) run(w Writer) error {
	runtime.LockOSThread()
	syscall.Umask(o.Umask)
	if o.Limit > 0 {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: o.Limit, Max: o.Limit}); err != nil {
			return err
		}
	}
	if o.User != 0 {
		if err := o.become(); err != nil {
			return err
		}
	}
	data := []byte("new")
	if o.Size > 0 {
		data = make([]byte, o.Size)
	}
	for n := 0; o.Loop; n++ {
		if err := w.WriteFile(o.Path, stamp('a'+byte(n%26)), o.Perm); err != nil {
			return err
		}
	}
	os.Lstat(childMark)
	err := w.WriteFile(o.Path, data, o.Perm)
	os.Lstat(childMark)
	return err
}

// childMark is a name whose only use is to be seen in a trace.
const childMark = "/wholly-conform-mark"

// command is the child, perhaps under strace.
func (b *bench) command(o order, strace ...string) *exec.Cmd {
	o.Writer = b.Name
	text, _ := json.Marshal(o)
	self, _ := os.Executable()
	args := append(strace, self)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), childVariable+"="+string(text), "GOMAXPROCS=1")
	return cmd
}

// child runs o and returns the class of its error.
func (b *bench) child(o order, strace ...string) (string, error) {
	out, err := b.command(o, strace...).CombinedOutput()
	_, outcome, ok := bytes.Cut(out, []byte("OUTCOME "))
	if !ok {
		return "", skip(fmt.Errorf("no child: call conform.Child first in TestMain (%v %.200s)", err, out))
	}
	line, _, _ := strings.Cut(string(outcome), "\n")
	return line, nil
}

// nobody is a user, and a group, without rights.
const nobody = 65534

// become enters the directory of Path, which nobody else may be able to reach,
// and goes on as the user. The way to it is not opened for others: the modes
// of directories above the row's own are not ours to change.
func (o *order) become() error {
	if err := os.Chdir(filepath.Dir(o.Path)); err != nil {
		return err
	}
	o.Path = filepath.Base(o.Path)
	id := int(o.User)
	if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(id), syscall.Setuid(id)); err != nil {
		return err
	}
	// As after an exec: without it /proc/self belongs to root.
	return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
}

func root(*bench) error {
	if os.Geteuid() != 0 {
		return errors.New("needs root")
	}
	return nil
}

func tracing(*bench) error {
	path, err := exec.LookPath("strace")
	if err != nil {
		return errors.New("needs strace")
	}
	if out, err := exec.Command(path, "-qq", "-e", "trace=none", "true").CombinedOutput(); err != nil {
		return fmt.Errorf("needs permission to trace: %s", out)
	}
	return nil
}

// mount mounts and sees to the end of it.
func (b *bench) mount(source, target, fstype string, flags uintptr, data string) error {
	if err := unix.Mount(source, target, fstype, flags, data); err != nil {
		return skip(fmt.Errorf("cannot mount: %w", err))
	}
	b.undo = append(b.undo, func() { unix.Unmount(target, unix.MNT_DETACH) })
	return nil
}

// traced runs o under strace and returns its outcome and the trace between the
// marks.
func (b *bench) traced(o order, args ...string) (outcome, trace string, err error) {
	file := b.dir + ".trace"
	defer os.Remove(file)
	args = append([]string{"strace", "-f", "-qq", "-o", file}, args...)
	if outcome, err = b.child(o, args...); err != nil {
		return "", "", err
	}
	data, err := os.ReadFile(file)
	parts := strings.Split(string(data), childMark)
	if err == nil && len(parts) != 3 {
		err = errors.New("the trace has no marks")
	}
	if err != nil {
		return "", "", err
	}
	_, between, _ := strings.Cut(parts[1], "\n")
	return outcome, between, nil
}

// killed kills a writing child at a moment and describes the file.
func (b *bench) killed() (string, error) {
	path := b.path("f")
	if err := os.WriteFile(path, stamp('a'), 0o600); err != nil {
		return "", err
	}
	for i := range 40 {
		cmd := b.command(order{Path: path, Perm: 0o600, Loop: true})
		if err := cmd.Start(); err != nil {
			return "", err
		}
		time.Sleep(time.Duration(6+i%20) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		data, err := os.ReadFile(path)
		if err != nil {
			return class(err), nil
		}
		if !isStamp(data) {
			return fmt.Sprintf("torn: %d bytes", len(data)), nil
		}
	}
	return "whole", nil
}
