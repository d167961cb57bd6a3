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
	out := sarifFix{Description: sarifText{Text: "Write it whole."}}
	if f.Reason != "" {
		out.Description.Text = prose("To be looked at: " + f.Reason)
	}
	var files []string
	for _, e := range f.Edits {
		if !slices.Contains(files, e.File) {
			files = append(files, e.File)
		}
	}
	for _, file := range files {
		text, err := s.o.Read(file)
		if err != nil {
			return nil
		}
		change := sarifChange{Artifact: artifact(file)}
		for _, e := range f.Edits {
			if e.File != file {
				continue
			}
			if e.Start < 0 || e.End < e.Start || e.End > len(text) {
				return nil
			}
			change.Replacements = append(change.Replacements, replacement(text, e))
		}
		out.Changes = append(out.Changes, change)
	}
	return []sarifFix{out}
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
