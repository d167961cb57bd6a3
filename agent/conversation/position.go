package conversation

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error says where an input is not what it should be.
type Error struct {
	Line, Column int    // from 1, in characters; zero if it is about no place
	Path         string // in JSON: the key path, such as messages[2].content; empty for the root
	Err          error  // what is wrong
}

// Error names the place, the key path and what is wrong.
func (e *Error) Error() string {
	var s strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&s, "line %d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&s, ", column %d", e.Column)
		}
		s.WriteString(": ")
	}
	if e.Path != "" {
		s.WriteString(e.Path + ": ")
	}
	return s.String() + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// position returns line and column of the byte at offset in text.
func position(text string, offset int) (line, column int) {
	before := text[:offset]
	line = 1 + strings.Count(before, "\n")
	return line, 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

// validPrefix returns the length of the longest prefix of s that is UTF-8.
func validPrefix(s string) int {
	if utf8.ValidString(s) {
		return len(s)
	}
	for i := 0; ; {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}

// invalid describes the invalid UTF-8 that s begins with. Three bytes that
// spell a surrogate are named: they come from JavaScript strings cut in half.
func invalid(s string) string {
	if r, ok := surrogate(s); ok {
		return fmt.Sprintf("U+%04X is a lone surrogate, not a character", r)
	}
	return fmt.Sprintf("byte %#02x is not UTF-8", s[0])
}

func surrogate(s string) (rune, bool) {
	if len(s) < 3 || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf || s[2]&0xc0 != 0x80 {
		return 0, false
	}
	return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), true
}

// readable reports what text cannot be before anything is looked for in it:
// empty, UTF-16, not UTF-8.
func readable(text string) error {
	if text == "" {
		return &Error{Err: errors.New("empty")}
	}
	if utf16(text) {
		return &Error{Line: 1, Err: errors.New("looks like UTF-16, not UTF-8: decode it first")}
	}
	if n := validPrefix(text); n < len(text) {
		line, column := position(text, n)
		return &Error{Line: line, Column: column, Err: errors.New(invalid(text[n:]))}
	}
	return nil
}

// utf16 looks for a byte order mark, and for one NUL among the first two
// bytes: both inputs of this package begin with an ASCII character.
func utf16(s string) bool {
	return strings.HasPrefix(s, "\xff\xfe") || strings.HasPrefix(s, "\xfe\xff") ||
		len(s) > 1 && (s[0] == 0) != (s[1] == 0)
}

const bom = "\ufeff"
