package audit

import (
	"fmt"
	"strings"
)

// Calls are what a user knows of calls, in the form of package table, by
// language: one line for each, a line for a known name takes its place.
type Calls struct {
	Go     string // import path and function; parts by position
	Python string
	Script string // JavaScript and TypeScript
}

// ParseCalls reads a text with a section for each language:
//
//	[python]
//	acme.store.save          writer path=0|path content=1 kind=durable
//	[go]
//	example.com/acme/io.Put  write path=0 content=1
//	[script]
//	@acme/store.put          writer path=0 content=1 kind=synced
//
// A "#" begins a comment. A line that says nothing is an error, which names it.
func ParseCalls(text string) (c Calls, err error) {
	var at *string
	n := 0
	for line := range strings.Lines(text) {
		n++
		bare, _, _ := strings.Cut(line, "#")
		bare = strings.TrimSpace(bare)
		switch {
		case bare == "":
		case strings.HasPrefix(bare, "["):
			if at = c.section(bare); at == nil {
				return c, fmt.Errorf("line %d: %q is no section: there are [go], [python], [script]", n, bare)
			}
		case at == nil:
			return c, fmt.Errorf("line %d: %q stands before the first section, [go], [python] or [script]", n, bare)
		default:
			*at += strings.Repeat("\n", n-1-strings.Count(*at, "\n")) + bare + "\n" // it keeps its number
		}
	}
	_, err = fronts(c)
	return c, err
}

func (c *Calls) section(name string) *string {
	switch name {
	case "[go]":
		return &c.Go
	case "[python]":
		return &c.Python
	case "[script]":
		return &c.Script
	}
	return nil
}

// Trust adds a function that is taken to replace a file durably, by the user's
// word: its path is the first argument, or is called path, file or filename,
// its content the second. In each language the name is the one by which it is
// imported.
func (c *Calls) Trust(name string) {
	const parts = " writer path=0|path|file|filename content=1|content|data kind=durable\n"
	for _, at := range []*string{&c.Go, &c.Python, &c.Script} {
		*at += name + parts
	}
}
