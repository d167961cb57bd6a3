package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/lab/internal/bench"
	"github.com/wholly-go/wholly/lab/internal/report"
	"github.com/wholly-go/wholly/lab/internal/rig"
	"github.com/wholly-go/wholly/lab/internal/screen"
)

// timing is what the flags of "lab bench" say.
type timing struct {
	dir     string
	systems []string
	only    []string
	rounds  int
	quick   bool
	limit   time.Duration
	seed    uint64
	asJSON  bool
	report  string
}

func benchVerb() *cobra.Command {
	t := &timing{}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Time saves against hand-written Go and other libraries, and count what reaches the disk",
		Long: `Put ext4, XFS and btrfs on a loop device over an image on this machine's disk, and
let this library, hand-written Go and other libraries save files there, in turns
and in random order. Printed are the ratio to hand-written Go (os.CreateTemp,
Write, Sync, Close, Rename, Sync of the directory) in the same round, as median
[least..most], and by the save: time, flushes, KiB and write requests of the
device, processor time and allocations.

The image takes up to 3 GiB and must lie on a disk; in memory a flush costs
nothing. A run with figures to publish wants an otherwise idle machine.

The answer is no if a figure cannot be right: a contestant that calls itself
durable and flushes less than the baseline, or one of ours that flushes more.

Cases: 4k, 64k, 1m, 64m (replace one file), files (save 1,000 files one after the
other), writers (32 at once), hot (save one document 100 times).`,
		Example: `  lab bench --report docs/reports         everything, about a quarter of an hour
  lab bench --quick --fs ext4             one file system, Go only, smaller cases
  lab bench --fs xfs --case 4k,writers --rounds 9
  lab bench --for 10m --json > bench.json
  lab bench --dir /mnt/nvme/tmp           on another disk`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if t.quick && !cmd.Flags().Changed("rounds") {
				t.rounds = 3
			}
			return t.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringVar(&t.dir, "dir", "", "where the image lies for the time of the run (default the user's cache, else TMPDIR, else /var/tmp)")
	f.StringSliceVar(&t.systems, "fs", []string{"ext4", "xfs", "btrfs"}, "file systems")
	f.StringSliceVar(&t.only, "case", nil, "cases (default all)")
	f.IntVar(&t.rounds, "rounds", 5, "rounds; the range of a ratio is over them (3 where --quick is given)")
	f.BoolVar(&t.quick, "quick", false, "about a minute on an idle machine: fewer and smaller trials, no 64 MiB, no other languages")
	f.DurationVar(&t.limit, "for", 0, "begin no further case after this long")
	f.Uint64Var(&t.seed, "seed", 0, "order and contents; 0 draws one and prints it")
	f.BoolVar(&t.asJSON, "json", false, "the results as JSON on standard output")
	f.StringVar(&t.report, "report", "", "write the report into this directory, as Markdown and HTML")
	return cmd
}

// run resolves the flags, and with them runs the bench and tells what it gave.
func (t *timing) run(ctx context.Context) error {
	o, err := t.options()
	if err != nil {
		return err
	}
	if lack := rig.MissingMounts(o.Systems...); lack != nil {
		return errNotRun{lack}
	}
	talk := screen.New(os.Stderr)
	talk.Printf("seed %d\n", o.Seed)
	end := follow(talk, &o)
	result, err := bench.Run(ctx, o)
	end()
	if err != nil {
		return err
	}
	return t.tell(ctx, result, o)
}

// follow lets the screen follow the run: how many cases, and inside each how many
// trials.
func follow(talk *screen.Screen, o *bench.Options) (end func()) {
	cases := talk.Begin("cases", len(o.Systems)*len(o.Cases))
	var now *screen.Task
	title, shown := "", 0
	finish := func() {
		if now != nil {
			now.End()
		}
	}
	o.Progress = func(what string, done, total int) {
		if what != title {
			finish()
			title, shown, now = what, 0, talk.Begin(what, total)
		}
		now.Add(done - shown)
		shown = done
	}
	o.Done = func(rig.FS, bench.Case, []bench.Cell) { cases.Add(1) }
	return func() {
		finish()
		cases.End()
	}
}

func (t *timing) options() (o bench.Options, err error) {
	o = bench.Options{Dir: t.dir, Rounds: t.rounds, Quick: t.quick, Limit: t.limit, Seed: t.seed}
	if t.rounds < 1 {
		return o, usage(fmt.Errorf("--rounds %d: at least one is wanted", t.rounds))
	}
	if o.Systems, err = systemsNamed(t.systems); err != nil {
		return o, err
	}
	if o.Cases, err = bench.Pick(bench.Cases(t.quick), t.only); err != nil {
		return o, usage(fmt.Errorf("--case: %w", err))
	}
	if err := reportsIn(t.report); err != nil {
		return o, err
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64N(1 << 32)
	}
	if o.Dir == "" {
		if o.Dir, err = bench.Place(); err != nil {
			return o, err
		}
	}
	o.Contestants, err = bench.Contestants(!t.quick)
	return o, err
}

// tell prints the answer, writes the report, and says by its error whether the
// figures can be right.
func (t *timing) tell(ctx context.Context, r bench.Result, o bench.Options) error {
	if err := t.print(r, o); err != nil {
		return err
	}
	if t.report != "" {
		page := r.Page(asWritten(), o.Cases, titles(o.Systems), report.Machine(ctx))
		if err := report.Write(ctx, t.report, "bench", page); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s/bench.md and bench.html are written\n", t.report)
	}
	doubts := r.Doubts(o.Cases)
	for _, d := range doubts {
		fmt.Fprintln(os.Stderr, "lab: this cannot be right:", d)
	}
	if doubts != nil {
		return errNo
	}
	return nil
}

func (t *timing) print(r bench.Result, o bench.Options) error {
	if t.asJSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	out := screen.New(os.Stderr)
	for _, t := range r.Tables(o.Cases, titles(o.Systems)) {
		fmt.Printf("\n%s\n", t.Title)
		if err := out.Table(os.Stdout, t.Table); err != nil {
			return err
		}
	}
	return nil
}

func titles(systems []rig.FS) map[string]string {
	all := map[string]string{}
	for _, fs := range systems {
		all[fs.Name] = fs.Title
	}
	return all
}
