// Package audit finds the writes that a crash could tear, says what could
// happen and why it matters.
//
//	r, err := audit.Scan(ctx, []string{"."}, audit.Options{})
//	for _, f := range r.Findings { … }
//
// It reads sources and runs none of them. A finding says "may": what a mode
// change, a container or a network file system does is not in the source.
package audit

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/rule"
)

// Options say what is read. The zero value reads all languages.
type Options struct {
	Languages []effect.Language     // none: all that this build can read
	Base      string                // the folder that paths are named from, with every root below it; "": each root
	Exclude   []string              // path.Match patterns on the path below the base, or on its last element
	MaxFile   int64                 // bytes; 0: 2 MiB
	Workers   int                   // 0: one for each processor
	Calls     Calls                 // what the user knows of calls, beside the built-in tables
	Overlay   map[string][]byte     // absolute path: what is read in its place; a file below a root need not be on disk
	Progress  func(done, total int) // called often, from one goroutine at a time; may be nil
	fronts    []effect.Front        // in tests
}

// Result is what a scan found, in order of file, line and rule. The same tree
// gives the same result.
type Result struct {
	Files       map[effect.Language]int `json:"files"`  // read or looked at
	Unread      map[effect.Language]int `json:"unread"` // not read: this build has no grammar for them
	Sites       []*Site                 `json:"sites"`
	Findings    []*Finding              `json:"findings"`
	Problems    []Problem               `json:"problems"` // what could not be read or parsed
	Skipped     []Problem               `json:"skipped"`  // generated, vendored, too large: left out on purpose
	Bytes       int64                   `json:"bytes"`
	ParsedBytes int64                   `json:"parsedBytes"` // given to a parser, in all passes
	Parsed      int                     `json:"parsed"`
	Sources     map[string]Source       `json:"-"` // what was parsed, by its path as in Site.File
	Writers     []Writer                `json:"-"` // functions of the project that replace a file well: others may call them
	Helpers     []Writer                `json:"-"` // and all that replace a file that their caller names
}

// Problem is a path that was not read, or only in part, and why.
type Problem struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Failed reports whether something that should have been read was not: the
// result is not the whole truth.
func (r *Result) Failed() bool { return len(r.Problems) > 0 || len(r.Unread) > 0 }

// Worst returns the highest severity among the findings that ask for an
// answer; ok is false if there are none.
func (r *Result) Worst() (s rule.Severity, ok bool) {
	for _, f := range r.Findings {
		if f.Open() {
			s, ok = max(s, f.Severity), true
		}
	}
	return s, ok
}

// Scan reads the sources below roots, files or folders, and judges what they
// write. What cannot be read is in Result.Problems and the rest goes on; an
// error means that there is no result: the context ended, or Options.Calls has
// a line that says nothing.
func Scan(ctx context.Context, roots []string, o Options) (*Result, error) {
	if o.MaxFile == 0 {
		o.MaxFile = 2 << 20
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.fronts == nil {
		var err error
		if o.fronts, err = fronts(o.Calls); err != nil {
			return nil, err
		}
	}
	s := &scan{o: o, r: &Result{Files: map[effect.Language]int{}, Unread: map[effect.Language]int{}}, words: lexicon{ids: map[string]uint32{}}}
	for _, root := range roots {
		s.walk(ctx, root)
	}
	if err := s.read(ctx); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	s.judge()
	slices.SortFunc(s.r.Problems, byPath)
	slices.SortFunc(s.r.Skipped, byPath)
	return s.r, nil
}

func byPath(a, b Problem) int {
	switch {
	case a.Path < b.Path:
		return -1
	case a.Path > b.Path:
		return 1
	}
	return 0
}
