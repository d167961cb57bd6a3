package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
)

func (a *app) patternsPath() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "path [FILE]",
		Short: "Print which file is meant",
		Long: `Print the file that is read and written: FILE, or $BROWSER_USE_PATTERNS_PATH, or
./patterns/patterns.json; absolute, with a leading ~ and links resolved.`,
		Example:           "  wholly patterns path",
		Args:              perhaps(1),
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "printed; the file need not exist", "3", "it cannot be resolved")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		doc, err := a.patternsFile(agent.Private(), args)
		if err != nil {
			return err
		}
		stamp, err := wholly.Policy{}.Stamp(doc.Path())
		if err != nil {
			return err
		}
		got := struct {
			Path   string `json:"path"`
			Exists bool   `json:"exists"`
		}{doc.Path(), stamp.Exists()}
		return a.answer(got, func(out io.Writer) { fmt.Fprintln(out, shown(got.Path)) })
	}
	return cmd
}
