package main

import (
	"context"
	"errors"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/baseline"
	auditrule "github.com/wholly-go/wholly/audit/rule"
)

// auditing is one `wholly audit`.
type auditing struct {
	*app
	all      bool
	langs    languages
	format   *choice[layout]
	sarif    bool
	failOn   *choice[auditrule.Severity]
	since    string // --diff
	baseline string
	update   bool // --update-baseline
	fix      bool
	write    grade
	rules    string // --rules
	writers  []string
	exclude  []string
	maxFile  size
	quiet    bool

	roots []string
	base  place
	calls audit.Calls
}

func (a *app) audit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit PATH...",
		Short: "Find the writes in source code that a crash could tear",
		Long: `Find the writes in Python, Go, JavaScript and TypeScript sources that a crash
could tear: what happens to the file, why it matters, and what to do. Sources
are read, not run. Findings of medium and high severity are shown.`,
		Example: `  wholly audit .
  wholly audit --diff origin/main --fail-on high src
  wholly audit --fix --write src/settings.py`,
		GroupID: groupSource,
		Args:    somePaths,
	}
	exits(cmd,
		"0", "no finding at or above --fail-on",
		"1", "there are findings",
		"3", "it failed, or something could not be read or parsed",
		"4", "a file to be written was changed by someone else meanwhile",
		"130", "interrupted")
	annotate(cmd, alsoKey, "audit explain [RULE]")
	w := &auditing{app: a}
	w.flags(cmd)
	cmd.AddCommand(a.explainRule(), a.demoSite())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := w.understand(cmd, args); err != nil {
			return err
		}
		return w.run(cmd.Context())
	}
	return cmd
}

func (w *auditing) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVarP(&w.all, "all", "a", false, "list every place that writes, the good ones too")
	w.langs.add(cmd)
	w.format = formatFlag(cmd)
	f.BoolVar(&w.sarif, "sarif", false, "SARIF 2.1.0, for code scanning")
	w.failOn = failOnFlag(cmd)
	f.StringVar(&w.since, "diff", "", "only what touches lines changed since `BASE` (git)")
	f.StringVar(&w.baseline, "baseline", "", "findings listed in `FILE` are known and do not count")
	f.BoolVar(&w.update, "update-baseline", false, "write that FILE anew from what is found now")
	f.BoolVar(&w.fix, "fix", false, "show as a diff what would mend the findings")
	f.Var(&w.write, "write", "with --fix: make the safe changes; =all: all of them")
	f.Lookup("write").NoOptDefVal = "safe"
	f.StringVar(&w.rules, "rules", "", "what calls of your own do to files, one a line in `FILE`")
	f.StringArrayVar(&w.writers, "writer", nil, "take the function `NAME` (module.func) for a durable writer")
	f.StringArrayVar(&w.exclude, "exclude", nil, "leave out what matches `GLOB`, by path or by name")
	f.Var(&w.maxFile, "max-file", "leave out larger files (default 2 MiB)")
	f.BoolVarP(&w.quiet, "quiet", "q", false, "no answer, no progress; errors only")
	fixed := cobra.FixedCompletions([]string{"safe", "all"}, cobra.ShellCompDirectiveNoFileComp)
	cmd.RegisterFlagCompletionFunc("write", fixed)
}

// somePaths wants a PATH or more.
func somePaths(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("a PATH is wanted: a source file or a folder, . for this one")
	}
	for _, p := range args {
		switch p {
		case "":
			return errors.New("PATH is empty")
		case "-":
			return errors.New("- is no PATH: sources are read where they lie (./- for one called -)")
		}
	}
	return nil
}

// understand refuses flags that say nothing together.
func (w *auditing) understand(cmd *cobra.Command, args []string) error {
	formats := 0
	for _, given := range []bool{w.json, w.sarif, cmd.Flags().Changed("format")} {
		if given {
			formats++
		}
	}
	switch {
	case formats > 1:
		return usagef("--json, --sarif and --format exclude each other")
	case w.update && w.baseline == "":
		return usagef("--update-baseline wants --baseline FILE")
	case w.update && (w.since != "" || w.fix):
		return usagef("--update-baseline takes all that is found: without --diff and --fix")
	case w.write.set && !w.fix:
		return usagef("--write wants --fix")
	case w.fix && cmd.Flags().Changed("format"):
		return usagef("--fix prints a diff, JSON with --json, or is in the SARIF with --sarif")
	case w.write.set && w.sarif:
		return usagef("--sarif only shows fixes: without --write")
	case strings.HasPrefix(w.since, "-"):
		return usagef("%q is no commit or branch", w.since)
	}
	if err := globs(w.exclude); err != nil {
		return err
	}
	if err := w.learn(); err != nil {
		return err
	}
	w.roots, w.base = args, placeOf(args)
	return nil
}

func (w *auditing) run(ctx context.Context) error {
	r, gone, err := w.look(ctx)
	if err != nil {
		return err
	}
	w.tell(r)
	switch {
	case w.update:
		return w.updateBaseline(ctx, r)
	case w.fix && !w.sarif:
		return w.mend(ctx, r)
	}
	if len(r.Files) > 0 || w.json || w.sarif {
		if err := w.print(ctx, r, gone); err != nil {
			return err
		}
	}
	return w.outcome(r)
}

// look scans, and leaves the findings that were asked for.
func (w *auditing) look(ctx context.Context) (*audit.Result, []baseline.Entry, error) {
	r, err := w.scan(ctx)
	if err != nil {
		return nil, nil, err
	}
	gone, err := w.narrow(ctx, r)
	return r, gone, err
}

// scan reads the sources, and shows on a terminal how far it has come.
func (w *auditing) scan(ctx context.Context) (*audit.Result, error) {
	p := w.watched(auditLine)
	defer p.stop()
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" { // a scan lives for seconds: a fifth of its time, for memory that is there
		defer debug.SetGCPercent(debug.SetGCPercent(300))
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(900 << 20)) // beyond that it collects as often as it must
	}
	return audit.Scan(ctx, w.roots, w.options(p))
}

func (w *auditing) options(p *progress) audit.Options {
	return audit.Options{
		Languages: w.langs.list,
		Base:      w.base.dir,
		Exclude:   w.exclude,
		Calls:     w.calls,
		MaxFile:   int64(w.maxFile),
		Progress:  p.reach,
	}
}

// outcome turns what was found into an exit code.
func (w *auditing) outcome(r *audit.Result) error {
	if r.Failed() {
		return unread(r)
	}
	if worst, any := r.Worst(); any && worst >= w.failOn.value {
		return errNo
	}
	return nil
}

// unreadError ends an audit that did not see all that it was to look at.
type unreadError struct {
	text  string
	cause error // audit.ErrNoGrammar if that is it
	all   bool  // there is nothing that it saw
}

func (e *unreadError) Error() string { return "the audit is not complete: " + e.text }
func (e *unreadError) Unwrap() error { return e.cause }

// inPart reports whether an audit has seen a part of what it was to look at.
func inPart(err error) bool {
	var e *unreadError
	return errors.As(err, &e) && !e.all
}

func unread(r *audit.Result) error {
	var parts []string
	if n := len(r.Problems); n > 0 {
		parts = append(parts, plural(int64(n), "path was not read, or only in part", "paths were not read, or only in part"))
	}
	text := unreadText(r.Unread)
	if text == "" {
		return &unreadError{text: parts[0], all: len(r.Files) == 0}
	}
	return &unreadError{text: strings.Join(append(parts, text), "; "), cause: audit.ErrNoGrammar}
}
