package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/demo"
	auditoutcome "github.com/wholly-go/wholly/audit/outcome"
)

// playing is one `wholly audit demo`.
type playing struct {
	auditing
	file  string // as the sites name it
	line  int
	child bool
}

func (a *app) demoSite() *cobra.Command {
	w := &playing{auditing: auditing{app: a, maxFile: size(2 << 20)}}
	cmd := &cobra.Command{
		Use:   "demo FILE:LINE [PATH...]",
		Short: "Do the steps of a line, killed after each, and show the file",
		Long: `Do what a line does to its file, step by step, in a process that is killed
after each of them, and show what a reader then finds. The steps are those that
the audit has read from the source; they are done in a scratch folder, and the
source is not run. LINE is one that the audit names. PATHs are read as well, for
functions that the line calls; without them the folder of FILE is.`,
		Example: `  wholly audit demo app/settings.py:42`,
		Args:    aPlace,
	}
	exits(cmd, "0", "shown", "1", "nothing is written there, or it cannot be shown so", "3", "it failed", "130", "interrupted")
	cmd.Flags().BoolVar(&w.child, "child", false, "be the process that is killed")
	cmd.Flags().MarkHidden("child")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if w.child {
			return demo.Child(args[0], os.Stdin)
		}
		if err := w.understand(args); err != nil {
			return err
		}
		return w.run(cmd.Context())
	}
	return cmd
}

// aPlace wants FILE:LINE, and whatever PATHs follow.
func aPlace(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("FILE:LINE is wanted, a line that wholly audit names")
	}
	return nil
}

func (w *playing) understand(args []string) error {
	i := strings.LastIndexByte(args[0], ':')
	line, err := strconv.Atoi(args[0][i+1:])
	if i < 1 || err != nil || line < 1 {
		return usagef("FILE:LINE is wanted, got %q", args[0])
	}
	abs, folder := lies(args[0][:i])
	if info, err := os.Stat(abs); err != nil {
		return unusable(args[0][:i], errors.Unwrap(err))
	} else if info.IsDir() {
		return usagef("%s is a folder: FILE:LINE is wanted", shown(args[0][:i]))
	}
	w.roots = append(args[1:], args[0][:i])
	if len(args) == 1 {
		w.roots = []string{folder}
	}
	w.base, w.line = placeOf(w.roots), line
	rel, err := filepath.Rel(w.base.dir, abs)
	w.file = filepath.ToSlash(rel)
	return err
}

// siteJSON is a site as --json shows it.
type siteJSON struct {
	File      string              `json:"file"`
	Line      int                 `json:"line"`
	Function  string              `json:"function"`
	Verdict   string              `json:"verdict"`
	Target    string              `json:"target"`
	Moments   []demo.Moment       `json:"moments"`
	Predicted []auditoutcome.Word `json:"predicted"` // after a kill
	Power     []auditoutcome.Word `json:"power"`     // after a power cut, which is not shown
}

func (w *playing) run(ctx context.Context) error {
	r, err := w.scan(ctx)
	if err != nil {
		return err
	}
	there, err := w.there(r)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var all []siteJSON
	for _, s := range there {
		moments, err := demo.Play(ctx, s, []string{self, "audit", "demo", "--child"})
		if err != nil {
			return err
		}
		all = append(all, siteJSON{w.base.name(s.File), s.Line, s.Function, string(s.Verdict), s.Target, moments, wordsOf(s.States.Kill), wordsOf(s.States.Power)})
	}
	return w.answer(map[string][]siteJSON{"sites": all}, func(out io.Writer) {
		for i := range all {
			if i > 0 {
				fmt.Fprintln(out)
			}
			all[i].print(out)
		}
	})
}

// there are the sites on the line; else an error that names where others are.
func (w *playing) there(r *audit.Result) ([]*audit.Site, error) {
	var there []*audit.Site
	var lines []string
	for _, s := range r.Sites {
		if s.File != w.file {
			continue
		}
		if s.Line == w.line || slices.ContainsFunc(s.Steps, func(st audit.Step) bool { return st.File == w.file && st.Line == w.line }) {
			there = append(there, s)
		}
		if line := strconv.Itoa(s.Line); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	switch {
	case len(there) > 0:
		return there, nil
	case r.Failed():
		return nil, unread(r)
	case len(lines) == 0:
		return nil, fmt.Errorf("%w: nothing in %s writes a file", errNotThere, shown(w.file))
	}
	return nil, fmt.Errorf("%w: line %d of %s writes no file; these do: %s", errNotThere, w.line, shown(w.file), strings.Join(lines, ", "))
}

// errNotThere: there is nothing to be shown on the line.
var errNotThere = errors.New("nothing to show")

func wordsOf(states []auditoutcome.State) []auditoutcome.Word {
	all := []auditoutcome.Word{}
	for _, s := range states {
		all = append(all, s.Word)
	}
	return all
}

func (s *siteJSON) print(out io.Writer) {
	fmt.Fprintf(out, "%s:%d %s in %s. ", shown(s.File), s.Line, s.Verdict, shown(s.Function))
	rows := [][]string{{"line", "killed after", "finds", "beside it"}}
	for _, m := range s.Moments {
		rows = append(rows, []string{s.at(m), doneText(m), loud(m.Finds), beside(m)})
	}
	wide := [3]int{}
	for _, r := range rows {
		for i := range wide {
			wide[i] = max(wide[i], utf8.RuneCountInString(r[i]))
		}
	}
	fmt.Fprintf(out, "What a reader of %s finds:\n\n", shown(s.Target))
	for _, r := range rows {
		line := fmt.Sprintf("  %*s  %-*s  %-*s  %s", wide[0], r[0], wide[1], r[1], wide[2], r[2], r[3])
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
	more := slices.DeleteFunc(slices.Clone(s.Power), func(p auditoutcome.Word) bool { return slices.Contains(s.Predicted, p) })
	if len(more) > 0 {
		fmt.Fprintf(out, "\nA power cut may also leave %s; that cannot be shown so.\n", loud(more...))
	}
}

// at is the line of a moment, with its file if that is another one.
func (s *siteJSON) at(m demo.Moment) string {
	switch {
	case m.Line == 0:
		return ""
	case m.File != "" && !strings.HasSuffix(s.File, m.File):
		return fmt.Sprintf("%s:%d", shown(m.File), m.Line)
	}
	return strconv.Itoa(m.Line)
}

func doneText(m demo.Moment) string {
	switch {
	case m.Op == "":
		return "nothing was done yet"
	case m.From != "":
		return m.Op + " " + shown(m.From) + " -> " + shown(m.Path)
	case m.Part == "":
		return m.Op + " " + shown(m.Path)
	}
	return m.Op + " " + shown(m.Path) + ", " + m.Part + " of it"
}

func beside(m demo.Moment) string {
	var all []string
	for _, l := range m.Beside {
		all = append(all, shown(l.Path)+" ("+loud(l.Holds)+")")
	}
	return strings.Join(all, ", ")
}

// loud writes in capitals what is neither the old content nor the new.
func loud(all ...auditoutcome.Word) string {
	var texts []string
	for _, w := range all {
		if w != auditoutcome.Old && w != auditoutcome.New {
			w = auditoutcome.Word(strings.ToUpper(string(w)))
		}
		texts = append(texts, string(w))
	}
	return strings.Join(texts, ", ")
}
