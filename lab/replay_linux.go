package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/lab/internal/cut"
	"github.com/wholly-go/wholly/lab/internal/rig"
	"github.com/wholly-go/wholly/lab/internal/tape"
)

func replayVerb() *cobra.Command {
	var before int
	cmd := &cobra.Command{
		Use:   "replay TAPE [CUT]",
		Short: "Judge a kept recording again, or show one disk of it",
		Long: `Judge every disk of a recording that "lab cut --tapes" has kept, or show one: what
was written and told until the power went, what of it had reached the disk, and
what is found there. A cut is written as the lab prints it.`,
		Example: `  lab replay tapes/lab-ext4-control-bak-1.tape.gz
  lab replay tapes/lab-ext4-control-bak-1.tape.gz 58:57`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return replay(cmd.Context(), args[0])
			}
			c, err := tape.ParseCut(args[1])
			if err != nil {
				return usage(err)
			}
			return show(cmd.Context(), args[0], c, before)
		},
	}
	cmd.Flags().IntVar(&before, "before", 30, "events to show before the cut")
	return cmd
}

// onTape runs do with a lab for the recording.
func onTape(path string, do func(l *cut.Lab, job cut.Job) error) error {
	job, err := cut.JobOf(path)
	if err != nil {
		return err
	}
	return inRoom([]rig.FS{job.FS}, func(room string) error {
		serve, err := self("serve")
		if err != nil {
			return err
		}
		return do(&cut.Lab{Room: room, Serve: serve, Choice: tape.Choice{Subsets: 2, All: 2, Tears: 1}}, job)
	})
}

func replay(ctx context.Context, path string) error {
	return onTape(path, func(l *cut.Lab, job cut.Job) error {
		row, err := l.Again(ctx, job, path)
		if err != nil {
			return err
		}
		fmt.Println(line(row))
		for _, e := range row.Examples {
			fmt.Printf("  cut %s: %s: %s\n", e.Cut, e.Outcome, e.Why)
		}
		if !row.OK() {
			return errNo
		}
		return nil
	})
}

func show(ctx context.Context, path string, c tape.Cut, before int) error {
	return onTape(path, func(l *cut.Lab, job cut.Job) error { return l.Show(ctx, os.Stdout, job, path, c, before) })
}
