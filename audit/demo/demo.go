// Package demo does on a real file system what a site does to its file, in a
// process that is killed after each step, and says what a reader then finds.
//
// The code that was audited is not run: only the steps that were read from it
// are, on files of the demonstration's own in a scratch folder. A power cut
// cannot be shown so: what is written is with the kernel, which lives on.
package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/outcome"
)

// Moment is one point at which the process was killed.
type Moment struct {
	File   string       `json:"file,omitempty"` // of the step just done; "": nothing was done yet
	Line   int          `json:"line,omitempty"`
	Op     string       `json:"op,omitempty"`
	Path   string       `json:"path,omitempty"`
	From   string       `json:"from,omitempty"` // of a rename or link
	Part   string       `json:"part,omitempty"` // "half" of a write
	Finds  outcome.Word `json:"finds"`          // what a reader of the target finds
	Beside []Left       `json:"beside,omitempty"`
}

// Left is another file that is there.
type Left struct {
	Path  string       `json:"path"`
	Holds outcome.Word `json:"holds"`
}

// Play kills a process after each step of the site and returns what was found.
// The process is command with the name of a scratch folder appended; it must
// call Child. An ErrCannot says why a site has nothing to show. Nothing stays
// behind.
func Play(ctx context.Context, s *audit.Site, command []string) ([]Moment, error) {
	p, err := plan(s)
	if err != nil {
		return nil, err
	}
	var moments []Moment
	for stop := 0; stop <= len(p.acts); stop++ {
		m, err := p.moment(ctx, command, stop)
		if err != nil {
			return nil, fmt.Errorf("play %s:%d, step %d: %w", s.File, s.Line, stop, err)
		}
		moments = append(moments, m)
	}
	return moments, nil
}

// moment does the first steps in a new folder and looks at it.
func (p *play) moment(ctx context.Context, command []string, stop int) (m Moment, err error) {
	dir, err := os.MkdirTemp("", "wholly-demo-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for i, held := range p.start {
		if held == nil {
			continue
		}
		if err := os.WriteFile(file(dir, i), held, 0o600); err != nil {
			return m, err
		}
	}
	if stop > 0 {
		if err := killed(ctx, append(command[:len(command):len(command)], dir), p.acts[:stop]); err != nil {
			return m, err
		}
		m = p.told[stop-1]
	}
	for i, path := range p.names {
		holds, err := p.holds(dir, i)
		switch {
		case err != nil:
			return m, err
		case i == 0:
			m.Finds = holds
		case holds != outcome.Missing:
			m.Beside = append(m.Beside, Left{path, holds})
		}
	}
	return m, nil
}

// killed starts the process, which does the acts and kills itself.
func killed(ctx context.Context, command []string, acts []act) error {
	script, err := json.Marshal(acts)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin = bytes.NewReader(script)
	said, err := cmd.CombinedOutput()
	if len(said) > 0 || err == nil { // one that was killed says nothing, and does not end well
		return fmt.Errorf("%s was not killed: %v: %s", filepath.Base(command[0]), err, bytes.TrimSpace(said))
	}
	return ctx.Err()
}

// holds is the word for what a file of the play holds.
func (p *play) holds(dir string, i int) (outcome.Word, error) {
	data, err := os.ReadFile(file(dir, i))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return outcome.Missing, nil
	case err != nil:
		return "", err
	case len(data) == 0:
		return outcome.Empty, nil
	case bytes.Equal(data, p.after), bytes.Equal(data, after): // a log that was put aside begins anew
		return outcome.New, nil
	case bytes.Equal(data, before):
		return outcome.Old, nil
	}
	return outcome.Torn, nil
}

// file is the path of the i-th file of a play.
func file(dir string, i int) string { return filepath.Join(dir, fmt.Sprintf("file-%d", i)) }
