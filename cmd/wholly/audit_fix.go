package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix"
	"github.com/wholly-go/wholly/audit/report"
)

// fixedJSON is the answer of --fix.
type fixedJSON struct {
	Fixes []fixJSON     `json:"fixes"`
	Files []changedJSON `json:"files"`
	Notes []string      `json:"notes"`
}

// fixJSON is what is to be done about one place.
type fixJSON struct {
	File        string   `json:"file"`
	Line        int      `json:"line"`
	Rule        string   `json:"rule"`
	Severity    string   `json:"severity"`
	Fingerprint string   `json:"fingerprint"`
	Grade       string   `json:"grade"`
	Reason      string   `json:"reason"`
	Applied     bool     `json:"applied"`
	Left        []string `json:"left"` // rules that the place breaks all the same

	Edits []report.Edit `json:"edits"`
}

// changedJSON is one file that a fix changes or adds.
type changedJSON struct {
	Path    string `json:"path"`
	New     bool   `json:"new"`
	Written bool   `json:"written"`
	Diff    string `json:"diff"`
}

// mend shows what would mend the findings, or does it.
func (w *auditing) mend(ctx context.Context, r *audit.Result) error {
	plan, err := w.propose(ctx, r)
	if err != nil {
		return err
	}
	got, err := w.planned(plan)
	if err != nil {
		return err
	}
	var failed error
	if w.write.set {
		failed = w.writeAll(plan.Files, got.Files)
	}
	if err := w.answerFix(plan, got); err != nil {
		return err
	}
	switch {
	case failed != nil:
		return failed
	case w.write.set:
		return w.again(ctx)
	}
	return w.outcome(r)
}

// propose plans the changes. Shown are all that can be made, made are those
// that the user asked for.
func (w *auditing) propose(ctx context.Context, r *audit.Result) (*fix.Plan, error) {
	p := w.watched(func(int64, int64, time.Duration) string { return "trying the changes" })
	defer p.stop()
	return fix.Propose(ctx, r, fix.Options{
		Roots: w.roots, Audit: w.options(p),
		Least: w.from(), Ask: w.write.ask || !w.write.set, AddWriter: true,
	})
}

// again audits what is there now: the exit code is about that.
func (w *auditing) again(ctx context.Context) error {
	r, _, err := w.look(ctx)
	if err != nil {
		return err
	}
	left := 0
	for _, f := range r.Findings {
		if f.Open() && f.Leads && f.Severity >= w.from() {
			left++
		}
	}
	if left > 0 && !w.quiet {
		w.note("%s left", plural(int64(left), "finding is", "findings are"))
	}
	return w.outcome(r)
}

// planned is a plan as --json tells it.
func (w *auditing) planned(p *fix.Plan) (*fixedJSON, error) {
	got := &fixedJSON{Fixes: []fixJSON{}, Files: []changedJSON{}, Notes: append([]string{}, p.Notes...)}
	for _, f := range p.Fixes {
		got.Fixes = append(got.Fixes, fixJSON{
			File: f.Finding.File, Line: f.Finding.Line, Rule: f.Finding.Rule, Severity: f.Finding.Level,
			Fingerprint: f.Finding.Fingerprint, Grade: f.Grade.String(), Reason: f.Reason,
			Applied: f.Applied && w.write.set, Left: append([]string{}, f.Left...), Edits: edits(&f),
		})
	}
	for _, c := range p.Files {
		diff, err := diffText([]fix.Change{c})
		if err != nil {
			return nil, err
		}
		got.Files = append(got.Files, changedJSON{Path: c.Path, New: c.Old == nil, Diff: diff})
	}
	return got, nil
}

// writeAll writes the changes, each file whole, with its mode, and only over
// the content that was audited. It ends at the first that fails.
func (w *auditing) writeAll(changes []fix.Change, done []changedJSON) error {
	for i, c := range changes {
		p := wholly.Policy{If: wholly.IfAbsent}
		if c.Old != nil {
			p.If = wholly.IfVersion(wholly.VersionOf(c.Old))
		}
		if err := p.WriteFile(c.Disk, c.New, 0o666); err != nil {
			return err
		}
		done[i].Written = true
	}
	return nil
}

// answerFix prints the diff, or what was written. What is done about each
// finding is said beside it.
func (w *auditing) answerFix(plan *fix.Plan, got *fixedJSON) error {
	if w.quiet {
		return nil
	}
	for _, f := range got.Fixes {
		w.note("%s:%d %s: %s", shown(w.base.name(f.File)), f.Line, f.Rule, shown(f.text(w.write)))
	}
	for _, n := range got.Notes {
		w.note("%s", shown(n))
	}
	if w.json {
		return writeJSON(w.out, got)
	}
	if !w.write.set {
		return fix.Diff(w.out, w.visible(plan.Files), w.colored())
	}
	for _, c := range got.Files {
		if c.Written {
			fmt.Fprintf(w.out, "%s: %s\n", shown(w.base.name(c.Path)), map[bool]string{true: "added", false: "mended"}[c.New])
		}
	}
	return nil
}

// visible are changes as a terminal may show them: what it would obey is
// spelled out. What does not go to a terminal stays as it is, for patch.
func (w *auditing) visible(changes []fix.Change) []fix.Change {
	if !w.onTerminal() {
		return changes
	}
	changes = slices.Clone(changes)
	for i, c := range changes {
		if c.Old != nil {
			changes[i].Old = spelled(c.Old)
		}
		changes[i].New = spelled(c.New)
	}
	return changes
}

// spelled is text with its control characters spelled out, but for tabs and
// the ends of lines.
func spelled(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		switch {
		case r == '\n' || r == '\t' || !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.Bytes()
}

// text says what is done about a finding.
func (f fixJSON) text(write grade) string {
	said := ""
	switch {
	case f.Grade == fix.Never.String():
		return "left alone: " + f.Reason
	case f.Applied:
		said = "mended"
	case f.Grade == fix.Safe.String():
		said = "safe to mend with --write"
	case write.set:
		said = "not mended without --write=all"
	default:
		said = "to be looked at, then mended with --write=all"
	}
	if f.Reason != "" {
		said += "; " + f.Reason
	}
	if len(f.Left) > 0 {
		said += "; what is left: " + strings.Join(f.Left, ", ")
	}
	return said
}
