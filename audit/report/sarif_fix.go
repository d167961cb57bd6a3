package report

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// fix tells edits in lines and columns, counted in the sources as they are. A
// fix whose source cannot be read, or no longer has those bytes, is left out.
func (s *sarif) fix(f *Fix) []sarifFix {
	if f == nil || len(f.Edits) == 0 || s.o.Read == nil {
		return nil
	}
	out := sarifFix{Description: sarifText{Text: prose(explain(f))}}
	var files []string
	for _, e := range f.Edits {
		if !slices.Contains(files, e.File) {
			files = append(files, e.File)
		}
	}
	for _, file := range files {
		change, ok := s.change(file, f.Edits)
		if !ok {
			return nil
		}
		out.Changes = append(out.Changes, change)
	}
	return []sarifFix{out}
}

func explain(f *Fix) string {
	text := "Write it whole."
	if f.Grade == "ask" {
		text += " To be looked at first."
	}
	if f.Reason != "" {
		text += " " + sentence(f.Reason)
	}
	return text
}

// change is what the edits do to one file; a fresh one is changed at its first
// line and column.
func (s *sarif) change(file string, edits []Edit) (c sarifChange, ok bool) {
	var text []byte
	if !slices.ContainsFunc(edits, func(e Edit) bool { return e.File == file && e.Fresh }) {
		var err error
		if text, err = s.o.Read(file); err != nil {
			return c, false
		}
	}
	c.Artifact = artifact(file)
	for _, e := range edits {
		if e.File != file {
			continue
		}
		if e.Start < 0 || e.End < e.Start || e.End > len(text) {
			return c, false
		}
		c.Replacements = append(c.Replacements, replacement(text, e))
	}
	return c, true
}

func replacement(text []byte, e Edit) sarifReplacement {
	var r sarifReplacement
	r.Deleted.StartLine, r.Deleted.StartColumn = position(text, e.Start)
	r.Deleted.EndLine, r.Deleted.EndColumn = position(text, e.End)
	if e.New != "" {
		r.Inserted = &sarifText{Text: e.New}
	}
	return r
}

// position is the line and the column, both from 1, of a byte: columns count
// UTF-16 code units, and a byte order mark is no part of the text.
func position(text []byte, offset int) (line, column int) {
	before := text[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	line = bytes.Count(before, []byte("\n")) + 1
	part := strings.TrimPrefix(string(before[start:]), "\ufeff")
	if line > 1 {
		part = string(before[start:])
	}
	column = 1
	for len(part) > 0 {
		r, n := utf8.DecodeRuneInString(part)
		part = part[n:]
		column++
		if r > 0xffff {
			column++
		}
	}
	return line, column
}
