package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/wholly-go/wholly/conform"
	"github.com/wholly-go/wholly/lab/internal/compare"
	"github.com/wholly-go/wholly/lab/internal/report"
	"github.com/wholly-go/wholly/lab/internal/rig"
	"github.com/wholly-go/wholly/lab/internal/screen"
)

// conforming is what the flags of "lab conform" say.
type conforming struct {
	peers  []string
	dir    string
	jobs   int
	asJSON bool
	report string
}

func conformVerb() *cobra.Command {
	c := &conforming{}
	cmd := &cobra.Command{
		Use:   "conform",
		Short: "Put this library and others through every case of writing a file",
		Long: `Run the table of package conform for this library, os.WriteFile, and other Go,
Node and Python ways to write a file, where their runtime is there. Printed are a
summary and the table, in Markdown; what differs from this library's decisions
is in bold. A difference is no fault.

Cases that need root, mounts or strace are skipped without them. The packages of
Node peers are fetched by npm into the user's cache, once.

The answer is no if this library does not do what it has decided.`,
		Example: `  lab conform --report docs/reports
  lab conform --peer renameio --peer write-file-atomic
  lab conform --json | jq '.writers[] | {writer, differs}'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&c.peers, "peer", nil, "only this peer beside this library; repeatable")
	f.StringVar(&c.dir, "dir", os.TempDir(), "where the files are written; every user must be able to enter it")
	f.IntVar(&c.jobs, "jobs", runtime.NumCPU(), "writers at a time")
	f.BoolVar(&c.asJSON, "json", false, "all answers as JSON on standard output")
	f.StringVar(&c.report, "report", "", "write the report into this directory, as Markdown and HTML")
	return cmd
}

func (c *conforming) run(ctx context.Context) error {
	if c.jobs < 1 {
		return usage(fmt.Errorf("--jobs %d: at least one is wanted", c.jobs))
	}
	chosen, err := c.contestants()
	if err != nil {
		return usage(fmt.Errorf("--peer: %w", err))
	}
	if err := reportsIn(c.report); err != nil {
		return err
	}
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		return err
	}
	rows, err := c.askAll(ctx, chosen, dir)
	if err != nil {
		return err
	}
	if err := c.tell(ctx, rows); err != nil {
		return err
	}
	return answer(rows)
}

// contestants are this library and the peers that were chosen.
func (c *conforming) contestants() ([]compare.Contestant, error) {
	all := compare.All("")
	if len(c.peers) == 0 {
		return all, nil
	}
	chosen := all[:1:1]
	for _, name := range c.peers {
		p, err := compare.Find(all[1:], name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

// askAll runs the table for all, several at a time; the first error ends it.
func (c *conforming) askAll(ctx context.Context, all []compare.Contestant, dir string) ([]compare.Row, error) {
	command, err := self("conform-one")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	task := screen.New(os.Stderr).Begin("writers", len(all))
	defer task.End()
	rows, free := make([]compare.Row, len(all)), make(chan struct{}, c.jobs)
	var work sync.WaitGroup
	for i, one := range all {
		free <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		work.Go(func() {
			defer func() { <-free }()
			task.Note(one.Name)
			var err error
			if rows[i], err = one.Run(ctx, command, dir); err != nil {
				stop(err)
			}
			task.Add(1)
		})
	}
	work.Wait()
	return rows, context.Cause(ctx)
}

func (c *conforming) tell(ctx context.Context, rows []compare.Row) error {
	print := printTable
	if c.asJSON {
		print = printJSON
	}
	if err := print(rows); err != nil {
		return err
	}
	if c.report == "" {
		return nil
	}
	page := compare.Page(rows)
	page.Command = asWritten()
	page.Facts = append([]report.Fact{
		{Name: "run as", Value: rows[0].Report.System},
		{Name: "file system", Value: fileSystem(c.dir)},
	}, report.Machine(ctx)...)
	if err := report.Write(ctx, c.report, "conform", page); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s/conform.md and conform.html are written\n", c.report)
	return nil
}

// fileSystem names the file system of dir, for the report is about that.
func fileSystem(dir string) string {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return "unknown"
	}
	names := map[int64]string{
		unix.EXT4_SUPER_MAGIC: "ext4", unix.XFS_SUPER_MAGIC: "XFS", unix.BTRFS_SUPER_MAGIC: "btrfs",
		unix.TMPFS_MAGIC: "tmpfs", unix.OVERLAYFS_SUPER_MAGIC: "overlay",
	}
	if name := names[int64(stat.Type)]; name != "" {
		return name
	}
	return fmt.Sprintf("type %#x of statfs(2)", stat.Type)
}

func printTable(rows []compare.Row) error {
	if err := screen.New(os.Stderr).Table(os.Stdout, compare.Summary(rows)); err != nil {
		return err
	}
	var reports []conform.Report
	for _, r := range rows {
		if r.Missing != "" {
			fmt.Println("not asked:", r.Missing)
			continue
		}
		reports = append(reports, r.Report)
	}
	_, err := fmt.Print("\n", conform.Compare(reports...))
	return err
}

func printJSON(rows []compare.Row) error {
	var out struct {
		Writers []compare.Answers `json:"writers"`
	}
	for _, r := range rows {
		out.Writers = append(out.Writers, r.Answers())
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// answer is no if this library, the first row, differs from what it has
// decided. Where the lab is required, it is an error that something was not run.
func answer(rows []compare.Row) error {
	ours, missing := rows[0], 0
	for _, r := range rows {
		if r.Missing != "" || r.Count(conform.Broken) > 0 {
			missing++
		}
	}
	switch {
	case ours.Count(conform.Differs) > 0:
		return errNo
	case ours.Count(conform.Broken) > 0:
		return errors.New("cases of this library could not be set up")
	case rig.Required() && (missing > 0 || ours.Count(conform.Skipped) > 0):
		return errors.New("cases were not run, and LAB=require says that they must be")
	}
	return nil
}

// conformOneVerb is the process of one contestant. The lab starts it; nobody
// else needs it.
func conformOneVerb() *cobra.Command {
	return &cobra.Command{
		Use:    "conform-one NAME CACHE",
		Short:  "Run the table for one writer in this directory (the lab starts this itself)",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := compare.Find(compare.All(args[1]), args[0])
			if err != nil {
				return usage(err)
			}
			command, err := self("conform-one")
			if err != nil {
				return err
			}
			return c.Serve(cmd.Context(), append(command, args...), os.Stdout)
		},
	}
}
