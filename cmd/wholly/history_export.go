package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/history"
)

// exporting is one `wholly history export`.
type exporting struct {
	*app
	agent.Exporting
	policy wholly.Policy
}

func (a *app) historyExport() *cobra.Command {
	x := exporting{app: a, policy: agent.Private()}
	cmd := &cobra.Command{
		Use:   "export LOG [OUT]",
		Short: "Make a history file that browser-use loads",
		Long: `Write LOG, a log or a history file, as a history file that browser-use loads, to
OUT or standard output: without what it would refuse. What was left out is said,
and so is what a damaged LOG has lost; the rest is written.`,
		Example: `  wholly history export run.log AgentHistory.json
  wholly history export --secrets secrets.json run.log > AgentHistory.json`,
		ValidArgsFunction: nil,
		Args:              inAndOut("LOG"),
	}
	exits(cmd, "0", "written", "1", "steps of LOG are lost; not written: not valid, a secret is in a key",
		"3", "it failed; OUT is as it was", "4", "busy", "130", "interrupted; OUT is as it was")
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&x.Format.OnlyActions, "only-known-actions", false, "leave out actions that browser-use has not")
	f.StringArrayVar(&x.Format.Actions, "action", nil, "an action `NAME` that the reader knows besides; may be repeated")
	f.BoolVar(&x.Format.FullTabIDs, "full-tab-ids", false, "keep the ids of tabs as they are, not their last four characters")
	secrets := secretsFlag(cmd, secretsUsage)
	replace := replaceKeysFlag(cmd)
	keep := keepFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if x.Redactor, err = a.redactor(cmd.Context(), *secrets); err != nil {
			return err
		}
		x.Keys, x.policy.Keep = keysOf(*replace), int(*keep)
		if len(args) == 1 {
			return x.print(cmd.Context(), args[0])
		}
		return x.save(cmd.Context(), args[0], args[1])
	}
	return cmd
}

// inAndOut wants a file that is read and perhaps one that is written.
func inAndOut(in string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < 1 || len(args) > 2 {
			return fmt.Errorf("%s and perhaps OUT are wanted, got %s", in, plural(int64(len(args)), "argument", "arguments"))
		}
		for _, name := range args {
			if err := fileName(name); err != nil {
				return err
			}
		}
		return nil
	}
}

type exportedJSON struct {
	resultJSON
	Steps int            `json:"steps"`
	Lost  []string       `json:"lost"`
	Notes []history.Note `json:"notes"`
	redactionJSON
}

// redactionJSON is what was taken out, and where secrets still are.
type redactionJSON struct {
	Replaced int            `json:"replaced"`
	Names    map[string]int `json:"names"`
	Warnings []string       `json:"warnings"`
	Beside   []string       `json:"beside"` // files that still hold what was there before
}

func redactionOf(r history.Report) redactionJSON {
	got := redactionJSON{r.Replaced, r.Names, append([]string{}, r.Warnings...), []string{}}
	if got.Names == nil {
		got.Names = map[string]int{}
	}
	return got
}

// print writes the document to standard output, as it reads it.
func (x *exporting) print(ctx context.Context, from string) error {
	if x.json {
		return usagef("--json wants OUT: without it the answer is the history itself")
	}
	done, err := x.write(ctx, x.out, from)
	x.tell(from, done)
	if err == nil && len(done.Lost) > 0 {
		err = errNo
	}
	return err
}

func (x *exporting) save(ctx context.Context, from, to string) error {
	if sameFile(from, to) {
		return usagef("%s is both LOG and OUT", shown(to))
	}
	f, err := x.policy.Create(to, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	done, err := x.write(ctx, f, from)
	x.tell(from, done)
	if err != nil {
		return err
	}
	if err := f.Commit(); err != nil {
		return err
	}
	got := exportedJSON{writtenJSON(to, f.Result()), done.Steps, texts(done.Lost), append([]history.Note{}, done.Notes...), redactionOf(done.Report)}
	if x.Redactor != nil {
		got.Beside = unredacted(to)
		x.noteBeside(got.Beside)
	}
	err = x.answer(got, func(out io.Writer) {
		fmt.Fprintf(out, "%s\n  %s\n", written(to, f.Result()), plural(int64(got.Steps), "step", "steps"))
		printNames(out, got.Names)
	})
	if err == nil && len(done.Lost) > 0 {
		err = errNo
	}
	return err
}

// write makes the document of a log or of a history file.
func (x *exporting) write(ctx context.Context, out io.Writer, from string) (agent.Exported, error) {
	if isLog, _ := agent.IsLog(from); isLog {
		done, err := agent.WriteLog(ctx, out, from, x.Exporting)
		return done, x.failed(from, done.Report, err)
	}
	h, _, err := x.loadHistory(from, x.Redactor)
	if err != nil {
		return agent.Exported{}, err
	}
	var done agent.Exported
	if x.Redactor != nil {
		if done.Report, err = x.Redactor.History(h, x.Keys); err != nil {
			return done, x.failed(from, done.Report, err)
		}
	}
	h, done.Notes = x.Format.History(h)
	done.Steps = h.Len()
	return done, history.Encode(out, h)
}

// tell says what is different in the export.
func (x *exporting) tell(from string, done agent.Exported) {
	warn(x.app, from, done.Lost)
	warn(x.app, from, done.Notes)
}

// failed names the file of an error, and first the keys that hold a secret.
func (a *app) failed(name string, r history.Report, err error) error {
	if err == nil {
		return nil
	}
	for _, key := range r.Keys {
		a.note("%s: a secret is in the key %s", shown(name), shown(key))
	}
	if as[*history.LeftError](err) {
		return &wholly.Error{Op: "redact", Path: name, State: wholly.Old, Err: err}
	}
	return named(name, nil, err)
}

func (a *app) noteBeside(names []string) {
	for _, name := range names {
		a.note("%s was not redacted: it holds what was there before", shown(name))
	}
}

// printNames lists how often each secret was found, by name.
func printNames(out io.Writer, names map[string]int) {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(out, "  <secret>%s</secret>: %s\n", shown(name), plural(int64(names[name]), "place", "places"))
	}
}
