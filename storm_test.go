package wholly

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The storm: real processes on a real file system, killed at random moments,
// with readers and a sweeper at work all the time.

// page is a content that proves itself: writer, number, sum, filling.
func page(writer string, n int) []byte {
	filling := bytes.Repeat([]byte{byte('a' + n%26)}, 1+n*997%30_000)
	return fmt.Appendf(nil, "%s %d %x\n%s", writer, n, sha256.Sum256(filling), filling)
}

// number is the reverse of page; it fails for anything but a whole one.
func number(data []byte) (int, error) {
	head, filling, ok := bytes.Cut(data, []byte("\n"))
	var writer, sum string
	var n int
	if _, err := fmt.Sscan(string(head), &writer, &n, &sum); err != nil || !ok {
		return 0, fmt.Errorf("torn: %.60q", data)
	}
	if sum != fmt.Sprintf("%x", sha256.Sum256(filling)) {
		return 0, fmt.Errorf("torn: %.60q and %d bytes", head, len(filling))
	}
	return n, nil
}

// TestStormChild is a writer that expects to be killed. It says "b N" before
// and "a N" after each save.
func TestStormChild(t *testing.T) {
	role, path, from := os.Getenv("WHOLLY_STORM"), os.Getenv("WHOLLY_STORM_FILE"), 0
	if role == "" {
		t.Skip("runs only as a child")
	}
	fmt.Sscan(os.Getenv("WHOLLY_STORM_FROM"), &from)
	count := 1 << 30
	fmt.Sscan(os.Getenv("WHOLLY_STORM_COUNT"), &count)
	for n := from; n < from+count; n++ {
		fmt.Printf("b %d\n", n)
		if err := stormSave(role, path, n); err != nil {
			t.Fatalf("save %d: %v", n, err)
		}
		fmt.Printf("a %d\n", n)
	}
}

func stormSave(role, path string, n int) error {
	kind, id, _ := strings.Cut(role, "-")
	switch kind {
	case "keep":
		return Policy{Keep: 3}.WriteFile(path, page(role, n), 0o600)
	case "count":
		return Update(context.Background(), path, 0o600, func(old []byte) ([]byte, error) {
			counts := map[string]int{}
			if old != nil {
				if err := json.Unmarshal(old, &counts); err != nil {
					return nil, err
				}
			}
			counts[id]++
			return json.Marshal(counts)
		})
	}
	return WriteFile(path, page(role, n), 0o600)
}

// child is a running writer and what it has said.
type child struct {
	cmd          *exec.Cmd
	out          said
	errs         bytes.Buffer
	acked, begun int
}

// said keeps what a child says, and tells when it has begun to.
type said struct {
	text  bytes.Buffer
	begun chan struct{}
}

func (s *said) Write(p []byte) (int, error) {
	if s.text.Len() == 0 {
		close(s.begun)
	}
	return s.text.Write(p)
}

func startChild(role, path string, from, count int) (*child, error) {
	c := &child{cmd: exec.Command(os.Args[0], "-test.run=^TestStormChild$"), acked: -1, begun: -1}
	c.out.begun = make(chan struct{})
	c.cmd.Env = append(os.Environ(), "WHOLLY_STORM="+role, "WHOLLY_STORM_FILE="+path,
		"WHOLLY_STORM_FROM="+strconv.Itoa(from), "WHOLLY_STORM_COUNT="+strconv.Itoa(count), "GOMAXPROCS=1")
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.errs
	return c, c.cmd.Start()
}

// end waits for the child and reads what it said.
func (c *child) end() error {
	err := c.cmd.Wait()
	for s := bufio.NewScanner(&c.out.text); s.Scan(); {
		var n int
		switch line := s.Text(); {
		case strings.HasPrefix(line, "b "):
			fmt.Sscan(line[2:], &n)
			c.begun = n
		case strings.HasPrefix(line, "a "):
			fmt.Sscan(line[2:], &n)
			c.acked = n
		case strings.Contains(line, "save "):
			return errors.New(line)
		}
	}
	return err
}

// storm is the state of one run.
type storm struct {
	t                          *testing.T
	dir                        string
	kills, reads, saves, swept atomic.Int64
	stop                       chan struct{}
	group                      sync.WaitGroup
	mu                         sync.Mutex
	updates                    map[string][2]int // acknowledged and begun, by writer
}

// abuse starts a writer, kills it after a moment, looks at its file, and does
// it again.
func (s *storm) abuse(role, path string, rnd *rand.Rand, kills int) {
	next, acked, begun := 1, 0, 0
	for range kills {
		c, err := startChild(role, path, next, 1<<30)
		if err != nil {
			s.t.Error(err)
			return
		}
		select { // on a busy machine a start takes longer than any moment
		case <-c.out.begun:
		case <-time.After(10 * time.Second):
		}
		time.Sleep(time.Duration(rnd.Int64N(int64(25 * time.Millisecond))))
		c.cmd.Process.Kill()
		err = c.end()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != -1 {
			s.t.Errorf("%s was not killed, but ended: %v %s", role, err, c.errs.String())
			return
		}
		s.kills.Add(1)
		if c.begun < 0 {
			continue
		}
		s.saves.Add(int64(c.begun - next + 1))
		begun += c.begun - next + 1
		acked += max(0, c.acked-next+1)
		next = c.begun + 1
		if !strings.HasPrefix(role, "count") {
			data, err := os.ReadFile(path)
			if err == nil {
				var n int
				if n, err = number(data); err == nil && n != c.begun && n < max(c.acked, c.begun-1) {
					err = fmt.Errorf("holds save %d, but %d was acknowledged", n, c.acked)
				}
			}
			if err != nil && c.acked >= 0 {
				s.t.Errorf("%s: %v", role, err)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updates[role] = [2]int{acked, begun}
}

// read looks at a file without pause, as a stranger does.
func (s *storm) read(path string, check func([]byte) error) {
	there := false
	for {
		select {
		case <-s.stop:
			return
		default:
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) && !there {
			time.Sleep(time.Millisecond)
			continue
		}
		there = !strings.Contains(path, ".bak")
		if err == nil {
			err = check(data)
		}
		if err != nil {
			s.t.Errorf("a reader of %s: %v", filepath.Base(path), err)
			return
		}
		s.reads.Add(1)
	}
}

// sweep sweeps without pause: it must never disturb who lives.
func (s *storm) sweep() {
	for {
		select {
		case <-s.stop:
			return
		case <-time.After(time.Millisecond):
		}
		done, err := Sweep(s.dir)
		if err != nil {
			s.t.Errorf("sweep: %v", err)
			return
		}
		s.swept.Add(int64(len(done.Removed)))
	}
}

func whole(data []byte) error { _, err := number(data); return err }

func wholeJSON(data []byte) error { return JSON(bytes.NewReader(data)) }

func TestKillStorm(t *testing.T) { // P1, P3, P4, P8, F11, C2, C6
	if runtime.GOOS == "windows" {
		t.Skip("a killed process tells nothing apart there")
	}
	kills := 504
	if testing.Short() {
		kills = 96
	}
	seed := uint64(time.Now().UnixNano())
	fmt.Sscan(os.Getenv("WHOLLY_SEED"), &seed)
	t.Logf("WHOLLY_SEED=%d repeats the draw", seed)
	s := &storm{t: t, dir: t.TempDir(), stop: make(chan struct{}), updates: map[string][2]int{}}
	file := func(name string) string { return filepath.Join(s.dir, name) }
	for _, r := range []struct {
		path  string
		check func([]byte) error
	}{{"plain", whole}, {"keep", whole}, {"keep.bak", whole}, {"keep.bak.2", whole}, {"keep.bak.3", whole}, {"count", wholeJSON}} {
		s.group.Go(func() { s.read(file(r.path), r.check) })
	}
	s.group.Go(s.sweep)
	var writers sync.WaitGroup
	for i, w := range []struct{ role, path string }{{"plain", "plain"}, {"keep", "keep"}, {"count-a", "count"}, {"count-b", "count"}} {
		writers.Go(func() { s.abuse(w.role, file(w.path), rand.New(rand.NewPCG(seed, uint64(i))), kills/4) })
	}
	writers.Wait()
	close(s.stop)
	s.group.Wait()
	s.finish(file("count"))
	t.Logf("%d kills, %d saves begun, %d whole reads, %d leftovers swept", s.kills.Load(), s.saves.Load(), s.reads.Load(), s.swept.Load())
	if s.kills.Load() < int64(kills) && !t.Failed() {
		t.Errorf("only %d kills", s.kills.Load())
	}
}

// finish counts the updates, and looks at what is left.
func (s *storm) finish(countFile string) {
	var counts map[string]int
	data, err := os.ReadFile(countFile)
	if err == nil {
		err = json.Unmarshal(data, &counts)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	for _, id := range []string{"a", "b"} {
		u := s.updates["count-"+id]
		if n := counts[id]; n < u[0] || n > u[1] || u[0] == 0 {
			s.t.Errorf("writer %s made between %d and %d updates, and %d are there", id, u[0], u[1], n)
		}
	}
	// A kill right after a commit may leave one version too many, until the
	// next write.
	if err := stormSave("keep", filepath.Join(s.dir, "keep"), 1<<20); err != nil {
		s.t.Error(err)
	}
	if _, err := Sweep(s.dir); err != nil {
		s.t.Error(err)
	}
	if again, err := Sweep(s.dir); err != nil || len(again.Removed)+len(again.Left) > 0 {
		s.t.Errorf("a second sweep: %+v, %v", again, err)
	}
	if got := names(s.t, s.dir); got != "count keep keep.bak keep.bak.2 keep.bak.3 plain" {
		s.t.Errorf("left: %s", got)
	}
}

func TestUpdatesOfManyProcesses(t *testing.T) { // P8
	const processes, updates = 6, 40
	path := filepath.Join(t.TempDir(), "count")
	var all []*child
	for i := range processes {
		c, err := startChild("count-"+strconv.Itoa(i), path, 1, updates)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	for _, c := range all {
		if err := c.end(); err != nil || c.acked != updates {
			t.Errorf("%v, %d acknowledged: %s", err, c.acked, c.errs.String())
		}
	}
	var counts map[string]int
	if err := json.Unmarshal([]byte(content(t, path)), &counts); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, n := range counts {
		sum += n
	}
	t.Logf("%d processes made %d updates each: %d are there", processes, updates, sum)
	if sum != processes*updates {
		t.Errorf("%d updates were lost", processes*updates-sum)
	}
}

func TestSweepBesideABusyWriter(t *testing.T) { // C6
	dir := t.TempDir()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				if _, err := Sweep(dir); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	p := Policy{Durability: Atomic, Keep: 1}
	for i := range 3000 {
		if err := p.WriteFile(filepath.Join(dir, "f"), page("w", i%50), 0o600); err != nil {
			t.Fatalf("save %d: %v", i, err)
		}
	}
	close(stop)
	<-done
}
