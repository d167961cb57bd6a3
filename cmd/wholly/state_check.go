package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/storagestate"
)

func (a *app) stateCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Say whether FILE is a valid state that will be restored",
		Long: `Say whether FILE, or standard input for -, is a valid state, and what in it will
not be restored by the program whose dialect it is in. FILE and its earlier
versions must be for their owner alone, and nothing may be left of a crash beside
it. Nothing is recovered or written.`,
		Example:           "  wholly state check storage_state.json",
		Args:              oneSource,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "valid, nothing to find", "1", "not valid, or there are findings", "3", "it failed: there is no FILE, for instance")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.checkState(cmd.Context(), args[0]) }
	return cmd
}

// stateCheckedJSON is the answer of check.
type stateCheckedJSON struct {
	Path     string               `json:"path"`
	Valid    bool                 `json:"valid"`
	Error    string               `json:"error,omitempty"`
	Dialect  storagestate.Dialect `json:"dialect"`
	Errors   int                  `json:"errors"` // findings for which an item, or all, will not be restored
	Findings []stateFinding       `json:"findings"`
}

// stateFinding is about a place in FILE, or about a file: FILE or one beside it.
type stateFinding struct {
	storagestate.Finding
	File string `json:"file,omitempty"` // without directory
}

func (a *app) checkState(ctx context.Context, name string) error {
	data, err := a.source(ctx, name)
	if err != nil {
		return err
	}
	got := stateCheckedJSON{Path: name, Findings: []stateFinding{}}
	s, err := storagestate.Decode(data)
	if got.Valid = err == nil; got.Valid {
		got.Dialect = s.Dialect()
		got.judge(s, time.Now())
	} else {
		got.Error = err.Error()
	}
	if name != "-" {
		if err := got.lookAround(); err != nil {
			return err
		}
	}
	if err := a.answer(got, got.print); err != nil {
		return err
	}
	if !got.Valid || len(got.Findings) > 0 {
		return errNo
	}
	return nil
}

func (got *stateCheckedJSON) judge(s *storagestate.State, now time.Time) {
	for _, f := range storagestate.Check(s, now) {
		if f.Severity == storagestate.Error {
			got.Errors++
		}
		got.Findings = append(got.Findings, stateFinding{Finding: f})
	}
}

// lookAround looks at the modes of FILE and of its earlier versions, and at what
// a crash left beside it.
func (got *stateCheckedJSON) lookAround() error {
	doc, err := agent.State(got.Path, storagestate.Unknown)
	if err != nil {
		return err
	}
	dir, base := filepath.Split(doc.Path())
	names := []string{base}
	for info, err := range (wholly.Policy{}).Versions(doc.Path()) {
		if err == nil && info.Number > 0 {
			names = append(names, info.Name)
		}
	}
	for _, name := range names {
		info, err := os.Stat(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone meanwhile
		}
		if err != nil {
			return err
		}
		if why := openTo(info); why != "" {
			got.about(name, why)
		}
	}
	beside, err := remnants(doc.Path())
	for _, r := range beside {
		got.about(r.name, r.what+": "+contentOf(filepath.Join(dir, r.name)))
	}
	return err
}

func (got *stateCheckedJSON) about(file, msg string) {
	got.Findings = append(got.Findings, stateFinding{Finding: storagestate.Finding{Msg: msg}, File: file})
}

// contentOf says in a few words what a file beside FILE holds.
func contentOf(path string) string {
	if err := bounded(path); err != nil {
		return "too large for a state"
	}
	data, err := wholly.ReadFile(path)
	if err != nil {
		return "it cannot be read"
	}
	s, err := storagestate.Decode(data)
	if err != nil {
		return "no state: " + err.Error()
	}
	sum := storagestate.Summarize(s, time.Now())
	return fmt.Sprintf("a state with %s and %s", plural(int64(sum.Cookies.Total), "cookie", "cookies"),
		plural(int64(len(sum.Origins)), "origin", "origins"))
}

func (got stateCheckedJSON) print(out io.Writer) {
	name := shown(got.Path)
	if name == "-" {
		name = "standard input"
	}
	switch {
	case !got.Valid:
		fmt.Fprintf(out, "%s: not valid: %s\n", name, shown(got.Error))
	case len(got.Findings) == 0:
		fmt.Fprintf(out, "%s: valid (%s)\n", name, got.Dialect)
	default:
		n := len(got.Findings)
		fmt.Fprintf(out, "%s: valid (%s), but: %s, %s\n", name, got.Dialect,
			plural(int64(got.Errors), "error", "errors"), plural(int64(n-got.Errors), "warning", "warnings"))
	}
	for _, f := range got.Findings {
		line := f.Finding.String()
		if f.File != "" {
			line = f.File + ": " + f.Msg
		}
		fmt.Fprintf(out, "  %-7s %s\n", f.Severity, shown(line))
	}
}
