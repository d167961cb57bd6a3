package main

import (
	"fmt"
	"slices"

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
