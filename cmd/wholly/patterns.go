package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/pattern"
)

func (a *app) patterns() *cobra.Command {
	return family("patterns",
		"The patterns that browser-use has learned",
		`The patterns and workflows that browser-use has learned: patterns.json. Where
FILE may be left out it is $BROWSER_USE_PATTERNS_PATH, else
./patterns/patterns.json.`,
		`  wholly patterns merge patterns.json session_patterns.json
  wholly patterns get patterns.json https://www.example.com/cart`,
		a.patternsShow(), a.patternsGet(), a.patternsMerge(), a.patternsWorkflows(), a.patternsPath(), a.patternsCheck())
}

// patternsFile opens FILE, or the one that browser-use would take.
func (a *app) patternsFile(p wholly.Policy, args []string) (*agent.Doc[*pattern.File], error) {
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	doc, err := agent.PatternsWith(p, name)
	if err == nil && name == "" {
		a.path = doc.Path()
	}
	return doc, err
}

// perhaps wants at most n arguments, the first of which is FILE.
func perhaps(n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > n {
			return fmt.Errorf("at most %s wanted, got %d", plural(int64(n), "argument is", "arguments are"), len(args))
		}
		if len(args) > 0 {
			return fileName(args[0])
		}
		return nil
	}
}

// load reads FILE recoverably and tells what it tolerated.
func (a *app) loadPatterns(args []string) (*pattern.File, string, *recoveredJSON, error) {
	doc, err := a.patternsFile(agent.Private(), args)
	if err != nil {
		return nil, "", nil, err
	}
	f, err := doc.Load()
	r, err := a.recovered(err)
	if err != nil {
		return nil, "", nil, err
	}
	warn(a, a.path, f.Warnings())
	return f, a.path, r, nil
}

type entryJSON struct {
	Domain      string   `json:"domain"`
	Type        string   `json:"type"`
	Actions     []string `json:"actions"`
	LastSuccess string   `json:"last_success"`
	Success     bool     `json:"success"`
}

func entryOf(domain, kind string, e pattern.Entry) entryJSON {
	return entryJSON{domain, kind, slices.Concat([]string{}, e.Actions), e.LastSuccess, !e.Failed}
}

type workflowJSON struct {
	Domain      string     `json:"domain"`
	ID          string     `json:"id"`
	Description string     `json:"description"`
	Steps       []stepJSON `json:"steps"`
	LastSuccess string     `json:"last_success"`
	Success     bool       `json:"success"`
}

type stepJSON struct {
	EnvironmentState string `json:"environment_state"`
	Reasoning        string `json:"reasoning"`
	Action           string `json:"action"`
}

func workflowOf(domain, id string, w pattern.Workflow) workflowJSON {
	out := workflowJSON{domain, id, w.Description, []stepJSON{}, w.LastSuccess, !w.Failed}
	for _, s := range w.Steps {
		out.Steps = append(out.Steps, stepJSON(s))
	}
	return out
}

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
