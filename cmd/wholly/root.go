package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// app is what every verb is given: the streams, and how to answer.
type app struct {
	in      *os.File
	out     *bufio.Writer // the answer
	stdout  io.Writer     // where it goes
	talk    io.Writer     // notes, progress and errors
	json    bool
	verb    string // as the user named it
	path    string // FILE or DIR, for errors that do not name one
	started bool   // arguments were understood: later errors are not about usage
}

// run carries out one command line and returns its exit code.
func run(ctx context.Context, args []string, in *os.File, out, talk io.Writer) int {
	a := &app{in: in, out: bufio.NewWriter(answers{out}), stdout: out, talk: talk}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(a.out)
	root.SetErr(talk)
	err := root.ExecuteContext(ctx)
	if err != nil && !a.started {
		a.verb = verbOf(root, args)
		err = &usageError{err}
		a.json = a.json || slices.Contains(args, "--json")
	}
	unsaid := a.out.Flush()
	if unsaid != nil && (err == nil || err == errNo && !isClosedPipe(unsaid)) {
		err = unsaid // a no that nobody could read is not an answer
	}
	return a.fail(err)
}

// verbOf names the verb that args begin, for an error about its usage.
func verbOf(root *cobra.Command, args []string) string {
	cmd, _, err := root.Find(args)
	if err != nil {
		return ""
	}
	return verbName(cmd)
}

// verbName is "write" or "state merge".
func verbName(cmd *cobra.Command) string {
	_, verb, _ := strings.Cut(cmd.CommandPath(), " ")
	return verb
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "wholly",
		Short: "Files written wholly, or not at all",
		Long: `wholly replaces files wholly, or not at all: after an error, a kill or a power
cut a file holds its complete old or its complete new content.`,
		Example: `  produce | wholly write --keep 3 --check json state.json
  wholly restore state.json 1`,
		RunE: func(*cobra.Command, []string) error {
			return usagef("a verb is wanted")
		},
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRun: func(cmd *cobra.Command, args []string) {
			a.started = true
			a.verb = verbName(cmd)
			if len(args) > 0 {
				a.path = args[0]
			}
		},
	}
	exits(root, "0", "yes, done", "1", "the answer is no", "3", "it failed",
		"4", "busy, or changed by someone else", "130", "interrupted")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "answer, and errors, as one JSON object on one line")
	root.PersistentFlags().BoolP("help", "h", false, "show this help")
	root.AddGroup(
		&cobra.Group{ID: groupFile, Title: "Files and directories:"},
		&cobra.Group{ID: groupAgent, Title: "The files of browser agents:"},
		&cobra.Group{ID: groupSource, Title: "Source code:"},
		&cobra.Group{ID: groupTool, Title: "This tool:"},
	)
	root.SetHelpCommandGroupID(groupTool)
	root.SetCompletionCommandGroupID(groupTool)
	root.AddCommand(
		a.write(), a.read(), a.versions(), a.diff(), a.restore(),
		a.patterns(), a.state(), a.session(), a.history(), a.conversation(),
		a.audit(), a.sweep(), a.doctor(), a.version(), a.man(),
	)
	root.SetHelpTemplate(helpTemplate)
	root.SetHelpCommand(helpCommand(root))
	root.InitDefaultCompletionCmd()
	dressCompletion(root)
	return root
}

const (
	groupFile   = "file"
	groupAgent  = "agent"
	groupSource = "source"
	groupTool   = "tool"
)
