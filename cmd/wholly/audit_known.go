package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/baseline"
	"github.com/wholly-go/wholly/audit/change"
)

// narrow leaves the findings that the user asked for: --diff those about
// changed lines, --baseline those that are new. It returns what was known once
// and is gone.
func (w *auditing) narrow(ctx context.Context, r *audit.Result) (gone []baseline.Entry, err error) {
	if w.since != "" {
		lines, err := change.Since(ctx, w.base.dir, w.since)
		if err != nil {
			return nil, err
		}
		lines.Keep(r)
	}
	if w.baseline == "" || w.update {
		return nil, nil
	}
	known, err := readBaseline(w.baseline)
	if err != nil {
		return nil, err
	}
	for _, e := range known.Apply(r) {
		if w.since == "" && w.sees(e.File) {
			gone = append(gone, e)
		}
	}
	return gone, nil
}

// sees reports whether a file is, or was, among those that were audited.
func (w *auditing) sees(file string) bool {
	abs := filepath.Join(w.base.dir, filepath.FromSlash(file))
	for _, root := range w.roots {
		if at, _ := lies(root); within(at, abs) {
			return true
		}
	}
	return false
}

func readBaseline(name string) (*baseline.Baseline, error) {
	data, err := wholly.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &noBaselineError{err}
	}
	if err != nil {
		return nil, err
	}
	known, err := baseline.Parse(data)
	if err != nil {
		return nil, unusable(name, err)
	}
	return known, nil
}

// learn reads what the user says of calls of his own.
func (w *auditing) learn() error {
	if w.rules != "" {
		data, err := wholly.ReadFile(w.rules)
		if err != nil {
			return err
		}
		if w.calls, err = audit.ParseCalls(string(data)); err != nil {
			return unusable(w.rules, err)
		}
	}
	for _, name := range w.writers {
		if !callable.MatchString(name) {
			return usagef("--writer %q is no function: module.func is wanted, as it is imported", name)
		}
		w.calls.Trust(name)
	}
	return nil
}

var callable = regexp.MustCompile(`^[^\s#=|"\[]+\.[^\s#=|"\[./]+$`)

// unusable is a file beside the sources that cannot be understood: the audit
// fails, which is no answer about them.
func unusable(name string, err error) error {
	return &wholly.Error{Op: "read", Path: name, State: wholly.Old, Err: err}
}

// noBaselineError: the file that --baseline names is not there.
type noBaselineError struct{ error }

func (e *noBaselineError) Unwrap() error { return e.error }

// updatedJSON is the answer of --update-baseline.
type updatedJSON struct {
	Path    string `json:"path"`
	Written bool   `json:"written"`
	Known   int    `json:"known"`
	Added   int    `json:"added"`
	Gone    int    `json:"gone"`
}

// updateBaseline makes all that is found now known. What the baseline says of
// files that were not audited stays in it.
func (w *auditing) updateBaseline(ctx context.Context, r *audit.Result) error {
	if r.Failed() {
		return fmt.Errorf("%w; the baseline is as it was", unread(r))
	}
	got := updatedJSON{Path: w.baseline}
	err := wholly.Update(ctx, w.baseline, 0o666, func(old []byte) ([]byte, error) {
		before, err := baseline.Parse(old)
		if err != nil {
			return nil, err
		}
		gone := before.Apply(r)
		data := baseline.Entries(r, before, func(e baseline.Entry) bool { return !w.sees(e.File) })
		after, err := baseline.Parse(data)
		if err != nil {
			return nil, err
		}
		for _, e := range gone {
			if w.sees(e.File) {
				got.Gone++
			}
		}
		got.Known, got.Added = after.Len(), after.Len()-before.Len()+got.Gone
		if old != nil && string(old) == string(data) {
			return nil, wholly.ErrUnchanged
		}
		got.Written = true
		return data, nil
	})
	if err != nil {
		return err
	}
	if w.quiet {
		return nil
	}
	return w.answer(got, func(out io.Writer) { fmt.Fprintln(out, got.text()) })
}

func (u updatedJSON) text() string {
	parts := []string{plural(int64(u.Known), "finding is known", "findings are known")}
	if u.Added > 0 {
		parts = append(parts, plural(int64(u.Added), "new", "new"))
	}
	if u.Gone > 0 {
		parts = append(parts, plural(int64(u.Gone), "gone", "gone"))
	}
	if !u.Written {
		parts = append(parts, "unchanged")
	}
	return shown(u.Path) + ": " + strings.Join(parts, ", ")
}
