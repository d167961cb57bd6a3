package play

import (
	"os"
	"strconv"

	"github.com/spf13/cobra"
)

// Command is the verb that runs a play in this process: the lab's child.
func Command() *cobra.Command {
	var j Job
	cmd := &cobra.Command{
		Use:    "play NAME",
		Short:  "Run a workload in $LAB_DIR, and tell $LAB_MARKS what it does",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			j.Name = args[0]
			return j.Run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&j.Dir, "dir", os.Getenv("LAB_DIR"), "directory to work in")
	f.StringVar(&j.Marks, "marks", os.Getenv("LAB_MARKS"), "file that each mark is appended to")
	f.IntVar(&j.Commits, "commits", 20, "saves to make")
	f.Uint64Var(&j.Seed, "seed", 1, "for pauses and sizes")
	f.IntVar(&j.Size, "size", 0, "bytes of a content (default the workload's own)")
	f.IntVar(&j.Writer, "writer", 0, "a further process of the same workload, which ends with its standard input")
	return cmd
}

// args is the same as a command line.
func (j Job) args() []string {
	return []string{
		"play", j.Name, "--dir", j.Dir, "--marks", j.Marks, "--commits", strconv.Itoa(j.Commits),
		"--seed", strconv.FormatUint(j.Seed, 10), "--size", strconv.Itoa(j.Size), "--writer", strconv.Itoa(j.Writer),
	}
}
