// Package change tells which lines of a tree differ from a commit, and keeps
// of an audit what touches them. It runs git and changes nothing.
package change

import (
	"context"
	"fmt"
	"path"

	"github.com/wholly-go/wholly/audit"
)

// Lines are the changed lines of the files below a folder.
type Lines struct {
	at    string // the folder, as seen from the top of the work tree
	files map[string]changes
}

// Since returns the lines below dir that differ between the work tree and the
// merge base of HEAD and base: what was committed since, what was not, and
// files that git does not follow yet but does not ignore either. Submodules
// are other people's. It returns ErrNoGit, ErrNoRepository, ErrUnknownBase or
// ErrUnrelated, wrapped, where that is the cause, with what can be done.
func Since(ctx context.Context, dir, base string) (*Lines, error) {
	g, err := open(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("change: %s: %w", dir, err)
	}
	fork, err := g.fork(base)
	if err != nil {
		return nil, fmt.Errorf("change: %w", err)
	}
	diff, err := g.run("diff", "--unified=0", "--inter-hunk-context=0", "--no-color", "--no-ext-diff", "--no-textconv",
		"--find-renames", "--ignore-submodules=all", "--no-relative", "--src-prefix=a/", "--dst-prefix=b/", fork, "--", ".")
	if err != nil {
		return nil, fmt.Errorf("change: %w", err)
	}
	files, err := parse(diff)
	if err != nil {
		return nil, fmt.Errorf("change: what git diff says: %w", err)
	}
	fresh, err := g.run("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ".")
	if err != nil {
		return nil, fmt.Errorf("change: %w", err)
	}
	for _, name := range names(fresh) {
		files[name] = changes{fresh: true}
	}
	return &Lines{g.at, files}, nil
}

// Keep drops from r the findings that touch no changed line. A finding touches
// one if its site does, one of the site's steps, or the line that decides; or
// if lines are gone between two of the steps: what is missing there may be
// what was found. The paths of r must be named from the folder of Since.
func (l *Lines) Keep(r *audit.Result) {
	r.Keep(l.touches)
}

func (l *Lines) touches(f *audit.Finding) bool {
	at := f.AtFile
	if at == "" {
		at = f.File
	}
	if l.of(f.File).has(f.Line) || l.of(at).has(f.At) {
		return true
	}
	if f.Site == nil {
		return false
	}
	reach := map[string]lines{}
	for _, s := range f.Site.Steps {
		if l.of(s.File).has(s.Line) {
			return true
		}
		r, ok := reach[s.File]
		if !ok {
			r = lines{s.Line, s.Line}
		}
		reach[s.File] = lines{min(r.from, s.Line), max(r.to, s.Line)}
	}
	for file, r := range reach {
		if l.of(file).lost(r) {
			return true
		}
	}
	return false
}

func (l *Lines) of(file string) changes { return l.files[path.Join(l.at, file)] }
