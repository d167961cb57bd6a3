package main

import (
	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/storagestate"
)

func (a *app) stateRedact() *cobra.Command {
	r := stateRemaking{app: a, policy: agent.Private()}
	r.policy.Keep = 0 // an earlier version would keep what is taken out
	cmd := &cobra.Command{
		Use:   "redact FILE [OUT]",
		Short: "Write a state without its secrets",
		Long: `Write the state in FILE, or in standard input for -, without its secrets: to OUT,
whole and for its owner alone, or to standard output. Values of cookies and of
storage, records of databases, passkeys and what is under unknown keys are
replaced; names, domains and times stay, and the result is a valid state.`,
		Example: `  wholly state redact storage_state.json shareable.json
  wholly state redact --keep-name theme storage_state.json`,
		Args:              sourceAndOut,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "written", "1", "FILE is not valid, and so is every earlier version", "3", "it failed; OUT is as it was",
		"4", "busy", "130", "interrupted; OUT is as it was")
	var o storagestate.RedactOptions
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&o.Keep, "keep-name", nil, "a `name` of a cookie, or a key of storage, whose value stays")
	f.StringVar(&o.Placeholder, "placeholder", "REDACTED", "what stands in the place of each `text`")
	f.BoolVar(&r.inPlace, "in-place", false, "redact FILE itself; the secrets are lost, and no earlier version is kept")
	wait := waitFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r.policy.Wait = wait.limit()
		r.remake = func(s *storagestate.State) (*storagestate.State, storagestate.Report) {
			made := storagestate.Redact(s, o)
			return made, storagestate.Report{Dialect: made.Dialect()}
		}
		return r.run(cmd.Context(), args)
	}
	return cmd
}
