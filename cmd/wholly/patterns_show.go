package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent/pattern"
)

type patternsJSON struct {
	Path      string         `json:"path"`
	Version   int            `json:"version"`
	Shape     string         `json:"shape"`
	Patterns  []entryJSON    `json:"patterns"`
	Workflows []workflowJSON `json:"workflows"`
	Warnings  []string       `json:"warnings"`
	Recovered *recoveredJSON `json:"recovered,omitempty"`
}

// everything lists the whole document.
func everything(f *pattern.File) (entries []entryJSON, workflows []workflowJSON) {
	entries, workflows = []entryJSON{}, []workflowJSON{}
	for _, domain := range f.Domains() {
		for kind, e := range f.Patterns(domain) {
			entries = append(entries, entryOf(domain, kind, e))
		}
	}
	for _, domain := range f.WorkflowDomains() {
		for id, w := range f.Workflows(domain) {
			workflows = append(workflows, workflowOf(domain, id, w))
		}
	}
	return entries, workflows
}

func (a *app) patternsShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:               "show [FILE]",
		Short:             "List what FILE holds",
		Long:              "List the patterns and workflows in FILE. A missing FILE holds none.",
		Example:           "  wholly patterns show patterns.json",
		Args:              perhaps(1),
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "listed", "1", "FILE is not valid, and so is every earlier version", "3", "it failed")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		f, path, r, err := a.loadPatterns(args)
		if err != nil {
			return err
		}
		all := patternsJSON{Path: path, Version: f.Version(), Shape: f.Shape().String(), Warnings: texts(f.Warnings()), Recovered: r}
		all.Patterns, all.Workflows = everything(f)
		return a.answer(all, all.table)
	}
	return cmd
}

func (p patternsJSON) table(out io.Writer) {
	fmt.Fprintf(out, "%s: version %d (%s), %s, %s\n", shown(p.Path), p.Version, p.Shape,
		plural(int64(len(p.Patterns)), "pattern", "patterns"), plural(int64(len(p.Workflows)), "workflow", "workflows"))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(p.Patterns) > 0 {
		fmt.Fprintln(w, "\ndomain\tpattern\tactions\tlast success\tstate")
	}
	for _, e := range p.Patterns {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", cell(e.Domain), cell(e.Type), len(e.Actions), date(e.LastSuccess), works(e.Success))
	}
	w.Flush()
	if len(p.Workflows) > 0 {
		fmt.Fprintln(w, "\ndomain\tworkflow\tsteps\tlast success\tstate")
	}
	for _, f := range p.Workflows {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", cell(f.Domain), cell(f.ID), len(f.Steps), date(f.LastSuccess), works(f.Success))
	}
	w.Flush()
}

func works(success bool) string {
	if success {
		return "works"
	}
	return "failed"
}

func date(s string) string {
	if s == "" {
		return "never"
	}
	return cell(s)
}

// cell makes a text of somebody else fit for one cell of a table.
func cell(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	if s == "" {
		return "-"
	}
	return shown(s)
}
