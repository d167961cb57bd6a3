package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/journal"
)

// appending is one `wholly history append`.
type appending struct {
	*app
	agentID  string
	options  journal.Options
	redactor *history.Redactor
	keys     history.Keys
}

func (a *app) historyAppend() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "append LOG [STEPS]",
		Short: "Append steps to a log, durably",
		Long: `Append steps to LOG, which is made if it is missing. STEPS, or standard input, is
one step as JSON, a list of steps, one step a line, or a whole history file. All
are checked first, then appended with one flush. With --follow each line is
appended as it comes, and a line on stdout says that it is on the disk.`,
		Example: `  wholly history append run.log step.json
  python agent.py | wholly history append --follow --agent 0198f3c2 run.log`,
		ValidArgsFunction: nil,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return fmt.Errorf("LOG and perhaps STEPS are wanted, got %s", plural(int64(len(args)), "argument", "arguments"))
			}
			return fileName(args[0])
		},
	}
	exits(cmd, "0", "the steps are on the disk", "1", "a step or LOG is not valid; with --follow the steps before are on the disk",
		"3", "it failed; the error's state says what LOG holds", "4", "another process has LOG open",
		"130", "interrupted; what was acknowledged is on the disk")
	f := cmd.Flags()
	f.SortFlags = false
	follow := f.Bool("follow", false, "append each line of standard input as it comes")
	agentID := f.String("agent", "", "the agent's `ID`, for a new LOG")
	secrets := secretsFlag(cmd, secretsUsage)
	replace := replaceKeysFlag(cmd)
	wait := waitFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *follow && len(args) == 2 && args[1] != "-" {
			return usagef("--follow reads standard input, not %s", shown(args[1]))
		}
		r, err := a.redactor(cmd.Context(), *secrets)
		if err != nil {
			return err
		}
		p := appending{a, *agentID, journal.Options{Wait: wait.limit()}, r, keysOf(*replace)}
		if *follow {
			return p.follow(cmd.Context(), args[0])
		}
		return p.all(cmd.Context(), args[0], slices.Concat(args, []string{"-"})[1])
	}
	return cmd
}

type appendedJSON struct {
	Path     string   `json:"path"`
	Steps    int      `json:"steps"`
	First    uint64   `json:"first"` // record of the first step; 0 for no step
	Last     uint64   `json:"last"`
	Size     int64    `json:"size"` // of the log
	Created  bool     `json:"created"`
	Cut      int64    `json:"cut"`      // bytes of a torn end that were cut off
	Damaged  int      `json:"damaged"`  // stretches that opening came across, and left
	Replaced int      `json:"replaced"` // secrets that were taken out
	Warnings []string `json:"warnings"`
}

// all appends what is in the file from, or nothing.
func (p *appending) all(ctx context.Context, name, from string) error {
	data, err := p.source(ctx, from)
	if err != nil {
		return err
	}
	steps, warnings, err := history.ParseSteps(data)
	if err != nil {
		return invalid(from, err)
	}
	got := appendedJSON{Path: name, Steps: len(steps), Warnings: texts(warnings)}
	for i, s := range steps {
		n, err := p.redact(s, name)
		if err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		got.Replaced += n
	}
	l, err := p.open(ctx, name)
	if err != nil {
		return err
	}
	defer l.Close()
	if got.First, err = l.Append(ctx, steps...); err != nil {
		return named(name, nil, err)
	}
	got.Last = max(got.First+uint64(len(steps)), 1) - 1
	got.Size, got.Cut, got.Damaged = l.Size(), l.Opened().Cut, l.Opened().Damaged
	got.Created = l.Opened().Empty
	warn(p.app, from, warnings)
	return p.answer(got, got.print)
}

func (g appendedJSON) print(out io.Writer) {
	if g.Steps == 0 {
		fmt.Fprintf(out, "%s: no steps, nothing appended\n", shown(g.Path))
		return
	}
	records := fmt.Sprintf("records %d to %d", g.First, g.Last)
	if g.Steps == 1 {
		records = fmt.Sprintf("record %d", g.First)
	}
	made := ""
	if g.Created {
		made = ", new"
	}
	fmt.Fprintf(out, "%s: %s appended (%s), %s%s, durable\n", shown(g.Path),
		plural(int64(g.Steps), "step", "steps"), records, bytesText(g.Size), made)
	if g.Replaced > 0 {
		fmt.Fprintf(out, "  %s taken out\n", plural(int64(g.Replaced), "secret", "secrets"))
	}
}

// open opens the log and tells what a crash, or the disk, did to it.
func (p *appending) open(ctx context.Context, name string) (*agent.Log, error) {
	l, err := agent.OpenLog(ctx, name, p.agentID, p.options)
	if err != nil {
		return nil, named(name, nil, err)
	}
	o := l.Opened()
	if o.Cut > 0 {
		p.note("%s: a torn end of %s was cut off: its saving had never finished", shown(name), bytesText(o.Cut))
	}
	if o.Damaged > 0 {
		p.note("%s: %s of damage in it; wholly history check %s says where", shown(name),
			plural(int64(o.Damaged), "stretch", "stretches"), quote(name))
	}
	return l, nil
}

// redact takes the secrets out of s and counts them.
func (p *appending) redact(s history.Step, name string) (int, error) {
	if p.redactor == nil {
		return 0, nil
	}
	report, err := p.redactor.Step(s, p.keys)
	if err != nil {
		return 0, &wholly.Error{Op: "append", Path: name, State: wholly.Old, Err: err}
	}
	return report.Replaced, nil
}

// ackJSON says that a step is on the disk.
type ackJSON struct {
	Record uint64 `json:"record"`
	Number *int   `json:"number"` // the step's own
}

// follow appends line by line. Whoever sees the line about a step may forget it.
func (p *appending) follow(ctx context.Context, name string) error {
	l, err := p.open(ctx, name)
	if err != nil {
		return err
	}
	defer l.Close()
	lines := bufio.NewScanner(stoppable(ctx, p.in))
	lines.Buffer(nil, journal.MaxRecord)
	steps := 0
	for n := 1; lines.Scan(); n++ {
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		if err := p.line(ctx, l, name, bytes.Clone(text), n); err != nil {
			return err
		}
		steps++
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	p.note("%s: %s appended, %s", shown(name), plural(int64(steps), "step", "steps"), bytesText(l.Size()))
	return nil
}

func (p *appending) line(ctx context.Context, l *agent.Log, name string, text []byte, n int) error {
	step, warnings, err := history.ParseStep(text)
	if err != nil {
		return invalid("-", onLine(err, n))
	}
	for i := range warnings {
		warnings[i].Line += n - 1
	}
	warn(p.app, "standard input", warnings)
	if _, err := p.redact(step, name); err != nil {
		return fmt.Errorf("line %d: %w", n, err)
	}
	var ack ackJSON
	if ack.Record, err = l.Append(ctx, step); err != nil {
		return named(name, nil, err)
	}
	if number, ok := step.Number(); ok {
		ack.Number = &number
	}
	if err := p.answer(ack, ack.print); err != nil {
		return err
	}
	if err := p.out.Flush(); err != nil && !isClosedPipe(err) {
		return err // nobody who listens is no reason to lose steps
	}
	return nil
}

// onLine makes err, about the text of line n, one about the whole input.
func onLine(err error, n int) error {
	var syntax *history.SyntaxError
	var schema *history.SchemaError
	switch {
	case errors.As(err, &syntax):
		syntax.Line += n - 1
	case errors.As(err, &schema):
		schema.Line += n - 1
	}
	return err
}

func (k ackJSON) print(out io.Writer) {
	if k.Number == nil {
		fmt.Fprintf(out, "record %d: a step without a number\n", k.Record)
		return
	}
	fmt.Fprintf(out, "record %d: step %d\n", k.Record, *k.Number)
}
