package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/lab/internal/rig"
)

// The exit codes, the same for all verbs.
const (
	exitYes         = 0   // all is as it must be
	exitNo          = 1   // it is not: a bad disk of ours, a blind control
	exitUsage       = 2   // not understood
	exitFailed      = 3   // it could not be found out
	exitInterrupted = 130 // Ctrl-C
)

// errNo is the answer no. What is wrong has been said.
var errNo = errors.New("not as it must be")

// errUsage is a command line that was not understood.
type errUsage struct{ error }

func usage(err error) error { return errUsage{err} }

// run is the whole program: one verb, its answer on stdout, the talk on stderr.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	root := rootVerb()
	root.SetArgs(args)
	return exit(ctx, root.ExecuteContext(ctx))
}

func rootVerb() *cobra.Command {
	root := &cobra.Command{
		Use:   "lab",
		Short: "Cut the power of real file systems, and see what they keep",
		Long: `The lab finds out what ext4, XFS and btrfs really keep of a file when the power
goes, for this library and for others, and what a save costs on them.

It needs Linux, root, FUSE, loop devices and strace. On a machine that lacks
something it says what, and runs nothing; with LAB=require that is a failure.

Exit codes: 0 all is as it must be · 1 it is not · 2 usage · 3 it could not be
found out · 130 interrupted.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.CompletionOptions.HiddenDefaultCmd = true
	for _, verb := range verbs() {
		root.AddCommand(understood(verb))
	}
	return root
}

// understood makes arguments that a verb does not take an error of usage.
func understood(verb *cobra.Command) *cobra.Command {
	check := verb.Args
	verb.Args = func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return usage(err)
		}
		return nil
	}
	return verb
}

// exit says what went wrong, and with which code the program ends.
func exit(ctx context.Context, err error) int {
	var notRun errNotRun
	var wrong errUsage
	switch {
	case err == nil:
		return exitYes
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "lab: interrupted; nothing is left behind")
		return exitInterrupted
	case errors.Is(err, errNo):
		return exitNo
	}
	fmt.Fprintln(os.Stderr, "lab:", err)
	switch {
	case errors.As(err, &notRun) && !rig.Required():
		return exitYes
	case errors.As(err, &wrong) || strings.HasPrefix(err.Error(), "unknown command"): // cobra has no type for it
		return exitUsage
	}
	return exitFailed
}

func verbs() []*cobra.Command {
	return []*cobra.Command{cutVerb(), peersVerb(), eioVerb(), conformVerb(), conformOneVerb(), benchVerb(), workloadsVerb(), contentVerb(), replayVerb(), serveVerb(), playVerb(), saveVerb()}
}
