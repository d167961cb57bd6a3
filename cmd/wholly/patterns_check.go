package main

import (
	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/pattern"
)

func (a *app) patternsCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Say whether FILE is a valid patterns document",
		Long: `Say whether FILE is a valid patterns document, and what in it is odd. Nothing is
recovered or written.`,
		Example:           "  wholly patterns check patterns.json",
		Args:              perhaps(1),
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "valid, nothing odd", "1", "not valid, or something odd", "3", "it failed: there is no FILE, for instance")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		doc, err := a.patternsFile(agent.Private(), args)
		if err != nil {
			return err
		}
		return a.checkFile(a.path, func(data []byte) ([]string, error) {
			f, err := pattern.Codec{Name: doc.Path()}.Decode(data)
			if err != nil {
				return nil, err
			}
			return texts(f.Warnings()), nil
		})
	}
	return cmd
}
