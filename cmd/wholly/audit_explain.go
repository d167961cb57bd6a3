package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	auditrule "github.com/wholly-go/wholly/audit/rule"
)

func (a *app) explainRule() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [RULE]",
		Short: "Say what a rule of the audit finds, why it matters, and what to do",
		Long: `Say what a rule of the audit finds, why it matters and what to do, with a bad
and a good example in each language. Without RULE all of them are listed.`,
		Example: `  wholly audit explain missing-file-window`,
		Args:    oneRule,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var words []string
			for _, r := range auditrule.All() {
				words = append(words, cobra.CompletionWithDesc(r.Name, r.Title))
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
	}
	exits(cmd, "0", "said", "3", "it failed")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return a.listRules()
		}
		r, ok := ofComments(args[0])
		if !ok {
			r = explained(auditrule.Named(args[0]))
		}
		return a.answer(r, func(out io.Writer) {
			if ok {
				fmt.Fprintf(out, "# %s\n\n%s. At worst **%s**.\n\n%s\n\nBetter: %s.\n", r.Name, capital(r.Title), r.Worst, r.Reason, r.Advice)
				return
			}
			auditrule.Named(r.Name).Explain(out)
		})
	}
	return cmd
}

// commentRules are about the comments that answer findings. They are no rules
// of the catalogue: nothing is written there.
var commentRules = []ruleJSON{
	{
		Name: "ignore-without-reason", Section: "Comments that answer findings", Worst: "medium", Harm: "untidy",
		Title:    "a comment answers a finding and gives no reason",
		Reason:   "Who reads the line later cannot tell whether the answer still holds, so it does not count: the finding stays.",
		Advice:   "say why it may stay: wholly: ignore[truncate-in-place] rebuilt at every start",
		Examples: []exampleJSON{},
	},
	{
		Name: "ignore-unused", Section: "Comments that answer findings", Worst: "low", Harm: "untidy",
		Title:    "a comment answers a finding that is not there",
		Reason:   "The code was mended, or the comment stands on another line than the finding, where it answers nothing. It would hide the next finding on that line.",
		Advice:   "take the comment away, or put it on the line of the finding or above it",
		Examples: []exampleJSON{},
	},
}

func ofComments(name string) (ruleJSON, bool) {
	i := slices.IndexFunc(commentRules, func(r ruleJSON) bool { return r.Name == name })
	if i < 0 {
		return ruleJSON{}, false
	}
	return commentRules[i], true
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// oneRule wants the name of a rule, or nothing.
func oneRule(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("one RULE is wanted, got %d arguments", len(args))
	}
	if len(args) == 0 || auditrule.Named(args[0]) != nil {
		return nil
	}
	if _, ok := ofComments(args[0]); ok {
		return nil
	}
	if near := nearRules(args[0]); len(near) > 0 {
		return fmt.Errorf("there is no rule %s; near it: %s", shown(args[0]), strings.Join(near, ", "))
	}
	return errors.New("there is no rule " + shown(args[0]) + "; wholly audit explain lists them")
}

// nearRules are those that share a word with name.
func nearRules(name string) []string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r < 'a' || r > 'z' })
	var near []string
	for _, r := range auditrule.All() {
		if slices.ContainsFunc(words, func(w string) bool { return len(w) > 2 && strings.Contains(r.Name, w) }) {
			near = append(near, r.Name)
		}
	}
	return near[:min(len(near), 5)]
}

// ruleJSON is a rule as --json tells it.
type ruleJSON struct {
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Section  string        `json:"section"`
	Worst    string        `json:"worst"`
	Harm     string        `json:"harm"`
	Reason   string        `json:"reason"`
	Advice   string        `json:"advice"`
	Examples []exampleJSON `json:"examples"`
}

type exampleJSON struct {
	Language string `json:"language"`
	Bad      string `json:"bad"`
	Good     string `json:"good"`
}

func explained(r *auditrule.Rule) ruleJSON {
	got := ruleJSON{
		Name: r.Name, Title: r.Title, Section: r.Section, Worst: r.Worst().String(), Harm: r.Harm.String(),
		Reason: r.Reason, Advice: r.Advice, Examples: []exampleJSON{},
	}
	for _, e := range r.Examples {
		got.Examples = append(got.Examples, exampleJSON{string(e.Language), e.Bad, e.Good})
	}
	return got
}

func (a *app) listRules() error {
	all := []ruleJSON{}
	for _, r := range auditrule.All() {
		all = append(all, explained(r))
	}
	all = append(all, commentRules...)
	return a.answer(map[string][]ruleJSON{"rules": all}, func(out io.Writer) {
		section := ""
		for _, r := range all {
			if r.Section != section {
				if section != "" {
					fmt.Fprintln(out)
				}
				section = r.Section
				fmt.Fprintln(out, section)
			}
			fmt.Fprintf(out, "  %-6s  %-28s %s\n", r.Worst, r.Name, r.Title)
		}
	})
}
