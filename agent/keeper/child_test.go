package keeper_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/wholly-go/wholly/agent/keeper"
)

// childEnv makes the test binary a keeper of its own: "endpoint file".
const childEnv = "KEEPER_TEST_CHILD"

// beChild keeps until it is killed, or its input ends. Each line of its input is
// a save, acknowledged by a line when it is on the disk.
func beChild(args string) int {
	var endpoint, path string
	if _, err := fmt.Sscan(args, &endpoint, &path); err != nil {
		fmt.Println(err)
		return 2
	}
	s, err := keeper.Open(context.Background(), path, keeper.Keeping{Endpoint: endpoint})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("open")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		fmt.Println("saved", s.Save(context.Background()))
	}
	_, err = s.Close()
	fmt.Println("closed", err)
	return 0
}

// child is a keeper in a process of its own.
type child struct {
	t   testing.TB
	cmd *exec.Cmd
	in  io.Writer
	out *bufio.Scanner
}

func startChild(t testing.TB, b *keeper.Browser, path string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s", childEnv, b.Endpoint(), path))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{t, cmd, in, bufio.NewScanner(out)}
	t.Cleanup(c.kill)
	c.expect("open")
	return c
}

func (c *child) expect(want string) {
	c.t.Helper()
	if !c.out.Scan() || c.out.Text() != want {
		c.t.Fatalf("the keeper says %q, want %q", c.out.Text(), want)
	}
}

// save has the keeper save, and waits until it says so.
func (c *child) save() {
	c.t.Helper()
	fmt.Fprintln(c.in, "save")
	c.expect("saved <nil>")
}

func (c *child) kill() {
	c.cmd.Process.Kill()
	c.cmd.Wait()
}
