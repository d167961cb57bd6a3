package main

import (
	"bytes"
	"context"
	"os"

	"golang.org/x/term"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/baseline"
	"github.com/wholly-go/wholly/audit/fix"
	"github.com/wholly-go/wholly/audit/report"
	auditrule "github.com/wholly-go/wholly/audit/rule"
)

// print answers what was found.
func (w *auditing) print(ctx context.Context, r *audit.Result, gone []baseline.Entry) error {
	if w.quiet {
		return nil
	}
	o := report.Options{Version: build().Version, Root: w.base.shown, From: w.from(), Gone: gone, Read: w.source(r)}
	switch {
	case w.json:
		return report.JSON(w.out, r, o)
	case w.sarif:
		if err := w.addFixes(ctx, r, &o); err != nil {
			return err
		}
		return report.SARIF(w.out, r, o)
	case w.format.value == layoutMarkdown:
		return report.Markdown(w.out, r, o)
	case w.format.value == layoutGitHub:
		return report.GitHub(w.out, r, o)
	}
	return report.Text(w.out, r, report.TextOptions{Options: o, All: w.all, Color: w.colored(), Width: w.width()})
}

// from is the least severity that is shown: what decides the exit code is
// never hidden.
func (w *auditing) from() auditrule.Severity { return min(auditrule.Medium, w.failOn.value) }

// source reads a file of the audit by its path in the findings.
func (w *auditing) source(r *audit.Result) func(string) ([]byte, error) {
	return func(file string) ([]byte, error) { return wholly.ReadFile(r.Sources[file].Disk) }
}

// addFixes puts what would mend the findings beside them.
func (w *auditing) addFixes(ctx context.Context, r *audit.Result, o *report.Options) error {
	if !w.fix {
		return nil
	}
	plan, err := w.propose(ctx, r)
	if err != nil {
		return err
	}
	for _, f := range plan.Fixes {
		o.Fixes = append(o.Fixes, report.Fix{Finding: f.Finding, Grade: f.Grade.String(), Reason: f.Reason, Edits: edits(&f)})
	}
	return nil
}

// edits are what a fix changes, and the files that it adds.
func edits(f *fix.Fix) []report.Edit {
	all := []report.Edit{}
	for _, e := range f.Edits {
		all = append(all, report.Edit{File: f.File, Start: e.Start, End: e.End, New: e.New})
	}
	for _, added := range f.Added {
		all = append(all, report.Edit{File: added.Path, New: string(added.Text), Fresh: true})
	}
	return all
}

// colored reports whether the answer goes to a terminal that shows colour.
func (a *app) colored() bool {
	return a.onTerminal() && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// onTerminal reports whether the answer goes to a terminal.
func (a *app) onTerminal() bool {
	f, ok := a.stdout.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is how many columns the answer has; 0: it does not go to a terminal.
func (a *app) width() int {
	f, ok := a.stdout.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// diffText is the diff of changes.
func diffText(changes []fix.Change) (string, error) {
	var b bytes.Buffer
	err := fix.Diff(&b, changes, false)
	return b.String(), err
}
