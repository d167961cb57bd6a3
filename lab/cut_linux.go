package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/lab/internal/cut"
	"github.com/wholly-go/wholly/lab/internal/play"
	"github.com/wholly-go/wholly/lab/internal/rig"
	"github.com/wholly-go/wholly/lab/internal/screen"
	"github.com/wholly-go/wholly/lab/internal/tape"
)

// cutting is what the flags of "lab cut" and "lab peers" say.
type cutting struct {
	systems   []string
	only      []string
	commits   int
	seeds     int
	disks     int
	seed      uint64
	choice    tape.Choice
	small     bool
	limit     time.Duration
	parallel  int
	failFast  bool
	asJSON    bool
	report    string
	tapes     string
	groups    []play.Group
	name      string // of the report
	title     string
	asWritten string // the command, for the report
}

func cutVerb() *cobra.Command {
	c := &cutting{groups: []play.Group{play.Ours, play.Control}, name: "cut", title: "The power-cut lab: wholly"}
	cmd := &cobra.Command{
		Use:   "cut [-- PROGRAM ARGUMENT…]",
		Short: "Cut the power of every workload of ours at every moment, and read what is left",
		Long: `Record each workload several times on each file system, cut the power at every
moment of the recording, mount every disk that may be left, and read its files,
as a stranger and through the library. Ours must be clean, every control bad.

A program of yours can be the workload. It works in the directory $LAB_DIR,
which is its working directory, and tells the lab what it does by lines that it
appends to the file $LAB_MARKS: "begin NAME N" before it saves generation N of
the file NAME, "ack NAME N" when it has been told that this is kept. The content
of a generation is what "lab content N SIZE" prints, or any other, whose SHA-256
then follows as a fourth word. "begin NAME 0" and "start", when the disk has
been synced, say what the file holds before.`,
		Example: `  lab cut                              everything, about half an hour
  lab cut --small                      what CI runs
  lab cut --fs xfs --only 'keep-*'     some workloads on one file system
  lab cut --fs ext4 --tapes tapes -- ./save.sh
                                       a program of yours; recordings are kept`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args) },
	}
	c.flags(cmd, 850)
	return cmd
}

func peersVerb() *cobra.Command {
	c := &cutting{groups: []play.Group{play.Peer, play.Control}, name: "peers", title: "The power-cut lab: other ways to write a file"}
	cmd := &cobra.Command{
		Use:   "peers",
		Short: "The same for other libraries, beside one workload of ours",
		Long: `Put other ways to write a file through the cuts of "lab cut": Go, Node and Python
libraries, where their runtime is there, and the .bak pattern. Each is judged by
what it promises itself.`,
		Example: `  lab peers --report docs/reports
  lab peers --fs ext4 --only 'peer-renameio*'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args) },
	}
	c.flags(cmd, 400)
	return cmd
}

func (c *cutting) flags(cmd *cobra.Command, disks int) {
	f := cmd.Flags()
	f.StringSliceVar(&c.systems, "fs", []string{"ext4", "ext4-wb", "xfs", "btrfs", "ext4-nobar"}, "file systems")
	f.StringSliceVar(&c.only, "only", nil, "workloads, by name or pattern (see lab workloads)")
	f.IntVar(&c.commits, "commits", 6, "saves of each recording")
	f.IntVar(&c.seeds, "seeds", 2, "recordings of each row, at least")
	f.IntVar(&c.disks, "disks", disks, "disks of each row, at least: record again until there are as many")
	f.Uint64Var(&c.seed, "seed", 1, "first seed")
	f.IntVar(&c.choice.Subsets, "subsets", 2, "random subsets of the unflushed writes at each moment")
	f.IntVar(&c.choice.All, "all-subsets", 2, "all subsets while there are no more unflushed writes than this")
	f.IntVar(&c.choice.Tears, "tears", 1, "disks with a torn last write at each moment")
	f.IntVar(&c.choice.Piece, "piece", tape.Block, "bytes of a torn write that stay together")
	f.BoolVar(&c.small, "small", false, "the workloads and the depth of CI")
	f.DurationVar(&c.limit, "for", 0, "begin no further row after this long")
	f.IntVar(&c.parallel, "jobs", 2*runtime.NumCPU(), "rows at a time: they wait more than they work")
	f.BoolVar(&c.failFast, "fail-fast", false, "stop at the first row that is not as it must be")
	f.BoolVar(&c.asJSON, "json", false, "the rows as JSON on standard output")
	f.StringVar(&c.report, "report", "", "write the report into this directory, as Markdown and HTML")
	f.StringVar(&c.tapes, "tapes", "", "keep all recordings in this directory")
}

func (c *cutting) run(cmd *cobra.Command, args []string) error {
	if c.small {
		c.shrink(cmd)
	}
	c.asWritten = asWritten()
	systems, err := systemsNamed(c.systems)
	if err != nil {
		return err
	}
	jobs, err := c.jobs(systems, args)
	if err != nil {
		return usage(err)
	}
	if err := reportsIn(c.report); err != nil {
		return err
	}
	return inRoom(systems, func(room string) error { return c.work(cmd.Context(), room, jobs) })
}

// shrink makes the run as small as CI's; a flag that was given stays.
func (c *cutting) shrink(cmd *cobra.Command) {
	small := func(flag string, set func()) {
		if !cmd.Flags().Changed(flag) {
			set()
		}
	}
	small("fs", func() { c.systems = []string{"ext4", "xfs", "btrfs", "ext4-nobar"} })
	small("commits", func() { c.commits = 4 })
	small("seeds", func() { c.seeds = 1 })
	small("disks", func() { c.disks = 0 })
	small("subsets", func() { c.choice.Subsets = 1 })
	small("all-subsets", func() { c.choice.All = 1 })
}

// jobs are the rows of the run: each workload on each file system. On a file
// system that is a control itself only what must be clean elsewhere is run.
func (c *cutting) jobs(systems []rig.FS, program []string) (jobs []cut.Job, err error) {
	plays, err := c.plays(program)
	if err != nil {
		return nil, err
	}
	for _, p := range plays {
		for _, fs := range systems {
			if fs.Control && (p.Name != play.Usual || len(program) > 0) {
				continue
			}
			jobs = append(jobs, cut.Job{FS: fs, Play: p, Commits: c.commits, Seed: c.seed, Seeds: c.seeds, Disks: c.disks})
		}
	}
	return jobs, nil
}

// ownProgram is a program of the user's as a workload. It is found from here,
// and run in the directory that is cut.
func ownProgram(words []string) ([]play.Play, error) {
	found, err := exec.LookPath(words[0])
	if err == nil {
		found, err = filepath.Abs(found)
	}
	if err != nil {
		return nil, err
	}
	return []play.Play{{Name: filepath.Base(found), Title: strings.Join(words, " "), Group: play.Ours, Durable: true,
		Promise: "returned means kept", Command: append([]string{found}, words[1:]...)}}, nil
}

func (c *cutting) plays(program []string) ([]play.Play, error) {
	if len(program) > 0 {
		return ownProgram(program)
	}
	var chosen []play.Play
	used := map[string]bool{}
	for _, p := range play.All() {
		if len(c.only) == 0 {
			if p.Name == play.Usual || slices.Contains(c.groups, p.Group) && (!c.small || p.Small) {
				chosen = append(chosen, p)
			}
			continue
		}
		for _, pattern := range c.only {
			ok, err := path.Match(pattern, p.Name)
			if err != nil {
				return nil, fmt.Errorf("--only %s: %w", pattern, err)
			}
			if ok {
				used[pattern] = true
				if !slices.ContainsFunc(chosen, func(have play.Play) bool { return have.Name == p.Name }) {
					chosen = append(chosen, p)
				}
			}
		}
	}
	for _, pattern := range c.only {
		if !used[pattern] {
			return nil, fmt.Errorf("--only %s: no workload of that name; lab workloads lists them", pattern)
		}
	}
	return chosen, nil
}

func (c *cutting) work(ctx context.Context, room string, jobs []cut.Job) error {
	lab, err := c.lab(ctx, room, jobs)
	if err != nil {
		return err
	}
	talk := screen.New(os.Stderr)
	results := talk.Above(os.Stdout)
	if c.asJSON {
		results = talk.Above(os.Stderr)
	}
	task := talk.Begin("rows", len(jobs))
	lab.Progress = func(j cut.Job, done, total int) {
		if total == 0 {
			task.Note(fmt.Sprintf("%s on %s: recording", j.Play.Name, j.FS.Name))
		} else {
			task.Note(fmt.Sprintf("%s on %s: %d %%", j.Play.Name, j.FS.Name, 100*done/total))
		}
	}
	var until time.Time
	if c.limit > 0 {
		until = time.Now().Add(c.limit)
	}
	var rows []*cut.Row
	rest, err := lab.Work(ctx, jobs, c.parallel, until, func(r *cut.Row) (goOn bool) {
		rows = append(rows, r)
		task.Add(1)
		fmt.Fprintln(results, line(r))
		return r.OK() || !c.failFast
	})
	task.End()
	if err != nil {
		return err
	}
	order(rows, jobs)
	return c.tell(ctx, rows, rest)
}

// lab is where the jobs are run. The command line is built, if it is cut too;
// where it cannot be, these rows are not run, and say why.
func (c *cutting) lab(ctx context.Context, room string, jobs []cut.Job) (*cut.Lab, error) {
	serve, err := self("serve")
	if err != nil {
		return nil, err
	}
	playing, err := self("play")
	if err != nil {
		return nil, err
	}
	lab := &cut.Lab{Room: room, Serve: serve, Play: playing, Tapes: c.tapes, Choice: c.choice}
	isCLI := func(j cut.Job) bool { return j.Play.CLI }
	if os.Getenv(play.Tool) != "" || !slices.ContainsFunc(jobs, isCLI) {
		return lab, nil
	}
	tool, err := play.Build(ctx, room)
	for i, j := range jobs {
		if j.Play.CLI && err != nil {
			jobs[i].Play.Missing = func() error { return err }
		}
	}
	lab.Env = []string{play.Tool + "=" + tool}
	return lab, nil
}
