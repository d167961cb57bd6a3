package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/lab/internal/report"
	"github.com/wholly-go/wholly/lab/internal/rig"
)

// prepared are options for a small run on a disk; the test is left out where
// the machine cannot do it.
func prepared(t *testing.T, ids ...string) Options {
	t.Helper()
	fs, err := rig.Named("ext4")
	must(t, err)
	missing := rig.MissingMounts(fs)
	dir, err := Place()
	if missing = errors.Join(missing, err); missing != nil {
		if rig.Required() {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	cases, err := Pick(Cases(true), ids)
	must(t, err)
	contestants, err := Contestants(false)
	must(t, err)
	dir, err = os.MkdirTemp(dir, "bench-test-")
	must(t, err)
	t.Cleanup(func() { empty(t, dir) })
	return Options{Dir: dir, Systems: []rig.FS{fs}, Cases: cases, Contestants: contestants, Rounds: 3, Quick: true, Seed: 1,
		Progress: func(string, int, int) {}, Done: func(rig.FS, Case, []Cell) {}}
}

// empty fails if the run has left something, and removes the directory.
func empty(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left on the disk: %v, %v", left, err)
	}
	mounts, _ := os.ReadFile("/proc/mounts")
	if strings.Contains(string(mounts), dir) {
		t.Error("something is still mounted")
	}
	devices, _ := filepath.Glob("/sys/block/loop*/loop/backing_file")
	for _, d := range devices {
		if text, _ := os.ReadFile(d); strings.Contains(string(text), dir) {
			t.Errorf("%s still serves %s", d, text)
		}
	}
	if err := os.Remove(dir); err != nil {
		t.Error(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// contestant makes one of a function that works on paths.
func contestant(name string, ours bool, save func(path string, data []byte) error) Contestant {
	return own(name, "F R D", true, func(context.Context, string) (*saver, error) {
		return inProcess(func(t target, data []byte) error { return save(t.path, data) }), nil
	}).as(ours)
}

func (c Contestant) as(ours bool) Contestant { c.Ours = ours; return c }

func cellsByName(r Result, id string) map[string]Cell {
	all := map[string]Cell{}
	for _, c := range r.Cells {
		if c.Case == id {
			all[c.Contestant] = c
		}
	}
	return all
}

// TestAQuickRunCountsWhatIsTrue is a run as "lab bench --quick" does it.
func TestAQuickRunCountsWhatIsTrue(t *testing.T) {
	o := prepared(t, "4k", "writers", "hot")
	begun := time.Now()
	r, err := Run(t.Context(), o)
	must(t, err)
	t.Logf("%d cells in %s, one flush %.0f µs, %s", len(r.Cells), time.Since(begun).Round(time.Second), r.Disk.FlushMicros, r.Disk.Below)
	if len(r.Cells) != len(o.Cases)*len(o.Contestants) {
		t.Errorf("%d cells, want one for each of %d contestants in %d cases", len(r.Cells), len(o.Contestants), len(o.Cases))
	}
	for _, d := range r.Doubts(o.Cases) {
		t.Error(d)
	}
	for _, c := range r.Cells {
		if c.Baseline && c.Ratio != (Range{1, 1, 1}) {
			t.Errorf("the baseline is %+v times as fast as itself in case %s", c.Ratio, c.Case)
		}
		if c.Micros.Min <= 0 || c.CPUMicros <= 0 || c.Allocs <= 0 {
			t.Errorf("%s in case %s took no time, no processor or no memory: %+v", c.Contestant, c.Case, c)
		}
	}
	one := cellsByName(r, "4k")
	hand := one["hand-written Go"]
	if hand.Flushes < 1 || hand.KiB < 4 || hand.Requests < 1 {
		t.Errorf("a durable save by hand has %g flushes, %g KiB, %g requests", hand.Flushes, hand.KiB, hand.Requests)
	}
	for _, name := range []string{"wholly", "wholly, held Dir", "wholly, Keep 1", "renameio + dir fsync"} {
		if got := one[name].Flushes; got != hand.Flushes {
			t.Errorf("%s has %g flushes a save, by hand %g", name, got, hand.Flushes)
		}
	}
	for _, name := range []string{"wholly, Ordered", "renameio", "os.WriteFile"} {
		if got := one[name].Flushes; got >= hand.Flushes {
			t.Errorf("%s has %g flushes a save, as a durable one: it is not", name, got)
		}
	}
	if got := cellsByName(r, "writers")["hand-written Go"]; got.P50 <= got.Micros.Median || got.P99 < got.P50 {
		t.Errorf("one of 32 writers waits p50 %g, p99 %g µs, and a save takes %g µs in all", got.P50, got.P99, got.Micros.Median)
	}
}

func TestAContestantThatIsWrongAboutItselfIsDoubted(t *testing.T) {
	o := prepared(t, "4k")
	o.Contestants = append(o.Contestants[:1],
		contestant("hasty", false, func(path string, data []byte) error {
			return errors.Join(os.WriteFile(path+"~", data, perm), os.Rename(path+"~", path))
		}),
		contestant("twice", true, func(path string, data []byte) error {
			return errors.Join(durable(path, data), durable(path, data))
		}),
		contestant("torn", false, func(path string, data []byte) error { return durable(path, data[1:]) }),
		contestant("broken", false, func(string, []byte) error { return errors.New("out of order") }),
	)
	r, err := Run(t.Context(), o)
	must(t, err)
	doubts := r.Doubts(o.Cases)
	for _, want := range []string{"hasty calls itself durable", "twice has", "torn failed", "broken failed"} {
		found := 0
		for _, d := range doubts {
			if strings.HasPrefix(d, want) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%q is not among the doubts: %q", want, doubts)
		}
	}
	if len(doubts) != 4 {
		t.Errorf("%d doubts, want 4: %q", len(doubts), doubts)
	}
}

// What one contestant leaves unwritten is not in the counts of the next, and
// the first save of each is not timed.
func TestEveryTrialBeginsOnACleanDisk(t *testing.T) {
	o := prepared(t, "4k")
	o.Contestants = o.Contestants[:1]
	alone, err := Run(t.Context(), o)
	must(t, err)
	saves := 0
	o.Contestants = append(o.Contestants, contestant("messy", false, func(path string, data []byte) error {
		saves++
		for i := range 200 {
			if err := os.WriteFile(fmt.Sprintf("%s-%d-%d", path, saves, i), nil, perm); err != nil {
				return err
			}
		}
		return os.WriteFile(path, data, perm)
	}))
	beside, err := Run(t.Context(), o)
	must(t, err)
	if a, b := alone.Cells[0].KiB, beside.Cells[0].KiB; b > a+16 {
		t.Errorf("the baseline writes %g KiB, and %g beside one that leaves much behind", a, b)
	}
	if got := beside.Cells[1].Trials; saves != got+1 {
		t.Errorf("%d saves for %d trials, want one before", saves, got)
	}
}

// durable is F R D.
func durable(path string, data []byte) error {
	f, err := os.Create(path + "~")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close(), os.Rename(path+"~", path), syncDir(filepath.Dir(path)))
}

func TestWhatIsInterruptedLeavesNothing(t *testing.T) {
	o := prepared(t, "files")
	ctx, stop := context.WithCancel(t.Context())
	o.Progress = func(what string, done, _ int) {
		if strings.Contains(what, "ext4") && done > 0 {
			stop() // in the middle of a case, with the file system up
		}
	}
	if _, err := Run(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if ctx.Err() == nil {
		t.Error("it was over before it could be interrupted")
	}
}

func TestAfterTheLimitNoCaseBegins(t *testing.T) {
	o := prepared(t, "4k", "hot")
	o.Limit = time.Nanosecond
	r, err := Run(t.Context(), o)
	must(t, err)
	if len(r.Cells) != 0 || !slices.Equal(r.Missing, []Missing{{"ext4", "4k"}, {"ext4", "hot"}}) {
		t.Errorf("%d cells, missing %v", len(r.Cells), r.Missing)
	}
}

func TestMemoryIsNoDisk(t *testing.T) {
	if _, err := os.Stat("/dev/shm"); err != nil {
		t.Skip("no memory file system here: ", err)
	}
	if _, err := surveyed("/dev/shm", 1); err == nil || !strings.Contains(err.Error(), "--dir") {
		t.Errorf("an image in memory: %v", err)
	}
	dir, err := Place()
	must(t, err)
	if _, err := surveyed(dir, 1<<60); err == nil || !strings.Contains(err.Error(), "room") {
		t.Errorf("an image larger than the disk: %v", err)
	}
}

func TestTheWayToAnotherProcessIsTold(t *testing.T) {
	o := prepared(t, "4k")
	all, err := Contestants(true)
	must(t, err)
	for _, c := range all {
		if c.Name == "Python .bak + fsync" {
			if missing := c.Missing(t.Context()); missing != nil {
				t.Skip(missing)
			}
			o.Contestants = []Contestant{all[0], c}
		}
	}
	if len(o.Contestants) != 2 {
		t.Fatal("there is no Python contestant")
	}
	r, err := Run(t.Context(), o)
	must(t, err)
	c := r.Cells[1]
	if c.Failed != "" || c.InProcess || c.AwayMicros <= 0 || c.AwayMicros >= c.Micros.Median {
		t.Errorf("%s µs away of %v µs: %s", report.Amount(c.AwayMicros), c.Micros, c.Failed)
	}
	if r.Cells[0].AwayMicros != 0 {
		t.Errorf("the baseline is away for %g µs", r.Cells[0].AwayMicros)
	}
}
