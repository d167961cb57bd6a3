package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// stateRemaking makes another state of FILE, for OUT, FILE itself or standard
// output: `wholly state convert` and `wholly state redact`.
type stateRemaking struct {
	*app
	policy  wholly.Policy
	inPlace bool
	live    bool // what is made still holds live logins
	reveal  bool
	remake  func(*storagestate.State) (*storagestate.State, storagestate.Report)
}

func (a *app) stateConvert() *cobra.Command {
	r := stateRemaking{app: a, policy: agent.Private(), live: true}
	cmd := &cobra.Command{
		Use:   "convert FILE [OUT]",
		Short: "Write a state as another program writes it",
		Long: `Write the state in FILE, or in standard input for -, as another program does: to
OUT, whole and for its owner alone, or to standard output. What the other has no
word for is told. The values in it are live logins.`,
		Example: `  wholly state convert --to playwright storage_state.json playwright_state.json
  wholly state convert --to browser-use playwright_state.json | jq .cookies`,
		Args:              sourceAndOut,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "written", "1", "FILE is not valid, and so is every earlier version", "3", "it failed; OUT is as it was",
		"4", "busy", "130", "interrupted; OUT is as it was")
	f := cmd.Flags()
	f.SortFlags = false
	to := dialectFlag(cmd, "to", "playwright, browser-use or list, a bare list of cookies; must be given",
		storagestate.BrowserUse, storagestate.Playwright, storagestate.BareList)
	f.BoolVar(&r.inPlace, "in-place", false, "convert FILE itself, under its lock")
	keep := keepFlag(cmd)
	wait := waitFlag(cmd)
	f.BoolVar(&r.reveal, "reveal", false, "print to a terminal, and with --json, all the same")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if to.word == "" {
			return usagef("--to is wanted: which dialect?")
		}
		r.policy.Keep, r.policy.Wait = int(*keep), wait.limit()
		r.remake = func(s *storagestate.State) (*storagestate.State, storagestate.Report) {
			return storagestate.Convert(s, to.value)
		}
		return r.run(cmd.Context(), args)
	}
	return cmd
}

// remadeJSON is the answer of convert and redact.
type remadeJSON struct {
	Path    string               `json:"path"`
	Out     string               `json:"out"` // "" for standard output
	Dialect storagestate.Dialect `json:"dialect"`
	Size    int                  `json:"size"`
	Written bool                 `json:"written"`
	changeCounts
	Unchanged int                   `json:"unchanged"`
	Changes   []storagestate.Change `json:"changes"`
	Still     []string              `json:"still"` // redact --in-place: names beside FILE that hold the secrets
	Content   *string               `json:"content,omitempty"`
	Recovered *recoveredJSON        `json:"recovered,omitempty"`
}

func (r *stateRemaking) run(ctx context.Context, args []string) error {
	if err := r.understand(args); err != nil {
		return err
	}
	got := remadeJSON{Path: args[0], Still: []string{}}
	if r.inPlace {
		got.Out = args[0]
		return r.change(ctx, got)
	}
	s, rec, err := r.loadState(ctx, args[0])
	if err != nil {
		return err
	}
	made, report := r.remake(s)
	text, err := encoded(made)
	if err != nil {
		return err
	}
	got.Recovered = rec
	got.tell(report, made, len(text))
	if len(args) == 1 {
		return r.print(got, text)
	}
	got.Out, got.Written = args[1], true
	if _, err := r.policy.WriteFrom(ctx, args[1], bytes.NewReader([]byte(text)), 0o600); err != nil {
		return err
	}
	return r.answer(got, got.print)
}

// understand refuses what would overwrite FILE by accident, or show live logins
// to whoever looks at the screen.
func (r *stateRemaking) understand(args []string) error {
	switch {
	case r.inPlace && len(args) == 2:
		return usagef("--in-place changes FILE: leave OUT out")
	case r.inPlace && args[0] == "-":
		return usagef("--in-place wants the name of a file, not -")
	case len(args) == 1 && !r.inPlace && !r.json && r.live && !r.reveal && onScreen():
		return usagef("the state holds live logins: give OUT or redirect, or --reveal to print it to the terminal")
	case len(args) == 1 || args[0] == "-":
		return nil
	}
	same, err := sameState(args[0], args[1])
	if err == nil && same {
		return usagef("OUT is FILE: give --in-place and leave OUT out if that is meant")
	}
	return err
}

func onScreen() bool { return term.IsTerminal(int(os.Stdout.Fd())) }

// tell fills in what became of the state.
func (got *remadeJSON) tell(report storagestate.Report, made *storagestate.State, size int) {
	got.changeCounts, got.Unchanged, got.Changes = countsOfReport(report), report.Unchanged, changesOf(report)
	got.Dialect, got.Size = made.Dialect(), size
}

// print writes the state to standard output; what it lost is talk then.
func (r *stateRemaking) print(got remadeJSON, text string) error {
	if !r.live || r.reveal {
		got.Content = &text
	}
	printLosses(r, got)
	return r.answer(got, func(out io.Writer) { io.WriteString(out, text) })
}

func printLosses(r *stateRemaking, got remadeJSON) {
	for _, c := range got.Changes {
		r.note("%s: %s: %s", c.Action, shown(c.Item.String()), shown(c.Reason))
	}
}

func encoded(s *storagestate.State) (string, error) {
	var b strings.Builder
	err := storagestate.Encode(&b, s)
	return b.String(), err
}

// change remakes FILE itself.
func (r *stateRemaking) change(ctx context.Context, got remadeJSON) error {
	_, rec, err := r.loadState(ctx, got.Path) // or a name that was mistyped would become a new file
	if err != nil {
		return err
	}
	doc, err := agent.StateWith(r.policy, got.Path, storagestate.Unknown)
	if err != nil {
		return err
	}
	_, err = doc.Update(ctx, func(s *storagestate.State) error {
		before, err := encoded(s)
		if err != nil {
			return err
		}
		made, report := r.remake(s)
		after, err := encoded(made)
		if err != nil {
			return err
		}
		*s = *made
		got.tell(report, made, len(after))
		got.Written = before != after // if not, nothing is written
		return nil
	})
	if got.Recovered, err = r.recovered(err); err != nil {
		return asGiven(got.Path, doc, err)
	}
	if got.Recovered == nil {
		got.Recovered = rec
	}
	if err := r.findSecrets(&got, doc); err != nil {
		return err
	}
	return r.answer(got, got.print)
}

// findSecrets tells which files beside a redacted one are not.
func (r *stateRemaking) findSecrets(got *remadeJSON, doc *stateDoc) error {
	if r.live {
		return nil
	}
	for info, err := range doc.Versions() {
		if err == nil && info.Number > 0 {
			got.Still = append(got.Still, info.Name)
		}
	}
	beside, err := remnants(doc.Path())
	for _, f := range beside {
		got.Still = append(got.Still, f.name)
	}
	for _, name := range got.Still {
		r.note("%s, beside it, may hold the secrets still", shown(name))
	}
	return err
}

func (got remadeJSON) print(out io.Writer) {
	written := "nothing to write"
	if got.Written {
		written = "written, durable"
	}
	line := fmt.Sprintf("%s: %s, %s, %s", shown(got.Out), got.Dialect, bytesText(int64(got.Size)), written)
	if len(got.Changes) > 0 {
		line += "; " + got.changeCounts.String()
	}
	fmt.Fprintln(out, line)
	printChanges(out, got.Changes)
}
