package audit

import (
	"fmt"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/golang"
	"github.com/wholly-go/wholly/audit/python"
	"github.com/wholly-go/wholly/audit/script"
)

// fronts are the front ends of this build.
func fronts(c Calls) ([]effect.Front, error) {
	g, err := golang.New(c.Go)
	if err != nil {
		return nil, fmt.Errorf("calls of Go: %w", err)
	}
	py, err := python.New(c.Python)
	if err != nil {
		return nil, fmt.Errorf("calls of Python: %w", err)
	}
	js, err := script.New(c.Script)
	if err != nil {
		return nil, fmt.Errorf("calls of JavaScript: %w", err)
	}
	return []effect.Front{g, py, js}, nil
}
