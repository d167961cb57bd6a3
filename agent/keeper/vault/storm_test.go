package vault

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
)

// The storms: real processes, killed for real. A keeper is this test binary with
// a job in its environment; it prints what was acknowledged.

const jobVariable = "WHOLLY_VAULT_JOB" // path, keeper's number, first save

func TestStormChild(t *testing.T) {
	job := os.Getenv(jobVariable)
	if job == "" {
		t.Skip("runs only as a child")
	}
	part := strings.Split(job, "\n")
	first, _ := strconv.Atoi(part[2])
	k := keeps(t, part[0], Options{Every: 20 * time.Millisecond})
	own := func(n int) []string { return []string{fmt.Sprintf("k%s=%d", part[1], n), "base=1"} }
	k.base = holds(t, "base=1") // what its browser held when it began
	for n := first; ; n++ {
		k.saves(t, own(n)...)
		fmt.Println("saved", n)
	}
}

// child starts a keeper and returns a function that kills it and tells its last
// acknowledged save.
func child(t *testing.T, path string, who, first int) (kill func() int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestStormChild$", "-test.v")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s\n%d\n%d", jobVariable, path, who, first))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := make(chan int, 1)
	begun := make(chan struct{})
	go func() {
		acked, lines := first-1, bufio.NewScanner(out)
		for lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "saved "); ok {
				if acked < first {
					close(begun)
				}
				acked, _ = strconv.Atoi(n)
			} else if strings.Contains(lines.Text(), "_test.go") {
				t.Error(lines.Text())
			}
		}
		last <- acked
	}()
	select {
	case <-begun:
	case <-time.After(30 * time.Second):
		t.Error("a keeper did not begin")
	}
	return func() int {
		cmd.Process.Kill()
		cmd.Wait()
		return <-last
	}
}

// Two keepers on one file, one of them killed again and again: what was
// acknowledged is there, the file is whole for each reader at each look.
func TestKilledKeepersLoseNothing(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	path := newPath(t)
	keeps(t, path, Options{}).saves(t, "base=1")
	looks, stop := watch(t, path)
	stay := child(t, path, 2, 1)
	acked, next := 0, 1
	for round := range rounds {
		kill := child(t, path, 1, next)
		time.Sleep(rand.N(30 * time.Millisecond)) // somewhere in a save
		acked = kill()
		got := onDisk(t, path, Options{})
		if !strings.Contains(got, fmt.Sprintf("k1=%d", acked)) && !strings.Contains(got, fmt.Sprintf("k1=%d", acked+1)) {
			t.Fatalf("round %d: save %d was acknowledged, and there is %s", round, acked, got)
		}
		next = acked + 2
	}
	other := stay()
	close(stop)
	got := onDisk(t, path, Options{})
	if !strings.Contains(got, "base=1") || !strings.Contains(got, fmt.Sprintf("k2=%d", other)) && !strings.Contains(got, fmt.Sprintf("k2=%d", other+1)) {
		t.Errorf("the other keeper's save %d was acknowledged, and there is %s", other, got)
	}
	t.Logf("%d kills, %d and %d saves, %d looks", rounds, acked, other, <-looks)
	// Who was killed right behind a commit left one version more than it kept:
	// the next who keeps one takes it away.
	if !keeps(t, path, Options{Every: time.Nanosecond}).saves(t, "base=1", "last=1").Kept {
		t.Error("the last save kept no version")
	}
	if _, err := wholly.Sweep(filepath.Dir(path)); err != nil {
		t.Error(err)
	}
	for _, name := range strings.Fields(names(t, filepath.Dir(path))) {
		if name != "state.json" && name != "state.json.bak" {
			t.Errorf("%s is left", name)
		}
		if info, err := os.Stat(filepath.Join(filepath.Dir(path), name)); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Error(name, info.Mode(), err)
		}
	}
}

// watch looks at the file all the time, as another program would.
func watch(t *testing.T, path string) (looks <-chan int, stop chan struct{}) {
	n := make(chan int, 1)
	stop = make(chan struct{})
	go func() {
		seen := 0
		for {
			select {
			case <-stop:
				n <- seen
				return
			default:
			}
			data, err := os.ReadFile(path)
			if err != nil || !strings.HasPrefix(string(data), "{") || !strings.HasSuffix(string(data), "}") {
				t.Errorf("look %d: %d bytes, %v", seen, len(data), err)
			}
			seen++
			time.Sleep(200 * time.Microsecond)
		}
	}()
	return n, stop
}

// Many keepers in one process and in one file, each with items of its own.
func TestManyKeepersAtOnce(t *testing.T) {
	const keepers, saves = 6, 12
	path := newPath(t)
	keeps(t, path, Options{}).saves(t, "base=1")
	var wg sync.WaitGroup
	for who := range keepers {
		wg.Go(func() {
			k := keeps(t, path, Options{Every: 5 * time.Millisecond, Wait: time.Minute})
			k.base = holds(t, "base=1")
			mine := []string{"base=1"}
			for n := range saves {
				mine = append(mine, fmt.Sprintf("k%d-%d=1", who, n))
				if n%3 == 2 { // a logout, too
					mine = append(mine[:1:1], mine[2:]...)
				}
				if _, err := k.save(t, mine...); err != nil {
					t.Error(err)
				}
			}
			got := onDisk(t, path, Options{})
			for _, item := range mine {
				if !strings.Contains(got, item) {
					t.Errorf("keeper %d: %s is not in the file", who, item)
				}
			}
			if strings.Contains(got, fmt.Sprintf("k%d-0=", who)) {
				t.Errorf("keeper %d: a logout came back", who)
			}
		})
	}
	wg.Wait()
	if n := strings.Count(onDisk(t, path, Options{}), "="); n != 1+keepers*(saves-saves/3) {
		t.Errorf("%d items are in the file", n)
	}
}

// Random changes in two browsers with a file between them that is damaged,
// removed and put back now and then: what a browser holds, and the other has not
// deleted, is in the file after its save.
func TestRandomKeepers(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("WHOLLY_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	rounds := 25
	if testing.Short() {
		rounds = 10
	}
	t.Logf("WHOLLY_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range rounds {
		randomKeepers(t, r, seed)
		if t.Failed() {
			return
		}
	}
}

func randomKeepers(t *testing.T, r *rand.Rand, seed uint64) {
	path := newPath(t)
	keeps(t, path, short).saves(t, "base=1")
	type browser struct {
		*keeper
		who   string
		items map[string]string
	}
	var both []*browser
	for _, who := range []string{"a", "b"} {
		both = append(both, &browser{keeps(t, path, short), who, map[string]string{"base": "1"}})
	}
	var history []string
	for step := range 12 {
		b := both[r.IntN(2)]
		name := fmt.Sprintf("%s%d", b.who, r.IntN(3)) // of its own: a site that the other does not visit
		if r.IntN(3) == 0 {
			delete(b.items, name)
		} else {
			b.items[name] = strconv.Itoa(step)
		}
		switch r.IntN(8) {
		case 0:
			put(t, path, "{")
			history = append(history, "damage")
		case 1:
			os.Remove(path)
			history = append(history, "remove")
		case 2:
			if _, err := os.Stat(path + ".bak"); err == nil {
				put(t, path, get(t, path+".bak"))
				history = append(history, "put back")
			}
		}
		var holding []string
		for name, value := range b.items {
			holding = append(holding, name+"="+value)
		}
		history = append(history, b.who+" holds "+strings.Join(holding, " "))
		got := ", " + items(b.saves(t, holding...).State) + ","
		for _, item := range holding {
			if !strings.Contains(got, ", "+item+",") {
				t.Errorf("WHOLLY_SEED=%d: %s is not in the file: %s\n%s", seed, item, got, strings.Join(history, "\n"))
			}
		}
		for n := range 3 {
			name := fmt.Sprintf("%s%d", b.who, n)
			if _, held := b.items[name]; !held && strings.Contains(got, ", "+name+"=") {
				t.Errorf("WHOLLY_SEED=%d: the logout of %s came back: %s\n%s", seed, name, got, strings.Join(history, "\n"))
			}
		}
	}
}
