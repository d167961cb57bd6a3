package conversation

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Error says where an input is not what it should be.
type Error struct {
	Line, Column int    // from 1, the column in bytes of UTF-8; 0 if it is about no place
	Path         string // in JSON: the key path, such as messages[2].content; empty for the root
	Err          error  // what is wrong
}

// Error is "line 3, column 7, at messages[2].content: what is wrong".
func (e *Error) Error() string {
	return (&lossless.Error{Line: e.Line, Column: e.Column, Path: e.Path, Msg: e.Err.Error()}).Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ofJSON turns what lossless says into an Error.
func ofJSON(e *lossless.Error) *Error {
	return &Error{e.Line, e.Column, e.Path, errors.New(e.Msg)}
}

// position returns line and column of the byte at offset in text.
func position(text string, offset int) (line, column int) {
	return lossless.Position([]byte(text[:offset]), offset)
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

// plain reports where s, which is the text of a message or of a part of it, is
// not UTF-8.
func plain(s string) error {
	n := validPrefix(s)
	if n == len(s) {
		return nil
	}
	line, column := position(s, n)
	return fmt.Errorf("line %d, column %d of the text: %s", line, column, invalid(s[n:]))
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
	if text == "" || text == bom {
		return &Error{Line: 1, Column: 1, Err: errors.New("empty")}
	}
	if utf16(text) {
		return &Error{Line: 1, Column: 1, Err: errors.New("text in UTF-16, not in UTF-8: decode it first")}
	}
	if n := validPrefix(text); n < len(text) {
		line, column := position(text, n)
		return &Error{Line: line, Column: column, Err: errors.New(invalid(text[n:]))}
	}
	return nil
}

// utf16 looks for a byte order mark, and for one NUL among the first two
// bytes: a conversation begins with an ASCII character.
func utf16(s string) bool {
	return strings.HasPrefix(s, "\xff\xfe") || strings.HasPrefix(s, "\xfe\xff") ||
		len(s) > 1 && (s[0] == 0) != (s[1] == 0)
}

const bom = "\ufeff"

// clip shortens s for an error message.
func clip(s string) string {
	for i := range s {
		if i >= 40 {
			return s[:i] + "…"
		}
	}
	return s
}
