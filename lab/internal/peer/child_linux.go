package peer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// child is a process that writes files on request. Its descriptor 3 is a socket:
// a request is a line of JSON and the raw content, an answer is a line of JSON;
// the first answer says that it is ready. Its standard output is not used for
// that, because packages print there, or make it non-blocking.
//
// The process has the working directory, umask, limits and user of this one at
// the time of its start. It ends when the socket is closed, and is killed when
// this process dies.
type child struct {
	cmd    *exec.Cmd
	conn   net.Conn
	answer *bufio.Reader
	talk   bytes.Buffer // what it printed

	mu   sync.Mutex
	dead error // why no request can be made any more
}

// request is followed by Length bytes. Path is in base64, because a name need
// not be valid UTF-8.
type request struct {
	Path   []byte      `json:"path"`
	Perm   fs.FileMode `json:"perm"`
	Length int         `json:"length"`
}

type reply struct {
	OK      bool   `json:"ok"`
	NS      int64  `json:"ns"` // of the call alone
	Error   string `json:"error"`
	Message string `json:"message"`
}

// start returns when the program has said that it is ready.
func start(ctx context.Context, program string, args ...string) (*child, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	c := &child{conn: ours, answer: bufio.NewReader(ours), cmd: exec.CommandContext(ctx, program, args...)}
	c.cmd.ExtraFiles = []*os.File{theirs}
	c.cmd.Stdout, c.cmd.Stderr = &c.talk, &c.talk
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	c.cmd.WaitDelay = time.Second // for what else holds its output
	if err := startFree(c.cmd); err != nil {
		ours.Close()
		return nil, err
	}
	theirs.Close()
	if _, err := c.hear(); err != nil {
		return nil, c.end(err)
	}
	return c, nil
}

// startFree starts cmd on a thread that nobody has locked. The kernel sends the
// signal of parental death when the thread ends that started the process, and a
// thread that somebody locked may end before the program does.
func startFree(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() { started <- cmd.Start() }()
	return <-started
}

// socketPair returns a connection and the file at its other end. A request goes
// into it by writev(2): a tracer that makes the n-th write(2) of each process
// fail would else hit ours, not the peer's.
func socketPair() (net.Conn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "peer"), os.NewFile(uintptr(fds[1]), "peer")
	defer ours.Close()
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return conn, theirs, nil
}

// ask has the child write a file.
func (c *child) ask(path string, data []byte, perm fs.FileMode) (time.Duration, error) {
	head, err := json.Marshal(request{[]byte(path), perm, len(data)})
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead != nil {
		return 0, c.dead
	}
	message := net.Buffers{append(head, '\n'), data}
	if _, err := message.WriteTo(c.conn); err != nil {
		c.dead = c.end(err)
		return 0, c.dead
	}
	r, err := c.hear()
	if err != nil {
		c.dead = c.end(err)
		return 0, c.dead
	}
	took := time.Duration(r.NS)
	if !r.OK {
		return took, told(r)
	}
	return took, nil
}

func (c *child) hear() (r reply, err error) {
	line, err := c.answer.ReadBytes('\n')
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return r, fmt.Errorf("answer %q: %w", line, err)
	}
	return r, nil
}

// end kills the child after err, and returns how it ended.
func (c *child) end(err error) error {
	c.conn.Close()
	c.cmd.Process.Kill()
	exit := c.cmd.Wait()
	return fmt.Errorf("the process of the peer ended: %v (%v): %s", err, exit, lastOf(c.talk.Bytes()))
}

// lastOf returns the end of a talk, where the reason stands.
func lastOf(talk []byte) []byte {
	const enough = 2000
	talk = bytes.TrimSpace(talk)
	return talk[max(0, len(talk)-enough):]
}

var errClosed = errors.New("the writer is closed")

func (c *child) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead != nil {
		return nil
	}
	c.dead = errClosed
	c.conn.Close()
	if err := c.cmd.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("end of the peer: %w: %s", err, lastOf(c.talk.Bytes()))
	}
	return nil
}
