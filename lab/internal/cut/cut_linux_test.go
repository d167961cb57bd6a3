package cut_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/lab/internal/cut"
	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/lab/internal/model"
	"github.com/wholly-go/wholly/lab/internal/platter"
	"github.com/wholly-go/wholly/lab/internal/play"
	"github.com/wholly-go/wholly/lab/internal/rig"
	"github.com/wholly-go/wholly/lab/internal/tape"
)

// TestMain is also the process of a disk and that of a workload.
func TestMain(m *testing.M) {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "serve":
		err = platter.Serve(os.Args[2], os.Stdin, os.Stdout)
	case len(os.Args) == 7 && os.Args[1] == "play":
		commits, _ := strconv.Atoi(os.Args[4])
		seed, _ := strconv.ParseUint(os.Args[6], 10, 64)
		err = play.Main(context.Background(), os.Args[2], os.Getenv("LAB_DIR"), os.Getenv("LAB_MARKS"), commits, seed)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func newLab(t *testing.T, systems ...rig.FS) *cut.Lab {
	t.Helper()
	if lack := rig.Missing(systems...); lack != nil {
		if rig.Required() {
			t.Fatal(lack)
		}
		t.Skip(lack)
	}
	room, leave, err := rig.Room()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := leave(); err != nil {
			t.Error(err)
		}
	})
	return &cut.Lab{Room: room, Serve: []string{os.Args[0], "serve"}, Play: []string{os.Args[0], "play"},
		Choice: tape.Choice{Subsets: 2, All: 2, Tears: 1}}
}

func row(t *testing.T, system string, p play.Play, commits int) *cut.Row {
	t.Helper()
	if testing.Short() {
		t.Skip("mounts hundreds of disks")
	}
	fs, err := rig.Named(system)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newLab(t, fs).Run(t.Context(), cut.Job{FS: fs, Play: p, Commits: commits, Seed: 1, Seeds: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s on %s: %d disks, %d mounted, %d flushes, %v: %s", p.Name, system, r.Disks, r.Mounted, r.Flushes, r.Counts, r.Judgement())
	return r
}

// TestCalibration: what a real file system shows of a workload is among what
// the model allows for it; if not, the model is too kind. And each mistake is
// seen for what it is, or the lab is blind.
func TestCalibration(t *testing.T) {
	var plays []play.Play
	for _, p := range play.All() {
		if p.Model && (p.Group == play.Control || p.Name == play.Usual) {
			plays = append(plays, p)
		}
	}
	if len(plays) < 7 {
		t.Fatalf("only %d workloads run on both", len(plays))
	}
	for _, p := range plays {
		allowed, err := model.Outcomes(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, system := range []string{"ext4", "xfs", "btrfs"} {
			t.Run(p.Name+"/"+system, func(t *testing.T) {
				r := row(t, system, p, 3)
				if !r.OK() {
					t.Errorf("%s: %+v", r.Judgement(), r.Examples)
				}
				for _, wrong := range r.Beyond(allowed.Outcomes()) {
					t.Errorf("%s is seen on %s, and the model does not allow it: %+v", wrong, system, r.Examples)
				}
			})
		}
	}
}

// TestBeyond: an outcome that the model does not allow is noticed; damage below
// the files is not the model's.
func TestBeyond(t *testing.T) {
	r := cut.Row{Examples: []cut.Example{{Outcome: "empty"}, {Outcome: "torn"}, {Outcome: "unmountable"}}}
	if got := r.Beyond([]judge.Outcome{judge.Empty, judge.Lost}); !slices.Equal(got, []string{"torn"}) {
		t.Errorf("beyond the model: %v, want torn", got)
	}
}

// TestWithoutBarriers: where flushes never reach the disk even a correct
// writer must be seen to fail.
func TestWithoutBarriers(t *testing.T) {
	p, err := play.Find(play.Usual)
	if err != nil {
		t.Fatal(err)
	}
	if r := row(t, "ext4-nobar", p, 4); !r.OK() || r.Flushes > 0 {
		t.Errorf("%s, %d flushes", r.Judgement(), r.Flushes)
	}
}

// TestProgramOfTheUsersOwn: a shell script is a workload by its marks alone; one
// that does not sync is caught. One recording in four is spared, because the
// neighbour committed each save before the script had noted it, so that this
// one is a control, which gets further seeds.
func TestProgramOfTheUsersOwn(t *testing.T) {
	script := `printf old > state; echo begin state 0 $(sha256sum < state | cut -c1-64) >> $LAB_MARKS; sync state .; echo start >> $LAB_MARKS
for n in 1 2 3 4; do
	echo content $n > new
	echo begin state $n $(sha256sum < new | cut -c1-64) >> $LAB_MARKS
	%s
	echo ack state $n >> $LAB_MARKS
	sleep 0.005
done`
	for _, p := range []play.Play{
		{Name: "careful", Group: play.Ours, Command: []string{"sync new; mv new state; sync ."}},
		{Name: "careless", Group: play.Control, Command: []string{"mv new state"}, Expect: []judge.Outcome{judge.Lost}},
	} {
		t.Run(p.Name, func(t *testing.T) {
			p.Durable, p.Command = true, []string{"sh", "-euc", fmt.Sprintf(script, p.Command[0])}
			if r := row(t, "ext4", p, 0); !r.OK() || r.Disks < 20 {
				t.Errorf("%s: %+v", r.Judgement(), r.Examples)
			}
		})
	}
}

// TestKeptRecordingShowsTheSame: a recording that is judged again gives the same
// counts, and an example of it can be shown.
func TestKeptRecordingShowsTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("mounts hundreds of disks")
	}
	fs, err := rig.Named("ext4")
	if err != nil {
		t.Fatal(err)
	}
	p, err := play.Find("control-bak")
	if err != nil {
		t.Fatal(err)
	}
	p.Expect = nil // one recording, whatever it shows
	lab := newLab(t, fs)
	lab.Tapes, lab.Choice.Seed = t.TempDir(), 0
	first, err := lab.Run(t.Context(), cut.Job{FS: fs, Play: p, Commits: 2, Seed: 0, Seeds: 1})
	if err != nil {
		t.Fatal(err)
	}
	path := first.Examples[0].Tape
	job, err := cut.JobOf(path)
	if err != nil || job.FS.Name != "ext4" || job.Play.Name != "control-bak" {
		t.Fatalf("the recording is of %s on %s: %v", job.Play.Name, job.FS.Name, err)
	}
	again, err := lab.Again(t.Context(), job, path)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(again.Counts, first.Counts) {
		t.Errorf("judged again: %v, before: %v", again.Counts, first.Counts)
	}
	c, err := tape.ParseCut(again.Examples[0].Cut)
	if err != nil {
		t.Fatal(err)
	}
	var story strings.Builder
	if err := lab.Show(t.Context(), &story, job, path, c, 1000); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"-- begin state 1", "flush", "~~ the power goes ~~", again.Examples[0].Why} {
		if !strings.Contains(story.String(), want) {
			t.Errorf("the story lacks %q:\n%s", want, &story)
		}
	}
}

// TestFailureLeavesNothing: a workload that fails, and one that is stopped, leave
// no mount, no loop device and no process.
func TestFailureLeavesNothing(t *testing.T) {
	fs, err := rig.Named("ext4")
	if err != nil {
		t.Fatal(err)
	}
	lab := newLab(t, fs)
	fails := play.Play{Name: "fails", Command: []string{"sh", "-c", "echo it went wrong >&2; exit 7"}}
	_, err = lab.Run(t.Context(), cut.Job{FS: fs, Play: fails, Seeds: 1})
	if err == nil || !strings.Contains(err.Error(), "it went wrong") {
		t.Errorf("a workload that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	started := filepath.Join(t.TempDir(), "started")
	endless := play.Play{Name: "endless", Command: []string{"sh", "-c", "touch " + started + "; sleep 1000"}}
	go func() {
		for {
			if _, err := os.Stat(started); err == nil {
				cancel()
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	if _, err := lab.Run(ctx, cut.Job{FS: fs, Play: endless, Seeds: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("a workload that is stopped: %v", err)
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mounts), lab.Room) {
		t.Errorf("mounts are left:\n%s", mounts)
	}
	backing, _ := filepath.Glob("/sys/block/loop*/loop/backing_file")
	for _, f := range backing {
		if name, _ := os.ReadFile(f); strings.Contains(string(name), lab.Room) {
			t.Errorf("%s is left on %s", f, name)
		}
	}
}
