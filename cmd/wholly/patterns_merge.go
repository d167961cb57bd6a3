package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/agent/pattern"
)

// patternsMerging is one `wholly patterns merge`.
type patternsMerging struct {
	*app
	policy wholly.Policy
	run    string // the history of the run that the patterns come from
	force  bool
}

func (a *app) patternsMerge() *cobra.Command {
	m := patternsMerging{app: a, policy: agent.Private()}
	cmd := &cobra.Command{
		Use:   "merge FILE FROM...",
		Short: "Take what sessions have learned into FILE",
		Long: `Take the patterns and workflows of each FROM, a session's document or - for
standard input, into FILE, dated today. All of it is one write, under the lock
of FILE: nothing that others merge meanwhile is lost. A failure never takes the
place of a success. A FROM that is not valid is skipped, and said.`,
		Example: `  wholly patterns merge patterns.json session_patterns.json
  wholly patterns merge --history AgentHistory.json patterns.json session.json`,
		ValidArgsFunction: nil,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return fmt.Errorf("FILE and at least one FROM are wanted, got %d arguments", len(args))
			}
			return fileName(args[0])
		},
	}
	exits(cmd, "0", "FILE holds all of it", "1", "a FROM or FILE is not valid, or the run did not succeed (--history)",
		"3", "it failed; FILE is as it was", "4", "busy", "130", "interrupted; FILE is as it was")
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&m.run, "history", "", "merge only if the run in this history `file` is done and successful")
	f.BoolVar(&m.force, "force", false, "merge whatever the history says")
	keep := keepFlag(cmd)
	wait := waitFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		m.policy.Keep, m.policy.Wait = int(*keep), wait.limit()
		return m.merge(cmd.Context(), args[0], args[1:])
	}
	return cmd
}

// keepFlag is --keep for documents, which keep one version unless told.
func keepFlag(cmd *cobra.Command) *keep {
	k := keep(agent.Private().Keep)
	cmd.Flags().Var(&k, "keep", "earlier versions to keep beside FILE")
	return &k
}

type patternsMergedJSON struct {
	Path      string         `json:"path"`
	Patterns  int            `json:"patterns"`
	Workflows int            `json:"workflows"`
	Written   bool           `json:"written"`
	Items     []patternItem  `json:"items"`
	Ignored   []ignoredJSON  `json:"ignored"`
	Refused   string         `json:"refused,omitempty"`
	Recovered *recoveredJSON `json:"recovered,omitempty"`
}

type patternItem struct {
	Kind    string `json:"kind"` // pattern or workflow
	Domain  string `json:"domain"`
	Name    string `json:"name"`
	Outcome string `json:"outcome"`
	Why     string `json:"why,omitempty"`
}

type ignoredJSON struct {
	From string `json:"from"`
	Why  string `json:"why"`
}

func (m *patternsMerging) merge(ctx context.Context, name string, from []string) error {
	doc, err := m.patternsFile(m.policy, []string{name})
	if err != nil {
		return err
	}
	got := patternsMergedJSON{Path: name, Items: []patternItem{}, Ignored: []ignoredJSON{}}
	if got.Refused, err = m.gate(ctx); err != nil {
		return err
	}
	if got.Refused != "" {
		if err := m.answer(got, got.print); err != nil {
			return err
		}
		return errNo
	}
	sessions := make([][]byte, len(from))
	for i, f := range from {
		if sessions[i], err = m.source(ctx, f); err != nil {
			return err
		}
	}
	err = m.narrows(name, doc.Path(), func() error {
		_, err := doc.Update(ctx, func(f *pattern.File) error {
			got.take(f, from, sessions, time.Now().Format(time.DateOnly))
			if !got.Written {
				return wholly.ErrUnchanged
			}
			return nil
		})
		return err
	})
	if got.Recovered, err = m.recovered(err); err != nil {
		return err
	}
	if err := m.answer(got, got.print); err != nil {
		return err
	}
	for _, i := range got.Ignored {
		m.note("%s was skipped: %s", shown(i.From), shown(i.Why))
	}
	if len(got.Ignored) > 0 {
		return errNo
	}
	return nil
}

// gate says why the session's patterns are not to be merged; "" if they are.
func (m *patternsMerging) gate(ctx context.Context) (why string, err error) {
	if m.run == "" {
		return "", nil
	}
	data, err := m.source(ctx, m.run)
	if err != nil {
		return "", err
	}
	h, err := history.Decode(data)
	if err != nil {
		return "", invalid(m.run, err)
	}
	if ok, why := pattern.SaveAllowed(h.Done(), h.Success(), m.force); !ok {
		return why, nil
	}
	return "", nil
}

// take merges the sessions into f, from the start: an update may run again.
func (p *patternsMergedJSON) take(f *pattern.File, from []string, sessions [][]byte, today string) {
	p.Patterns, p.Workflows, p.Written = 0, 0, false
	p.Items, p.Ignored = []patternItem{}, []ignoredJSON{}
	for i, data := range sessions {
		r := f.MergeSession(data, today, pattern.Limits{})
		p.Patterns += r.Patterns
		p.Workflows += r.Workflows
		p.Written = p.Written || r.Changed()
		if r.Ignored != nil {
			p.Ignored = append(p.Ignored, ignoredJSON{from[i], bareReason(r.Ignored)})
		}
		for _, item := range r.Items {
			kind := "pattern"
			if item.Workflow {
				kind = "workflow"
			}
			p.Items = append(p.Items, patternItem{kind, item.Domain, item.Name, item.Outcome.String(), item.Why})
		}
	}
}

// bareReason is the error of a session document, without the name that is said
// beside it anyway.
func bareReason(err error) string {
	var e *wholly.Error
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}

func (p patternsMergedJSON) print(out io.Writer) {
	if p.Refused != "" {
		fmt.Fprintf(out, "%s: nothing merged: %s\n", shown(p.Path), p.Refused)
		return
	}
	written := "nothing to write"
	if p.Written {
		written = "written, durable"
	}
	fmt.Fprintf(out, "%s: %s and %s merged, %s\n", shown(p.Path),
		plural(int64(p.Patterns), "pattern", "patterns"), plural(int64(p.Workflows), "workflow", "workflows"), written)
	for _, i := range p.Items {
		line := fmt.Sprintf("  %-9s %s %s", i.Outcome, cell(i.Domain), cell(i.Name))
		if i.Kind == "workflow" {
			line += " (workflow)"
		}
		if i.Why != "" {
			line += ": " + i.Why
		}
		fmt.Fprintln(out, line)
	}
}
