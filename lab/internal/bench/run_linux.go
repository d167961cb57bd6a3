package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/wholly-go/wholly/lab/internal/rig"
)

// Options say what is run.
type Options struct {
	Dir         string // on a disk, not in memory
	Systems     []rig.FS
	Cases       []Case
	Contestants []Contestant // the baseline first
	Rounds      int
	Quick       bool
	Seed        uint64
	Limit       time.Duration // no case begins after it; 0 is no limit
	// Progress is told what is going on and how many steps of it are done. It is
	// called between trials, never while one is timed.
	Progress func(what string, done, total int)
	// Done is told the results of a case on a file system.
	Done func(fs rig.FS, c Case, cells []Cell)
}

// Run runs every case on every file system. When it returns, also by an error
// or the end of ctx, nothing is mounted, attached or left on the disk.
func Run(ctx context.Context, o Options) (result Result, err error) {
	if err := rig.MissingMounts(o.Systems...); err != nil {
		return Result{}, err
	}
	if err := rig.ReapIn(o.Dir); err != nil {
		return Result{}, err
	}
	dir, leave, err := rig.RoomIn(o.Dir)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, leave()) }()

	r := &runner{Options: o, begun: time.Now(), random: rand.New(rand.NewPCG(o.Seed, 0))}
	r.result = Result{Date: r.begun.UTC().Truncate(time.Second), Kernel: release(), Go: runtime.Version(), CPUs: runtime.NumCPU(), Seed: o.Seed, Rounds: o.Rounds, Quick: o.Quick}
	r.result.Load[0] = load()
	r.present(ctx)
	if err := r.all(ctx, dir); err != nil {
		return Result{}, err
	}
	r.result.Load[1] = load()
	return r.result, nil
}

type runner struct {
	Options
	begun  time.Time
	random *rand.Rand
	result Result
}

// present leaves out who cannot run here.
func (r *runner) present(ctx context.Context) {
	var here []Contestant
	for _, c := range r.Contestants {
		if err := c.Missing(ctx); err != nil {
			r.result.Absent = append(r.result.Absent, Absent{c.Name, err.Error()})
			continue
		}
		here = append(here, c)
	}
	r.Contestants = here
}

func (r *runner) all(ctx context.Context, dir string) error {
	g, err := level(ctx, dir, r.imageSize(), func(done, total int) { r.Progress("MiB of the image", done, total) })
	if err != nil {
		return err
	}
	for _, fs := range r.Systems {
		if err := r.system(ctx, g, fs); err != nil {
			return err
		}
	}
	r.result.Disk = g.disk
	return nil
}

// imageSize is what all contestants need at once, and as much again for the
// file systems to breathe. XFS wants 300 MiB at least.
func (r *runner) imageSize() int64 {
	size := int64(256 * mib)
	for _, c := range r.Cases {
		size = max(size, int64(c.Size)*int64(c.Files)*int64(len(r.Contestants)))
	}
	return 2 * (size + 2*int64(largest(r.Cases)))
}

func largest(all []Case) (size int) {
	for _, c := range all {
		size = max(size, c.Size)
	}
	return size
}

func (r *runner) system(ctx context.Context, g *ground, fs rig.FS) (err error) {
	var f *field
	defer func() {
		if f != nil {
			err = errors.Join(err, f.strike())
		}
	}()
	for _, c := range r.Cases {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.Limit > 0 && time.Since(r.begun) > r.Limit {
			r.result.Missing = append(r.result.Missing, Missing{fs.Name, c.ID})
			continue
		}
		if f == nil {
			if f, err = g.raise(ctx, fs); err != nil {
				return err
			}
		}
		if err := r.race(ctx, f, fs, c); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) race(ctx context.Context, f *field, fs rig.FS, c Case) error {
	what, trials, done := c.Title+" on "+fs.Name, r.Rounds*c.Trials*len(r.Contestants), 0
	r.Progress(what, 0, trials)
	tick := func() {
		done++
		r.Progress(what, done, trials)
	}
	cells, err := (&race{field: f, fs: fs, work: c}).run(ctx, r.Contestants, r.random, r.Rounds, tick)
	if err != nil {
		return err
	}
	r.result.Cells = append(r.result.Cells, cells...)
	r.Done(fs, c, cells)
	return nil
}

func release() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%s %s", unix.ByteSliceToString(u.Sysname[:]), unix.ByteSliceToString(u.Release[:]))
}

// load is what else the machine does: the averages of the last 1, 5 and 15
// minutes.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 3 {
		return "unknown"
	}
	return strings.Join(fields[:3], " ")
}
