package agent

import (
	"os"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/agent/pattern"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// Patterns opens the store of learned patterns and workflows. An empty path
// stands for the one that browser-use takes: $BROWSER_USE_PATTERNS_PATH, else
// ./patterns/patterns.json. Nothing is read yet; an error is about the path.
func Patterns(path string) (*Doc[*pattern.File], error) { return PatternsWith(Private(), path) }

// PatternsWith is Patterns under another policy.
func PatternsWith(p wholly.Policy, path string) (*Doc[*pattern.File], error) {
	full, err := PatternsPath(path)
	if err != nil {
		return nil, err
	}
	return open(p, full, pattern.Codec{Name: full}, storagestate.LegacyNames, nil)
}

// PatternsPath is the file that Patterns opens for path: absolute, links
// followed. The file need not exist.
func PatternsPath(path string) (string, error) {
	explicit := &path
	if path == "" {
		explicit = nil
	}
	return resolve(pattern.Path(explicit, os.Getenv, "~"))
}

// State opens a storage state: cookies and web storage, of browser-use or of
// Playwright. dialect is for a file that does not exist yet; one that does
// keeps its own. It holds live credentials: see [Private].
func State(path string, dialect storagestate.Dialect) (*Doc[*storagestate.State], error) {
	return StateWith(Private(), path, dialect)
}

// StateWith is State under another policy.
func StateWith(p wholly.Policy, path string, dialect storagestate.Dialect) (*Doc[*storagestate.State], error) {
	return open(p, path, storagestate.Codec{Dialect: dialect}, storagestate.LegacyNames, (*storagestate.State).Complete)
}

// History opens the history file of an agent.
func History(path string) (*Doc[*history.History], error) { return HistoryWith(Private(), path) }

// HistoryWith is History under another policy.
func HistoryWith(p wholly.Policy, path string) (*Doc[*history.History], error) {
	return open(p, path, history.Codec{}, nil, nil)
}
