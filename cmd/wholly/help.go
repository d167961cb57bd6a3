package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

const (
	exitsKey = "exits"
	alsoKey  = "also" // another usage of a verb that has verbs of its own
)

func annotate(cmd *cobra.Command, key, text string) {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[key] = text
}

// exits notes a verb's exit codes, given as pairs of code and meaning, for its
// help and its man page. Code 2 means the same everywhere.
func exits(cmd *cobra.Command, pairs ...string) {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] > "2" && !strings.Contains(b.String(), "  2  ") {
			fmt.Fprintf(&b, "  %-4s %s\n", "2", "the command line was not understood")
		}
		fmt.Fprintf(&b, "  %-4s %s\n", pairs[i], pairs[i+1])
	}
	annotate(cmd, exitsKey, strings.TrimRight(b.String(), "\n"))
}

// helpTemplate keeps a verb's help on one screen: what it does, its flags, an
// example that can be copied whole, its exit codes.
const helpTemplate = `{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}{{end}}

Usage: {{if index .Annotations "also"}}{{.UseLine}}
       {{.Root.Name}} {{index .Annotations "also"}}
{{- else if .HasAvailableSubCommands}}{{.CommandPath}} VERB{{else}}{{.UseLine}}{{end}}
{{- if .HasAvailableSubCommands}}{{$cmds := .Commands}}
{{- range $group := .Groups}}

{{.Title}}{{range $cmds}}{{if and (eq .GroupID $group.ID) (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}
{{- if not .Groups}}

Commands:{{range $cmds}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{end}}

Flags:
{{.Flags.FlagUsagesWrapped 80 | trimTrailingWhitespaces}}
{{- if .HasExample}}

Example:
{{.Example}}{{end}}
{{- with index .Annotations "exits"}}

Exit codes:
{{.}}{{end}}
`

// helpCommand is cobra's, but an unknown verb is an error.
func helpCommand(root *cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "help [VERB]",
		Short:   "Show the help of a verb",
		Long:    "Show the help of a verb, as its flag --help does.",
		Example: "  wholly help write",
		GroupID: groupTool,
		RunE: func(_ *cobra.Command, args []string) error {
			about, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usagef("there is no verb %q", strings.Join(args, " "))
			}
			return about.Help()
		},
	}
	exits(cmd, "0", "shown", "3", "it failed")
	return cmd
}

// dressCompletion gives cobra's completion command what every verb has.
func dressCompletion(root *cobra.Command) {
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	cmd.Short = "Print a script that completes commands in a shell"
	cmd.Long = cmd.Short + "."
	cmd.Example = "  source <(wholly completion bash)"
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return usagef("a shell is wanted: bash, fish, powershell or zsh")
	}
	exits(cmd, "0", "printed", "3", "it failed")
}
