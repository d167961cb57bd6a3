package agent

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/agent/pattern"
	"github.com/wholly-go/wholly/agent/storagestate"
	"github.com/wholly-go/wholly/journal"
)

// The storms: real processes, which are killed for real. A writer is this test
// binary with a job in its environment; it prints what was acknowledged.

const jobVariable = "WHOLLY_STORM_JOB" // kind, path, writer's number, first, count

func TestMain(m *testing.M) {
	if job := os.Getenv(jobVariable); job != "" {
		if err := work(strings.Split(job, "\n")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// work does count saves, each of something that no other save has.
func work(job []string) error {
	kind, path := job[0], job[1]
	who, _ := strconv.Atoi(job[2])
	first, _ := strconv.Atoi(job[3])
	count, _ := strconv.Atoi(job[4])
	save, err := saver(kind, path)
	if err != nil {
		return err
	}
	for n := first; n < first+count; n++ {
		if err := save(who, n); err != nil {
			return err
		}
		fmt.Println(n)
	}
	return nil
}

func saver(kind, path string) (func(who, n int) error, error) {
	switch kind {
	case "cookies":
		doc, err := State(path, storagestate.BrowserUse)
		return func(who, n int) error {
			fresh, err := storagestate.Decode(fmt.Appendf(nil, `{"cookies": [{"name": "c%d-%d", "value": "v", "domain": ".x.com", "path": "/", "expires": -1}]}`, who, n))
			if err != nil {
				return err
			}
			_, err = doc.Update(ctx, func(s *storagestate.State) error {
				merged, _ := storagestate.Merge(s, fresh, storagestate.Options{Now: time.Now()})
				*s = *merged
				return nil
			})
			return err
		}, err
	case "patterns":
		doc, err := Patterns(path)
		return func(who, n int) error {
			session := fmt.Appendf(nil, `{"version": 1, "patterns": {"site%d.com": {"p%d": {"actions": ["click %d"], "last_success": null}}}}`, who, n, n)
			_, err := doc.Update(ctx, func(f *pattern.File) error {
				return f.MergeSession(session, "2026-11-26", pattern.Limits{}).Ignored
			})
			return err
		}, err
	}
	return func(who, n int) error {
		l, err := OpenLog(ctx, path, "", journal.Options{})
		if err != nil {
			return err
		}
		defer l.Close()
		step, _, err := history.ParseStep(fmt.Appendf(nil, `{"model_output": null, "result": [], "state": {"url": "w%d-%d", "title": "", "tabs": [], "interacted_element": []}, "metadata": null}`, who, n))
		if err != nil {
			return err
		}
		_, err = l.Append(ctx, step)
		return err
	}, nil
}

// kept counts what the writers saved and the file still has.
func kept(t *testing.T, kind, path string) (names map[string]bool) {
	t.Helper()
	names = map[string]bool{}
	switch kind {
	case "cookies":
		doc, _ := State(path, storagestate.BrowserUse)
		s, err := doc.Load()
		if err != nil {
			t.Fatal(err)
		}
		cookies, _ := storagestate.CDPCookies(s, time.Now())
		for _, c := range cookies {
			names[strings.TrimPrefix(c.Key.Name, "c")] = true
		}
	case "patterns":
		doc, _ := Patterns(path)
		f, err := doc.Load()
		if err != nil {
			t.Fatal(err)
		}
		for _, domain := range f.Domains() {
			for name := range f.Patterns(domain) {
				who := strings.TrimSuffix(strings.TrimPrefix(domain, "site"), ".com")
				names[who+"-"+strings.TrimPrefix(name, "p")] = true
			}
		}
	case "log":
		for rec, err := range ReadLog(path) {
			if err != nil {
				t.Fatal(err)
			}
			if rec.Step != nil {
				names[strings.TrimPrefix(rec.Step.URL(), "w")] = true
			}
		}
	}
	return names
}

// process is a writer that was started.
type process struct {
	cmd   *exec.Cmd
	acked []int
	errs  strings.Builder
	begun chan struct{} // closed with the first acknowledgement
	said  chan struct{} // closed when it has said all
}

func start(t *testing.T, kind, path string, who, first, count int) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0]), begun: make(chan struct{}), said: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s\n%s\n%d\n%d\n%d", jobVariable, kind, path, who, first, count))
	p.cmd.Stderr = &p.errs
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	go p.listen(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *process) listen(out io.Reader) {
	defer close(p.said)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			continue // cut off by the kill
		}
		if p.acked = append(p.acked, n); len(p.acked) == 1 {
			close(p.begun)
		}
	}
}

// killAfter kills the process a while after its first acknowledgement: on a busy
// machine a start takes longer than any while.
func (p *process) killAfter(while time.Duration) {
	select {
	case <-p.begun:
	case <-time.After(10 * time.Second):
	}
	time.Sleep(while)
	p.cmd.Process.Kill()
}

// end waits for the process and returns what was acknowledged.
func (p *process) end() ([]int, error) {
	<-p.said
	err := p.cmd.Wait()
	if p.errs.Len() > 0 {
		err = errors.Join(err, errors.New(p.errs.String()))
	}
	return p.acked, err
}

// watched looks at a file while others write it: is it ever missing, ever torn?
type watched struct {
	stop              chan struct{}
	done              chan struct{}
	stats, reads      int64
	missing, unwhole  atomic.Int64
	lastStat, lastErr atomic.Value
}

func watch(path string, whole func([]byte) error) *watched {
	w := &watched{stop: make(chan struct{}), done: make(chan struct{}, 2)}
	loop := func(looks *int64, look func()) {
		defer func() { w.done <- struct{}{} }()
		for {
			select {
			case <-w.stop:
				return
			default:
				look()
				*looks++
				time.Sleep(10 * time.Microsecond) // leaves the processor to the writers
			}
		}
	}
	go loop(&w.stats, func() {
		if _, err := os.Stat(path); err != nil {
			w.missing.Add(1)
			w.lastStat.Store(err.Error())
		}
	})
	go loop(&w.reads, func() {
		data, err := os.ReadFile(path)
		if err == nil {
			err = whole(data)
		}
		if err != nil {
			w.unwhole.Add(1)
			w.lastErr.Store(err.Error())
		}
	})
	return w
}

// end waits until both loops have had enough looks, and judges them.
func (w *watched) end(t *testing.T) string {
	t.Helper()
	if w == nil {
		return "grows, so nobody looks"
	}
	close(w.stop)
	<-w.done
	<-w.done
	if w.missing.Load() > 0 || w.unwhole.Load() > 0 {
		t.Errorf("missing %d times (%v), torn %d times (%v)", w.missing.Load(), w.lastStat.Load(), w.unwhole.Load(), w.lastErr.Load())
	}
	return fmt.Sprintf("%d stats, %d missing; %d reads, %d torn", w.stats, w.missing.Load(), w.reads, w.unwhole.Load())
}

// stormKind is what a storm is made of.
type stormKind struct {
	kind, empty    string
	writers, saves int
	whole          func([]byte) error // nil for a file that is appended to
	rounds         int                // of kills
}

var storms = []stormKind{
	{"cookies", `{"cookies": [], "origins": []}`, 2, 60, wholeJSON, 40},
	{"patterns", `{"version": 2, "patterns": {}, "workflows": {}}`, 8, 200, wholeJSON, 40},
	{"log", "", 4, 100, nil, 40},
}

func wholeJSON(data []byte) error {
	if !json.Valid(data) {
		return fmt.Errorf("%d bytes that are no JSON: %.40q", len(data), data)
	}
	return nil
}

const perKill = 100000 // saves of a writer that will be killed: more than it has time for

// enough is how many looks each loop must have had at the file of a storm.
const enough = 10000

// Many processes save at once, each something of its own: nothing is lost, and
// a reader never finds the file missing or torn. A storm that was over before
// there were enough looks is followed by another.
func TestStormOfWriters(t *testing.T) {
	for _, s := range storms {
		t.Run(s.kind, func(t *testing.T) {
			saves := s.saves
			if testing.Short() {
				saves = max(saves/10, 6)
			}
			var stats, reads int64
			for round := 1; ; round++ {
				w := storm(t, s, saves)
				if s.whole == nil || testing.Short() {
					return
				}
				stats, reads = stats+w.stats, reads+w.reads
				if stats >= enough && reads >= enough {
					tell(t, "%d storms of %s: %d stats, 0 missing; %d reads, 0 torn", round, s.kind, stats, reads)
					return
				}
				if round == 20 || t.Failed() {
					t.Fatalf("too few looks to tell: %d stats, %d reads", stats, reads)
				}
			}
		})
	}
}

// storm lets writers loose on a new file and judges what is left.
func storm(t *testing.T, s stormKind, saves int) *watched {
	t.Helper()
	path, w := s.begin(t)
	var writers []*process
	for who := range s.writers {
		writers = append(writers, start(t, s.kind, path, who, 0, saves))
	}
	for who, p := range writers {
		if acked, err := p.end(); err != nil || len(acked) != saves {
			t.Errorf("writer %d: %d of %d acknowledged: %v", who, len(acked), saves, err)
		}
	}
	looks := w.end(t)
	got := len(kept(t, s.kind, path))
	if got != s.writers*saves {
		t.Errorf("%d kept, want %d", got, s.writers*saves)
	}
	tell(t, "storm of %s: %d processes × %d saves: %d of %d kept; %s", s.kind, s.writers, saves, got, s.writers*saves, looks)
	clean(t, path)
	return w
}

// begin makes the file of a storm, if it is one that is replaced, and watches it.
func (s stormKind) begin(t *testing.T) (path string, w *watched) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "file.json")
	if s.whole == nil {
		return path, nil
	}
	put(t, filepath.Dir(path), map[string]string{"file.json": s.empty})
	return path, watch(path, s.whole)
}

// Writers are killed at random: what was acknowledged is there, the file is
// whole, and what the dead left is swept.
func TestStormOfKills(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	for _, s := range storms {
		t.Run(s.kind, func(t *testing.T) {
			rounds := s.rounds
			if testing.Short() {
				rounds = 4
			}
			path, w := s.begin(t)
			acked, kills := map[string]bool{}, 0
			for round := range rounds {
				for who, p := range startKilled(t, s.kind, path, round, random) {
					numbers, err := p.end()
					if err != nil && !killed(err) {
						t.Errorf("round %d, seed %d: %v", round, seed, err)
					}
					if killed(err) {
						kills++
					}
					for _, n := range numbers {
						acked[fmt.Sprintf("%d-%d", who, n)] = true
					}
				}
			}
			looks := w.end(t)
			names := kept(t, s.kind, path)
			lost := 0
			for name := range acked {
				if !names[name] {
					lost++
				}
			}
			if lost > 0 || kills < rounds/2 {
				t.Errorf("seed %d: %d acknowledged saves are lost, %d kills", seed, lost, kills)
			}
			tell(t, "kills of %s: %d kills, %d saves acknowledged, %d lost; %s", s.kind, kills, len(acked), lost, looks)
			clean(t, path)
		})
	}
}

// startKilled starts two writers, each of which is killed before it can end.
func startKilled(t *testing.T, kind, path string, round int, random *rand.Rand) (writers []*process) {
	t.Helper()
	for who := range 2 {
		p := start(t, kind, path, who, round*perKill, perKill)
		go p.killAfter(time.Duration(random.IntN(100)) * time.Millisecond)
		writers = append(writers, p)
	}
	return writers
}

func killed(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == -1
}

// clean sweeps the directory and checks that only the file and its versions are
// left.
func clean(t *testing.T, path string) {
	t.Helper()
	swept(t, filepath.Dir(path))
	filepath.WalkDir(filepath.Dir(path), func(p string, d fs.DirEntry, err error) error {
		if name := d.Name(); !d.IsDir() && name != "file.json" && !strings.HasPrefix(name, "file.json.bak") {
			t.Errorf("%s is left", name)
		}
		return err
	})
}

// tell prints a line of counts, and adds it to the report of the whole run.
func tell(t *testing.T, format string, args ...any) {
	t.Helper()
	line := fmt.Sprintf(format, args...)
	t.Log(line)
	report := os.Getenv("WHOLLY_REPORT")
	if report == "" {
		return
	}
	f, err := os.OpenFile(report, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintln(f, "agent: "+line); err != nil {
		t.Fatal(err)
	}
}
