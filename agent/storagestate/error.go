package storagestate

import (
	"errors"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// SyntaxError says that a text is no JSON in UTF-8, and where.
type SyntaxError struct {
	Line, Column int    // from 1, the column in bytes; 0 where there is no place
	Path         string // of keys: cookies[2].name; empty for the root
	Msg          string
}

// Error is "line 3, column 7, at cookies[2]: what".
func (e *SyntaxError) Error() string { return (*lossless.Error)(e).Error() }

// SchemaError says that a text is JSON, but no storage state, and where.
type SchemaError struct {
	Line, Column int
	Path         string
	Msg          string
}

// Error is "line 3, column 7, at cookies: what".
func (e *SchemaError) Error() string { return (*lossless.Error)(e).Error() }

// syntaxError is err of the parser in this package's words.
func syntaxError(err error) error {
	var e *lossless.Error
	if errors.As(err, &e) {
		return (*SyntaxError)(e)
	}
	return err
}

// schemaError is what is wrong at node.
func (s *State) schemaError(node *lossless.Node, path, msg string) error {
	line, column := lossless.Position(s.source, node.Offset())
	return &SchemaError{line, column, path, msg}
}
