package python_test

import (
	"testing"

	"github.com/wholly-go/wholly/audit/fix/internal/trial"
	"github.com/wholly-go/wholly/audit/fix/python"
)

func TestCases(t *testing.T) {
	for _, c := range trial.Read(t, "testdata/*.txtar") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			trial.Run(t, c, trial.Need(t, "python3"))
		})
	}
}

// The writer that is added passes the audit that asks for it.
func TestWriterIsFoundDurable(t *testing.T) {
	trial.Durable(t, "wholly_atomic.py", python.Writer, "atomic_write", "atomic_open", "keep_backup")
}
