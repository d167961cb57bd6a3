package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent/pattern"
)

func (a *app) patternsWorkflows() *cobra.Command {
	cmd := &cobra.Command{
		Use:               "workflows [FILE [SITE]]",
		Short:             "Print the workflows, step by step",
		Long:              "Print the workflows in FILE step by step: all of them, or those of SITE, a URL\nor a domain.",
		Example:           "  wholly patterns workflows patterns.json example.com",
		Args:              perhaps(2),
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "printed", "1", "there are none, or FILE is not valid", "3", "it failed")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		f, path, r, err := a.loadPatterns(args[:min(1, len(args))])
		if err != nil {
			return err
		}
		got := struct {
			Path      string         `json:"path"`
			Workflows []workflowJSON `json:"workflows"`
			Recovered *recoveredJSON `json:"recovered,omitempty"`
		}{path, nil, r}
		_, got.Workflows = everything(f)
		if len(args) == 2 {
			domain, err := pattern.NormalizeDomain(args[1])
			if err != nil {
				return usagef("%q is no site: %w", args[1], err)
			}
			got.Workflows = slices.DeleteFunc(got.Workflows, func(w workflowJSON) bool {
				return w.Domain != domain && w.Domain != args[1]
			})
		}
		err = a.answer(got, func(out io.Writer) {
			for _, w := range got.Workflows {
				w.print(out)
			}
		})
		if err == nil && len(got.Workflows) == 0 {
			a.note("there are no workflows")
			return errNo
		}
		return err
	}
	return cmd
}

func (w workflowJSON) print(out io.Writer) {
	fmt.Fprintf(out, "%s on %s, last success %s, %s: %s\n", cell(w.ID), cell(w.Domain), date(w.LastSuccess), works(w.Success), shown(w.Description))
	for i, s := range w.Steps {
		fmt.Fprintf(out, "  %d. %s\n     when: %s\n     why:  %s\n", i+1, shown(s.Action), shown(s.EnvironmentState), shown(s.Reasoning))
	}
}
