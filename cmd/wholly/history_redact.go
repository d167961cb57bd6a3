package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/history"
)

// redacting is one `wholly history redact`.
type redacting struct {
	*app
	redactor *history.Redactor
	keys     history.Keys
	policy   wholly.Policy
}

func (a *app) historyRedact() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "redact FILE [OUT] --secrets SECRETS",
		Short: "Take secrets out of a history file",
		Long: `Write FILE to OUT, or standard output, with <secret>NAME</secret> in the place
of each secret: in every text, also where it is escaped or percent-encoded. Then
look again: if any is left, in a key say, nothing is written.`,
		Example: `  wholly history redact --secrets secrets.json AgentHistory.json redacted.json
  wholly history redact --secrets secrets.json --in-place AgentHistory.json`,
		ValidArgsFunction: nil,
		Args:              inAndOut("FILE"),
	}
	exits(cmd, "0", "written, no secret is left", "1", "nothing written: a secret is in a key, or FILE or SECRETS is not valid",
		"3", "it failed; nothing changed", "4", "busy", "130", "interrupted; nothing changed")
	f := cmd.Flags()
	f.SortFlags = false
	secrets := secretsFlag(cmd, "a JSON `file`: name to secret, or domain to such an object")
	replace := replaceKeysFlag(cmd)
	inPlace := f.Bool("in-place", false, "replace FILE itself; no earlier version of it is kept")
	wait := waitFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case *secrets == "":
			return usagef("--secrets is wanted: it says what to take out")
		case *inPlace && len(args) == 2:
			return usagef("--in-place and OUT exclude each other")
		case a.json && !*inPlace && len(args) == 1:
			return usagef("--json wants OUT: without it the answer is the history itself")
		case len(args) == 2 && sameFile(args[0], args[1]):
			return usagef("%s is both FILE and OUT: --in-place replaces it", shown(args[1]))
		}
		r, err := a.redactor(cmd.Context(), *secrets)
		if err != nil {
			return err
		}
		x := redacting{a, r, keysOf(*replace), agent.Private()}
		x.policy.Keep, x.policy.Wait = 0, wait.limit() // an earlier version would hold the secrets
		if *inPlace {
			return x.inPlace(cmd.Context(), args[0])
		}
		return x.copy(args[0], args[1:])
	}
	return cmd
}

type redactedJSON struct {
	Path      string         `json:"path"`
	Steps     int            `json:"steps"`
	Written   bool           `json:"written"`
	Recovered *recoveredJSON `json:"recovered,omitempty"`
	redactionJSON
}

// loadHistory reads a history file recoverably. A log is none.
func (a *app) loadHistory(name string, r *history.Redactor) (*history.History, told, error) {
	isLog, err := agent.IsLog(name)
	if isLog {
		return nil, told{}, &wholly.Error{Op: "read", Path: name, State: wholly.Old, Err: errIsLog}
	}
	return a.loadFile(name, r, err)
}

// copy writes what is left of FILE to OUT, or to standard output.
func (x *redacting) copy(from string, to []string) error {
	h, t, err := x.loadHistory(from, x.redactor)
	if err != nil {
		return err
	}
	report, err := x.redactor.History(h, x.keys)
	if err != nil {
		return x.failed(from, report, err)
	}
	if len(to) == 0 {
		x.note("%s: %s", shown(from), found(report))
		return history.Encode(x.out, h)
	}
	f, err := x.policy.Create(to[0], 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := history.Encode(f, h); err != nil {
		return err
	}
	if err := f.Commit(); err != nil {
		return err
	}
	got := redactedJSON{to[0], h.Len(), true, t.recovered, redactionOf(report)}
	return x.done(got)
}

// inPlace replaces FILE.
func (x *redacting) inPlace(ctx context.Context, name string) error {
	_, t, err := x.loadHistory(name, x.redactor)
	if err != nil {
		return err
	}
	doc, err := agent.HistoryWith(x.policy, name)
	if err != nil {
		return err
	}
	var report history.Report
	h, err := doc.Update(ctx, func(h *history.History) (err error) {
		report, err = x.redactor.History(h, x.keys)
		if err == nil && report.Replaced == 0 {
			return wholly.ErrUnchanged
		}
		return err
	})
	if _, err = x.recovered(err); err != nil {
		return x.failed(name, report, err)
	}
	return x.done(redactedJSON{name, h.Len(), report.Replaced > 0, t.recovered, redactionOf(report)})
}

func (x *redacting) done(got redactedJSON) error {
	got.Beside = unredacted(got.Path)
	x.noteBeside(got.Beside)
	return x.answer(got, got.print)
}

func (r redactedJSON) print(out io.Writer) {
	state := "written, durable"
	if !r.Written {
		state = "nothing to write"
	}
	fmt.Fprintf(out, "%s: %s, %s\n", shown(r.Path), found(history.Report{Replaced: r.Replaced}), state)
	printNames(out, r.Names)
}

func found(r history.Report) string {
	if r.Replaced == 0 {
		return "no secrets found"
	}
	return plural(int64(r.Replaced), "secret", "secrets") + " taken out, none left"
}
