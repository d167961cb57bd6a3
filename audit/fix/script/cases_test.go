package script_test

import (
	"testing"

	"github.com/wholly-go/wholly/audit/fix/internal/trial"
	"github.com/wholly-go/wholly/audit/fix/script"
)

func TestCases(t *testing.T) {
	for _, c := range trial.Read(t, "testdata/*.txtar") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			trial.Run(t, c, trial.Need(t, "node"))
		})
	}
}

// The writers that are added pass the audit that asks for them.
func TestWritersAreFoundDurable(t *testing.T) {
	for name, text := range map[string][]byte{"wholly-atomic.mjs": script.Module, "wholly-atomic.cjs": script.Common, "wholly-atomic.ts": script.Typed} {
		trial.Durable(t, name, text, "writeAtomic", "writeAtomicSync", "writeAtomicCallback", "keepBackup", "keepBackupSync")
	}
}
