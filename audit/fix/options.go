package fix

import (
	"context"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/rule"
)

// Grade says how far a change may be trusted.
type Grade = edit.Grade

// The grades of a change; see [edit.Grade].
const (
	Never = edit.Never
	Ask   = edit.Ask
	Safe  = edit.Safe
)

// Options say what is to be fixed. Roots and Audit are those of the scan that
// is to be fixed: the result is proved by another one.
type Options struct {
	Roots []string
	Audit audit.Options

	// Least is the least severity of a finding that is to be fixed.
	Least rule.Severity
	// Ask: the changes graded Ask are made too. Otherwise they are graded and
	// explained, and are not in Plan.Files.
	Ask bool
	// AddWriter: a file with a writer may be added where the project has none.
	AddWriter bool
	// Read returns the content of a file on disk; nil: os.ReadFile. It must
	// return what the scan has read.
	Read func(path string) ([]byte, error)
	// Again audits once more, with other contents for some files, by absolute
	// path. nil: audit.Scan of Roots with Audit.
	Again func(ctx context.Context, changed map[string][]byte) (*audit.Result, error)
}

// Fix is what is to be done about one site.
type Fix struct {
	Finding *audit.Finding `json:"-"` // the worst of the site that is not suppressed
	Grade   edit.Grade     `json:"grade"`
	Reason  string         `json:"reason,omitempty"`
	File    string         `json:"file"`            // that the edits are for: not the finding's if a helper is mended
	Edits   []edit.Edit    `json:"edits,omitempty"` // with the imports that it needs when it is made alone
	Added   []edit.File    `json:"-"`               // files that it needs besides
	Applied bool           `json:"applied"`         // it is in Plan.Files
	Left    []string       `json:"left,omitempty"`  // rules that the place breaks afterwards all the same
}

// Change is one file before and after all changes that are made.
type Change struct {
	Path string // as in the findings
	Disk string // where it lies, or is to lie
	Old  []byte // nil: the file is new
	New  []byte
}

// Plan is one Fix for each site that is to be fixed, in the order of the
// findings, and the files as they would be.
type Plan struct {
	Fixes []Fix
	Files []Change
	Notes []string // what the user must do besides, in plain words
}
