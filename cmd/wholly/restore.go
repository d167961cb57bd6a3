package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
)

func (a *app) restore() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore FILE [N]",
		Short: "Make an earlier version of FILE the current one again",
		Long: `Make earlier version N (the newest, 1, unless given) the content of FILE again,
by a safe write. The present content becomes the newest earlier version, so that
the same command takes it back.`,
		Example: `  wholly versions state.json
  wholly restore --check json state.json 2`,
		GroupID:           groupFile,
		Args:              fileAndNumber,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd,
		"0", "FILE holds that version",
		"1", "that version fails its check; FILE is as it was",
		"3", "it failed: there is no such version, for instance",
		"4", "busy, or changed by someone else",
		"130", "interrupted; FILE is as it was")
	var keep keep
	f := cmd.Flags()
	f.SortFlags = false
	check := checkFlag(cmd, "refuse a version that is not: json")
	f.Var(&keep, "keep", "earlier versions to keep beside FILE; 0 keeps all that are there")
	wait := waitFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		n, err := number(args)
		if err != nil {
			return &usageError{err}
		}
		p := wholly.Policy{Keep: int(keep), Check: check.value, Wait: wait.limit()}
		return a.goBack(cmd.Context(), p, args[0], n)
	}
	return cmd
}

func (a *app) goBack(ctx context.Context, p wholly.Policy, name string, n int) error {
	result, err := p.Restore(ctx, name, n)
	if err != nil {
		return err
	}
	return a.answer(writtenJSON(name, result), func(out io.Writer) {
		fmt.Fprintf(out, "%s\n", written(name, result))
	})
}
