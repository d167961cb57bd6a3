package main

import (
	"fmt"
	"io"

	"github.com/wholly-go/wholly"
)

// checkedJSON is the answer of the check verbs.
type checkedJSON struct {
	Path     string   `json:"path"`
	Valid    bool     `json:"valid"`
	Error    string   `json:"error,omitempty"`
	Findings []string `json:"findings"`
}

// checkFile reads name, as it is, and says whether it is valid and what is odd.
func (a *app) checkFile(name string, check func([]byte) ([]string, error)) error {
	if err := bounded(name); err != nil {
		return err
	}
	data, err := wholly.ReadFile(name)
	if err != nil {
		return err
	}
	findings, err := check(data)
	return a.checked(name, findings, err)
}

// checked answers what a check has found in name.
func (a *app) checked(name string, findings []string, err error) error {
	got := checkedJSON{Path: name, Findings: []string{}}
	got.Valid = err == nil
	if err != nil {
		got.Error = err.Error()
	}
	got.Findings = append(got.Findings, findings...)
	if err := a.answer(got, got.print); err != nil {
		return err
	}
	if !got.Valid || len(got.Findings) > 0 {
		return errNo
	}
	return nil
}

func (c checkedJSON) print(out io.Writer) {
	switch {
	case !c.Valid:
		fmt.Fprintf(out, "%s: not valid: %s\n", shown(c.Path), shown(c.Error))
	case len(c.Findings) == 0:
		fmt.Fprintf(out, "%s: valid\n", shown(c.Path))
	default:
		fmt.Fprintf(out, "%s: valid, but:\n", shown(c.Path))
	}
	for _, f := range c.Findings {
		fmt.Fprintf(out, "  %s\n", shown(f))
	}
}
