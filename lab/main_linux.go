package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// run is the whole program: one verb, its answer on stdout, the talk on stderr.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	root := &cobra.Command{
		Use:           "lab",
		Short:         "Cut the power of real file systems, and see what they keep",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(verbs()...)
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		if ctx.Err() != nil {
			return 130
		}
		return 3
	}
	return 0
}

func verbs() []*cobra.Command { return nil }
