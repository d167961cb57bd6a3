package script_test

import (
	"testing"

	"github.com/wholly-go/wholly/audit/fix/internal/trial"
)

func TestCases(t *testing.T) {
	for _, c := range trial.Read(t, "testdata/*.txtar") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			trial.Run(t, c, trial.Need(t, "node"))
		})
	}
}
