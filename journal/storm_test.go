package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wholly-go/wholly/lock"
)

// The storm: real processes append to one journal on a real file system and are
// killed at random moments.

// TestStormChild is a writer that expects to be killed. Several goroutines
// append; it says "a SEQ PAYLOAD" for each record that was acknowledged, in one
// write a line. "held" and "gone" around its work show two holders.
func TestStormChild(t *testing.T) {
	path, id := os.Getenv("WHOLLY_JOURNAL"), os.Getenv("WHOLLY_JOURNAL_ID")
	if path == "" {
		t.Skip("runs only as a child")
	}
	j, err := Open(ctx, path, Options{Wait: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	owner, err := os.OpenFile(path+".owner", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := owner.WriteAt(fmt.Appendf(nil, "%-12s", id), 0); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for g := range 3 {
		group.Go(func() {
			for n := 0; ; n++ {
				payload := fmt.Sprintf("%s-%d-%d-%s", id, g, n, strings.Repeat("x", n*37%3000))
				seq, err := j.Append(ctx, []byte(payload))
				if err != nil {
					fmt.Printf("error %v\n", err)
					return
				}
				os.Stdout.WriteString(fmt.Sprintf("a %d %s\n", seq, payload))
				now := make([]byte, 12)
				if _, err := owner.ReadAt(now, 0); err != nil || strings.TrimSpace(string(now)) != id {
					fmt.Printf("error %s has the journal too\n", now)
				}
				if n%20 == 19 && g == 0 {
					if err := j.Compact(ctx, func(Record) bool { return true }); err != nil {
						fmt.Printf("error %v\n", err)
					}
				}
			}
		})
	}
	group.Wait()
}

// TestStorm: two processes at a time want the journal; whoever has it is killed.
// Nothing that was acknowledged is lost, and never do both have it.
func TestStorm(t *testing.T) {
	kills := 60
	if testing.Short() {
		kills = 12
	}
	path := filepath.Join(t.TempDir(), name)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	acked := map[uint64]string{}
	var mu sync.Mutex
	var ids atomic.Int64
	var group sync.WaitGroup
	for range 2 {
		pauses := rand.New(rand.NewPCG(rnd.Uint64(), 2))
		group.Go(func() {
			for range kills / 2 {
				id := fmt.Sprint("w", ids.Add(1))
				out, err := killed(path, id, 10*time.Millisecond+time.Duration(pauses.Int64N(int64(60*time.Millisecond))))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				said(t, out, acked)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	judgeStorm(t, path, acked)
}

// speech is what a child says. begun is closed with its first word.
type speech struct {
	text  bytes.Buffer
	begun chan struct{}
}

func (s *speech) Write(p []byte) (int, error) {
	if s.text.Len() == 0 {
		close(s.begun)
	}
	return s.text.Write(p)
}

// killed runs a writer, kills it a while after its first word and returns what
// it said. On a busy machine a start takes longer than any while; and one that
// waits for the lock is silent until the other is killed.
func killed(path, id string, after time.Duration) ([]byte, error) {
	out := speech{begun: make(chan struct{})}
	child := exec.Command(os.Args[0], "-test.run=^TestStormChild$")
	child.Env = append(os.Environ(), "WHOLLY_JOURNAL="+path, "WHOLLY_JOURNAL_ID="+id)
	child.Stdout = &out
	if err := child.Start(); err != nil {
		return nil, err
	}
	select {
	case <-out.begun:
	case <-time.After(10 * time.Second):
	}
	time.Sleep(after)
	child.Process.Kill()
	err := child.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != -1 {
		return nil, fmt.Errorf("%s was not killed, but ended: %v %s", id, err, &out.text)
	}
	return out.text.Bytes(), nil
}

// said notes the records that a child was told are kept.
func said(t *testing.T, out []byte, acked map[uint64]string) {
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		kind, rest, _ := strings.Cut(s.Text(), " ")
		if kind == "error" {
			t.Error(rest)
			continue
		}
		var seq uint64
		var payload string
		if n, _ := fmt.Sscan(rest, &seq, &payload); kind != "a" || n < 2 {
			continue // cut off by the kill
		}
		if had, twice := acked[seq]; twice {
			t.Errorf("record %d was given to %.20s and to %.20s", seq, had, payload)
		}
		acked[seq] = payload
	}
}

func judgeStorm(t *testing.T, path string, acked map[uint64]string) {
	j, err := Open(ctx, path, Options{Wait: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	found := map[uint64]string{}
	for r, err := range j.Records() {
		if err != nil {
			t.Error(err)
		}
		found[r.Seq] = string(r.Payload)
	}
	for seq, payload := range acked {
		// The last line of a killed child may be cut off in the payload.
		if !strings.HasPrefix(found[seq], payload) {
			t.Errorf("record %d was acknowledged as %.20s, and is %.20q", seq, payload, found[seq])
		}
	}
	if len(acked) < 20 {
		t.Errorf("only %d records were acknowledged: the children do not get to work", len(acked))
	}
	t.Logf("%d records acknowledged, %d found", len(acked), len(found))
	if _, err := lock.In(ctx, j.dir, lockName(name), -1); !errors.Is(err, lock.ErrBusy) {
		t.Errorf("the lock of the open journal: %v", err)
	}
}
