package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent"
)

// The sample, and the shipped example, survive a redaction with no secrets byte
// for byte.
func TestRedactionWithoutSecretsChangesNothing(t *testing.T) {
	dir := t.TempDir()
	none := filepath.Join(dir, "none.json")
	if err := os.WriteFile(none, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../../agent/testdata/samples/agent_history.json", "../../examples/agent_history.json"} {
		out := filepath.Join(dir, "out.json")
		answers, err := os.Create(filepath.Join(dir, "answers"))
		if err != nil {
			t.Fatal(err)
		}
		if code := run(context.Background(), []string{"history", "redact", "--secrets", none, name, out}, os.Stdin, answers, answers); code != exitYes {
			t.Fatalf("%s: exit code %d", name, code)
		}
		answers.Close()
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(out); err != nil || string(got) != string(want) {
			t.Errorf("%s differs: %v", name, err)
		}
	}
}

// kill -9 of `history append --follow` at any moment loses no step that it said
// was on the disk; and the log goes on.
func TestAKilledFollowerLosesNoAcknowledgedStep(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "run.log")
	acked := map[int]bool{}
	next := 0
	for range 8 {
		next = follow(t, path, next, time.Duration(random.IntN(40))*time.Millisecond, acked)
	}
	there := map[int]bool{}
	for rec, err := range agent.ReadLog(path) {
		if err != nil {
			t.Fatal(err)
		}
		if rec.Step != nil {
			n, _ := rec.Step.Number()
			there[n] = true
		}
	}
	for n := range acked {
		if !there[n] {
			t.Errorf("step %d was acknowledged and is not there", n)
		}
	}
	t.Logf("%d steps acknowledged, %d there", len(acked), len(there))
	if len(acked) == 0 {
		t.Error("no step was acknowledged: the test shows nothing")
	}
}

// An interrupted follower ends with 130, and keeps what it acknowledged; one
// whose answers nobody reads loses nothing.
func TestAFollowerEndsInGoodOrder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no process can be interrupted there")
	}
	path := filepath.Join(t.TempDir(), "run.log")
	cmd := program(t, "history", "append", "--follow", path)
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
	defer cmd.Process.Kill()
	give := func(n int) { fmt.Fprintf(in, `{"result": [], "metadata": {"step_number": %d}}`+"\n", n) }
	give(1)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "record 2: step 1\n" {
		t.Errorf("%q, %v", line, err)
	}
	out.Close()
	for n := 2; n < 5; n++ {
		give(n)
	}
	for end := time.Now().Add(10 * time.Second); steps(t, path) < 4 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if n := steps(t, path); n != 4 {
		t.Errorf("%d steps, want 4", n)
	}
}

func steps(t *testing.T, path string) (n int) {
	t.Helper()
	for rec, err := range agent.ReadLog(path) {
		if err != nil {
			t.Fatal(err)
		}
		if rec.Step != nil {
			n++
		}
	}
	return n
}

// follow feeds steps from next on to a follower, kills it some time after its
// first acknowledgement, and returns the step after the last one it was given.
func follow(t *testing.T, path string, next int, after time.Duration, acked map[int]bool) int {
	t.Helper()
	cmd := program(t, "history", "append", "--follow", "--json", path)
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
	fed := make(chan int)
	go func() {
		n := next
		for ; ; n++ {
			if _, err := fmt.Fprintf(in, `{"result": [], "metadata": {"step_number": %d}}`+"\n", n); err != nil {
				break
			}
		}
		fed <- n + 1
	}()
	defer time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() }).Stop()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var ack ackJSON
		if err := json.Unmarshal(lines.Bytes(), &ack); err != nil || ack.Number == nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		if acked[*ack.Number] = true; *ack.Number == next {
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
	}
	next = <-fed
	cmd.Wait()
	return next
}
