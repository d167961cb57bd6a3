package store_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
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

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/store"
)

// The storm: real processes that update one document and are killed at random
// moments, while a stranger stats and reads the file without pause.

// counts is how many updates each writer has made.
type counts map[string]int

func countsIn(path string) *store.Doc[counts] { return store.Open(path, store.JSON[counts]()) }

// TestStormChild is a writer. It says "a N" after its N-th update.
func TestStormChild(t *testing.T) {
	path, id := os.Getenv("WHOLLY_STORM_FILE"), os.Getenv("WHOLLY_STORM_WRITER")
	if path == "" {
		t.Skip("runs only as a child")
	}
	updates, err := strconv.Atoi(os.Getenv("WHOLLY_STORM_COUNT"))
	if err != nil {
		t.Fatal(err)
	}
	doc := countsIn(path)
	for n := range updates {
		if _, err := doc.Update(ctx, func(c *counts) error { (*c)[id]++; return nil }); err != nil {
			t.Fatalf("update %d: %v", n+1, err)
		}
		fmt.Printf("a %d\n", n+1)
	}
}

// writer is a running child and what it has said.
type writer struct {
	cmd   *exec.Cmd
	errs  bytes.Buffer
	acked atomic.Int64
	first chan struct{} // closed with the first acknowledgement, or the end
	done  chan struct{} // closed when it has said all
}

func startWriter(path, id string, updates int) (*writer, error) {
	w := &writer{cmd: exec.Command(os.Args[0], "-test.run=^TestStormChild$"), first: make(chan struct{}), done: make(chan struct{})}
	w.cmd.Env = append(os.Environ(), "WHOLLY_STORM_FILE="+path, "WHOLLY_STORM_WRITER="+id,
		"WHOLLY_STORM_COUNT="+strconv.Itoa(updates), "GOMAXPROCS=1")
	w.cmd.Stderr = &w.errs
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	go w.listen(out)
	return w, w.cmd.Start()
}

func (w *writer) listen(out io.Reader) {
	defer close(w.done)
	heard := sync.OnceFunc(func() { close(w.first) })
	defer heard()
	for s := bufio.NewScanner(out); s.Scan(); {
		if n, ok := strings.CutPrefix(s.Text(), "a "); ok {
			acked, _ := strconv.Atoi(n)
			w.acked.Store(int64(acked))
			heard()
		}
	}
}

// end waits for the child and returns how many updates were acknowledged.
func (w *writer) end() (acked int, err error) {
	<-w.done
	err = w.cmd.Wait()
	return int(w.acked.Load()), err
}

// strangers look at the file until they are stopped, and often enough.
type strangers struct {
	t            *testing.T
	path         string
	stats, reads atomic.Int64
	stop         atomic.Bool
	group        sync.WaitGroup
}

const looks = 10_000

func watchOver(t *testing.T, path string) *strangers {
	s := &strangers{t: t, path: path}
	s.loop(&s.stats, func() error { _, err := os.Lstat(path); return err })
	codec := store.JSON[counts]()
	s.loop(&s.reads, func() error {
		data, err := os.ReadFile(path)
		if err == nil {
			_, err = codec.Decode(data)
		}
		return err
	})
	return s
}

func (s *strangers) loop(n *atomic.Int64, look func() error) {
	s.group.Go(func() {
		for !s.stop.Load() || n.Load() < looks {
			if err := look(); err != nil {
				s.t.Errorf("after %d looks: %v", n.Load(), err)
				return
			}
			n.Add(1)
		}
	})
}

func (s *strangers) end() { s.stop.Store(true); s.group.Wait() }

// report logs one line, and adds it to the report that was asked for.
func report(t *testing.T, format string, args ...any) {
	t.Helper()
	line := "storm: " + fmt.Sprintf(format, args...)
	t.Log(line)
	name := os.Getenv("WHOLLY_REPORT")
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		defer f.Close()
		_, err = fmt.Fprintln(f, line)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestUpdatesOfManyProcesses(t *testing.T) { // P1, P8
	const processes, updates = 6, 50
	path := filepath.Join(t.TempDir(), "counts.json")
	put(t, path, "{}\n")
	look := watchOver(t, path)
	var all []*writer
	for i := range processes {
		w, err := startWriter(path, strconv.Itoa(i), updates)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, w)
	}
	for _, w := range all {
		if acked, err := w.end(); err != nil || acked != updates {
			t.Errorf("%v, %d acknowledged: %s", err, acked, w.errs.String())
		}
	}
	look.end()
	sum := 0
	c, err := countsIn(path).Load()
	for _, n := range c {
		sum += n
	}
	if err != nil || sum != processes*updates {
		t.Errorf("%d updates are there, %v", sum, err)
	}
	report(t, "%d processes x %d updates of a document: %d are there; %d stats and %d reads found it whole",
		processes, updates, sum, look.stats.Load(), look.reads.Load())
}

func TestKillStorm(t *testing.T) { // P1, P2, P4, P8
	if runtime.GOOS == "windows" {
		t.Skip("a killed process tells nothing apart there")
	}
	kills := 120
	if testing.Short() {
		kills = 24
	}
	seed := uint64(time.Now().UnixNano())
	fmt.Sscan(os.Getenv("WHOLLY_SEED"), &seed)
	t.Logf("WHOLLY_SEED=%d repeats the draw", seed)
	const writers = 4
	dir := t.TempDir()
	path := filepath.Join(dir, "counts.json")
	put(t, path, "{}\n")
	look := watchOver(t, path)
	var acked [writers]int
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			rnd := rand.New(rand.NewPCG(seed, uint64(i)))
			for range kills / writers {
				w, err := startWriter(path, strconv.Itoa(i), 1<<30)
				if err != nil {
					t.Error(err)
					return
				}
				<-w.first
				time.Sleep(time.Duration(rnd.Int64N(int64(60 * time.Millisecond))))
				w.cmd.Process.Kill()
				n, _ := w.end()
				if w.cmd.ProcessState.ExitCode() != -1 {
					t.Errorf("a writer ended by itself: %s", w.errs.String())
					return
				}
				acked[i] += n
			}
		})
	}
	group.Wait()
	look.end()
	judgeStorm(t, path, acked[:], kills/writers, look, kills)
}

// judgeStorm counts what is there: each acknowledged update, and at most one
// more for each kill.
func judgeStorm(t *testing.T, path string, acked []int, kills int, look *strangers, all int) {
	c, err := countsIn(path).Update(ctx, func(c *counts) error { (*c)["end"]++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	kept, sum := 0, 0
	for i, n := range acked {
		there := c[strconv.Itoa(i)]
		if there < n || there > n+kills || n == 0 {
			t.Errorf("writer %d: %d updates were acknowledged, %d are there", i, n, there)
		}
		kept, sum = kept+there, sum+n
	}
	if _, err := wholly.Sweep(filepath.Dir(path)); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 2 {
		t.Errorf("left: %v, %v", entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != fs.FileMode(0o600) {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
	report(t, "%d kills of %d processes updating a document: %d updates acknowledged, %d there; %d stats and %d reads found it whole",
		all, len(acked), sum, kept, look.stats.Load(), look.reads.Load())
}

// TestManyGoroutines has one Doc updated, loaded, saved and watched at once.
func TestManyGoroutines(t *testing.T) {
	const goroutines, updates = 8, 25
	path := filepath.Join(t.TempDir(), "counts.json")
	doc := countsIn(path)
	var group sync.WaitGroup
	for i := range goroutines {
		group.Go(func() {
			for range updates {
				if _, err := doc.Update(ctx, func(c *counts) error { (*c)[strconv.Itoa(i)]++; return nil }); err != nil {
					t.Error(err)
				}
				v, err := doc.Load()
				if err != nil || v[strconv.Itoa(i)] == 0 {
					t.Errorf("%v, %v", v, err)
					return
				}
				v["spoilt"] = 1
			}
		})
	}
	group.Wait()
	c, err := doc.Load()
	if err != nil || len(c) != goroutines {
		t.Errorf("%v, %v", c, err)
	}
	for id, n := range c {
		if n != updates {
			t.Errorf("writer %s: %d updates", id, n)
		}
	}
}
