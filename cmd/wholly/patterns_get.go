package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent/pattern"
)

func (a *app) patternsGet() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "get FILE SITE [TYPE]",
		Short: "Print what is known about a site",
		Long: `Print the actions that worked on SITE, a URL or a domain: of one pattern TYPE, or
of all. What failed last is not offered, unless it is asked for by its TYPE.`,
		Example: `  wholly patterns get patterns.json https://www.example.com/cart
  wholly patterns get patterns.json example.com cookie_consent`,
		ValidArgsFunction: completeFirst,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 || len(args) > 3 {
				return fmt.Errorf("FILE, SITE and perhaps a TYPE are wanted, got %d arguments", len(args))
			}
			return fileName(args[0])
		},
	}
	exits(cmd, "0", "printed", "1", "nothing is known, or FILE is not valid", "3", "it failed")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		f, path, r, err := a.loadPatterns(args[:1])
		if err != nil {
			return err
		}
		domain, err := pattern.NormalizeDomain(args[1])
		if err != nil {
			return usagef("%q is no site: %w", args[1], err)
		}
		got := struct {
			Path      string         `json:"path"`
			Domain    string         `json:"domain"`
			Patterns  []entryJSON    `json:"patterns"`
			Recovered *recoveredJSON `json:"recovered,omitempty"`
		}{path, domain, []entryJSON{}, r}
		if len(args) == 3 {
			if e, ok := f.Lookup(args[1], args[2]); ok {
				got.Patterns = append(got.Patterns, entryOf(domain, args[2], e))
			}
		} else {
			for kind, e := range f.Offered(args[1]) {
				got.Patterns = append(got.Patterns, entryOf(domain, kind, e))
			}
		}
		err = a.answer(got, func(out io.Writer) {
			for _, e := range got.Patterns {
				fmt.Fprintf(out, "%s, last success %s, %s:\n", cell(e.Type), date(e.LastSuccess), works(e.Success))
				for i, action := range e.Actions {
					fmt.Fprintf(out, "  %d. %s\n", i+1, shown(action))
				}
			}
		})
		if err == nil && len(got.Patterns) == 0 {
			a.note("nothing is known about %s", shown(domain))
			return errNo
		}
		return err
	}
	return cmd
}
