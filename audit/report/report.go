// Package report says what an audit found: to people, on a terminal or a page,
// and to programs, as JSON, SARIF or workflow commands.
//
// The same result and options give the same bytes. What comes from the sources
// (names, paths, reasons) is made harmless for where it is printed.
package report

import (
	"fmt"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/baseline"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/rule"
)

// Options say what is reported beside the result. The zero value will do.
type Options struct {
	Version string        // of the program; "": "devel"
	Root    string        // the folder that the paths are named from, as it is shown; "": "."
	From    rule.Severity // findings below it are counted, not shown, to people; Info: medium
	Most    int           // how many findings people are shown; 0: ten; below 0: all
	Fixes   []Fix
	Gone    []baseline.Entry // of the baseline, no longer found

	// Read gives a source by its path as in Site.File: SARIF counts the columns
	// of its fixes in it. Without it SARIF has no fixes.
	Read func(file string) ([]byte, error)
}

// Fix is what can be done about a finding by a program.
type Fix struct {
	Finding *audit.Finding
	Grade   string // "safe", "ask" or "never"
	Reason  string // why not safe, or what is to be known
	Edits   []Edit // none: never
}

// Edit replaces the bytes from Start to End of a file, as it was read, by New.
// Fresh: the file is not there yet, and New is all of it.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
	Fresh bool   `json:"fresh"`
}

// TextOptions say how people are told.
type TextOptions struct {
	Options
	All   bool // the inventory: every site, the good ones too
	Color bool // with ANSI codes
	Width int  // in columns; 0: 100
}

func (o Options) version() string {
	if o.Version == "" {
		return "devel"
	}
	return o.Version
}

// path is a file as people would open it.
func (o Options) path(file string) string {
	if o.Root == "" || o.Root == "." {
		return harmless(file)
	}
	return harmless(strings.TrimSuffix(o.Root, "/") + "/" + file)
}

func (o Options) root() string {
	if o.Root == "" {
		return "."
	}
	return o.Root
}

func (o Options) fixes() map[*audit.Finding]*Fix {
	by := map[*audit.Finding]*Fix{}
	for i := range o.Fixes {
		by[o.Fixes[i].Finding] = &o.Fixes[i]
	}
	return by
}

func (o Options) from() rule.Severity {
	if o.From == rule.Info {
		return rule.Medium
	}
	return o.From
}

// plural is "1 file", "2 files".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// proper is a language as people write it.
func proper(l effect.Language) string {
	names := map[effect.Language]string{effect.Go: "Go", effect.Python: "Python", effect.JavaScript: "JavaScript", effect.TypeScript: "TypeScript"}
	if n := names[l]; n != "" {
		return n
	}
	return string(l)
}
