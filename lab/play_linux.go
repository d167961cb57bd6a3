package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/lab/internal/mark"
	"github.com/wholly-go/wholly/lab/internal/play"
)

// playVerb is the child that works while its writes are recorded.
func playVerb() *cobra.Command { return play.Command() }

func contentVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "content GENERATION SIZE",
		Short: "Print a content that knows its generation, for a workload of yours",
		Long: `Print SIZE bytes that begin with a line which names GENERATION and SIZE, hold no
zero byte, and are the same each time. A workload that saves such contents needs
no sums in its marks; see lab cut --help.`,
		Example: `  lab content 3 4096 > state.new`,
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			gen, err := strconv.Atoi(args[0])
			if err != nil {
				return usage(fmt.Errorf("generation: %w", err))
			}
			size, err := strconv.Atoi(args[1])
			if err != nil || size < mark.Smallest || size > mark.Largest {
				return usage(fmt.Errorf("size %s: want %d to %d bytes", args[1], mark.Smallest, mark.Largest))
			}
			_, err = cmd.OutOrStdout().Write(mark.Content(gen, size))
			return err
		},
	}
}

// workload is one line of "lab workloads".
type workload struct {
	Name    string `json:"name"`
	Group   string `json:"group"`
	Title   string `json:"title"`
	Calls   string `json:"calls"`
	Promise string `json:"promise"`
	Durable bool   `json:"durable"`
	Missing string `json:"missing"` // why it cannot run here, empty if it can
}

func workloadsVerb() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "workloads",
		Short: "List what can be cut, and what it promises",
		Long: `List the workloads of lab cut and lab peers: whose they are, in which order they
sync and rename (F fsync, R rename, D fsync of the directory, L link), and what
they promise.`,
		Example: `  lab workloads
  lab workloads --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			if asJSON {
				return json.NewEncoder(out).Encode(struct {
					Workloads []workload `json:"workloads"`
				}{workloads()})
			}
			table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "NAME\tGROUP\tCALLS\tPROMISE")
			for _, w := range workloads() {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", w.Name, w.Group, w.Calls, w.Promise)
				if w.Missing != "" {
					fmt.Fprintf(table, "\t\t\tcannot run here: %s\n", w.Missing)
				}
			}
			return table.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer as one JSON object on one line")
	return cmd
}

func workloads() (all []workload) {
	for _, p := range play.All() {
		w := workload{Name: p.Name, Group: p.Group.String(), Title: p.Title, Calls: p.Calls, Promise: p.Promise, Durable: p.Durable}
		if p.Missing != nil && p.Group != play.Peer { // a peer would be fetched to find out
			if err := p.Missing(); err != nil {
				w.Missing = err.Error()
			}
		}
		all = append(all, w)
	}
	return all
}
