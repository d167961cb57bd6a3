package lossless

import (
	"bytes"
	"fmt"
	"strconv"
)

// Error says what is wrong with a document and where.
type Error struct {
	Line, Column int    // from 1, the column in bytes; 0 where there is no place
	Path         string // of keys: patterns["example.com"].login.actions[2]; empty for the root
	Msg          string
}

// Error is "line 3, column 7, at a.b[2]: what".
func (e *Error) Error() string {
	s := ""
	if e.Line > 0 {
		s = fmt.Sprintf("line %d, column %d", e.Line, e.Column)
	}
	if e.Path != "" {
		if s != "" {
			s += ", "
		}
		s += "at " + e.Path
	}
	if s == "" {
		return e.Msg
	}
	return s + ": " + e.Msg
}

// Position returns line and column, from 1, of an offset in data.
func Position(data []byte, offset int) (line, column int) {
	before := data[:min(offset, len(data))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

// Join adds a key to a path.
func Join(path, key string) string {
	if len(key) > 80 {
		key = key[:80] + "…"
	}
	if !plainKey(key) {
		return path + "[" + strconv.Quote(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func plainKey(key string) bool {
	for i := range len(key) {
		c := key[i]
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return key != ""
}

// Index adds the number of an element, from 0, to a path.
func Index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
