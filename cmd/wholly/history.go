package main

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/history"
)

func (a *app) history() *cobra.Command {
	return family("history",
		"The history of an agent's run, and its log of steps",
		`The history of an agent's run: the file that browser-use saves as
AgentHistory.json, or a log to which steps are appended while the agent runs.`,
		`  wholly history show AgentHistory.json
  wholly history redact --secrets secrets.json AgentHistory.json redacted.json`,
		a.historyShow(), a.historyAppend(), a.historyExport(), a.historyRedact(), a.historyCheck())
}

// told is what reading a history has to tell beside its steps.
type told struct {
	log       bool // a log, not a file
	agentID   string
	warnings  []string
	lost      []string // of a log: damage
	recovered *recoveredJSON
}

// readHistory hands the steps of the history file or log name to take, in order,
// and tells what was odd. A log is never held as a whole.
func (a *app) readHistory(name string, r *history.Redactor, take func(history.Step) error) (told, error) {
	isLog, err := agent.IsLog(name)
	if isLog {
		return a.readLog(name, r, agent.ReadLog(name), take)
	}
	h, t, err := a.loadFile(name, r, err)
	if err != nil {
		return t, err
	}
	for s := range h.Steps() {
		if err := take(s); err != nil {
			return t, err
		}
	}
	return t, nil
}

// loadFile reads the history file name recoverably. err is of looking at it: a
// file that is missing may have left an earlier version.
func (a *app) loadFile(name string, r *history.Redactor, err error) (*history.History, told, error) {
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return nil, told{}, named(name, r, err)
	}
	doc, openErr := agent.History(name)
	if openErr != nil {
		return nil, told{}, openErr
	}
	h, loadErr := doc.Load()
	var beside *agent.Recovery
	if errors.As(loadErr, &beside) && beside.From == "" && beside.Damage != nil {
		return nil, told{}, named(name, r, invalid(name, beside.Damage)) // empty, and nothing else is there
	}
	rec, loadErr := a.recovered(loadErr)
	if loadErr != nil {
		return nil, told{}, named(name, r, loadErr)
	}
	if missing && rec == nil {
		return nil, told{}, named(name, r, err)
	}
	t := told{warnings: cleanTexts(r, h.Warnings()), lost: []string{}, recovered: rec}
	warn(a, name, t.warnings)
	return h, t, nil
}

// cleanTexts are warnings without the secrets that r knows: a warning may name a
// key.
func cleanTexts[W any](r *history.Redactor, warnings []W) []string {
	all := texts(warnings)
	for i := range all {
		all[i] = clean(r, all[i])
	}
	return all
}

func clean(r *history.Redactor, text string) string {
	if r == nil {
		return text
	}
	return r.String(text)
}

func (a *app) readLog(name string, r *history.Redactor, records iter.Seq2[history.Record, error], take func(history.Step) error) (told, error) {
	t := told{log: true, warnings: []string{}, lost: []string{}}
	for rec, err := range records {
		var failed *wholly.Error
		switch {
		case errors.As(err, &failed):
			return t, named(name, r, err)
		case err != nil:
			t.lost = append(t.lost, clean(r, err.Error()))
			a.note("%s", shown(clean(r, err.Error())))
		case rec.Header != nil:
			t.agentID = rec.Header.AgentID
		case rec.Step != nil:
			warnings := cleanTexts(r, rec.Warnings)
			warn(a, name, warnings)
			t.warnings = append(t.warnings, warnings...)
			if err := take(*rec.Step); err != nil {
				return t, err
			}
		}
	}
	return t, nil
}

// named makes err one about name, as the user gave it, where the library made it
// one about the absolute path, and without the secrets that r knows.
func named(name string, r *history.Redactor, err error) error {
	var e *wholly.Error
	if !errors.As(err, &e) {
		return err
	}
	return &wholly.Error{Op: e.Op, Path: name, State: e.State, Err: cleanError{e.Err, clean(r, e.Err.Error())}}
}

// cleanError is an error whose text is fit to be shown.
type cleanError struct {
	error
	text string
}

func (e cleanError) Error() string { return e.text }
func (e cleanError) Unwrap() error { return e.error }

// errIsLog: a history file is wanted.
var errIsLog = errors.New("a log, not a history file")

// secretsFlag is --secrets.
func secretsFlag(cmd *cobra.Command, usage string) *string {
	return cmd.Flags().String("secrets", "", usage)
}

const secretsUsage = "take the secrets in this JSON `file` out: name to secret, or domain to such"

func replaceKeysFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("replace-keys", false, "take secrets out of keys too, not only out of values")
}

func keysOf(replace bool) history.Keys {
	if replace {
		return history.ReplaceKeys
	}
	return history.ReportKeys
}

// redactor reads the secrets in the file name; nil if none are to be taken out.
func (a *app) redactor(ctx context.Context, name string) (*history.Redactor, error) {
	if name == "" {
		return nil, nil
	}
	if name == "-" {
		return nil, usagef("--secrets is read from a file, not from standard input")
	}
	data, err := a.source(ctx, name)
	if err != nil {
		return nil, err
	}
	secrets, err := history.ParseSecrets(data)
	if err != nil {
		return nil, invalid(name, err)
	}
	warn(a, name, secrets.Warnings())
	return secrets.Redactor(), nil
}

// unredacted lists what still stands beside the file name with what it held
// before: earlier versions, and damaged contents that were set aside.
func unredacted(name string) []string {
	names := []string{}
	full, err := filepath.EvalSymlinks(name)
	if err != nil {
		return names
	}
	for info, err := range (wholly.Policy{}).Versions(full) {
		if err == nil && info.Number > 0 {
			names = append(names, info.Name)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(full))
	if err != nil {
		return names
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(full)+".bad-") {
			names = append(names, e.Name())
		}
	}
	return names
}

// sameFile reports whether both names lead to one file that exists.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
