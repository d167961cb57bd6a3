package pattern

import "github.com/wholly-go/wholly/agent/internal/lossless"

// SyntaxError says that a text is not JSON in UTF-8, and where.
type SyntaxError struct {
	Name         string // of the file; empty if it is not known
	Line, Column int    // from 1, the column in bytes; 0 if the text as a whole is meant
	Path         string // of the keys around the place, as in patterns["example.com"].login_form; empty for the root
	Msg          string
}

// SchemaError says that JSON is not a document of patterns, and where.
type SchemaError struct {
	Name         string // of the file; empty if it is not known
	Line, Column int    // of the value, from 1, the column in bytes
	Path         string // of keys to the value; empty for the root
	Msg          string
}

// Error begins as the original's message does: "Invalid JSON in patterns file
// NAME: ".
func (e *SyntaxError) Error() string {
	begin := "Invalid JSON in patterns"
	if e.Name != "" {
		begin += " file " + e.Name
	}
	return message(begin, lossless.Error{Line: e.Line, Column: e.Column, Path: e.Path, Msg: e.Msg})
}

// Error begins as the original's message does: "Invalid patterns file schema
// NAME: ".
func (e *SchemaError) Error() string {
	begin := "Invalid patterns file schema"
	if e.Name != "" {
		begin += " " + e.Name
	}
	return message(begin, lossless.Error{Line: e.Line, Column: e.Column, Path: e.Path, Msg: e.Msg})
}

func message(begin string, e lossless.Error) string { return begin + ": " + e.Error() }
