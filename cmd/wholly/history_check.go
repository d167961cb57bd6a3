package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/history"
)

func (a *app) historyCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Say whether FILE is a valid history",
		Long: `Say whether FILE, a history file or a log, is valid, and what in it is odd: what
is missing or damaged, what browser-use would refuse, pictures that are gone.
Nothing is recovered or written.`,
		Example:           "  wholly history check AgentHistory.json",
		Args:              oneFile,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "valid, nothing odd", "1", "not valid, or something odd", "3", "it failed: there is no FILE, for instance")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		isLog, err := agent.IsLog(args[0])
		if err != nil {
			return named(args[0], nil, err)
		}
		if isLog {
			return a.checkLog(args[0])
		}
		return a.checkFile(args[0], func(data []byte) ([]string, error) {
			h, err := history.Decode(data)
			if err != nil {
				return nil, err
			}
			return append(texts(history.Check(h)), gone(h)...), nil
		})
	}
	return cmd
}

func (a *app) checkLog(name string) error {
	h := history.New()
	quiet := app{json: true} // what reading would note is in the findings
	t, err := quiet.readLog(name, nil, agent.ReadLog(name), func(s history.Step) error {
		h.Append(s)
		return nil
	})
	if err != nil {
		err = errors.New(bareReason(err))
	}
	findings := append(append(t.lost, t.warnings...), texts(history.Check(h))...)
	return a.checked(name, append(findings, gone(h)...), err)
}

// gone lists the pictures of h that are no longer there.
func gone(h *history.History) []string {
	var findings []string
	for _, path := range h.Screenshots() {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			findings = append(findings, fmt.Sprintf("the picture %s is gone", path))
		}
	}
	return findings
}
