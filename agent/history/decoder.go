package history

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// decoder undoes one way of writing text within text. It is tolerant: what is
// no escape stands for itself.
type decoder struct {
	begin string // the bytes an escape begins with
	// token returns what the escape at the beginning of s stands for and its
	// length; 0 if there is none.
	token      func(s string) (decoded string, n int)
	onlySpaces bool // differs from another one only in what "+" stands for
}

var decoders = []decoder{
	{begin: `\`, token: backslash},
	{begin: "%", token: percent},
	{begin: "%+", token: plus, onlySpaces: true},
	{begin: "&", token: reference},
}

// backslash undoes the escapes of JSON, and those that JavaScript and Python
// write besides.
func backslash(s string) (string, int) {
	if len(s) < 2 {
		return "", 0
	}
	switch s[1] {
	case '"', '\\', '/', '\'':
		return s[1:2], 2
	case 'b':
		return "\b", 2
	case 'f':
		return "\f", 2
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case 'x':
		if r, ok := hex(s, 2, 2); ok {
			return string(r), 4
		}
	case 'u':
		return unicodeEscape(s)
	}
	return "", 0
}

// unicodeEscape returns three bytes for a lone surrogate, as a string of the
// document has them.
func unicodeEscape(s string) (string, int) {
	r, ok := hex(s, 2, 4)
	if !ok {
		return "", 0
	}
	if r < 0xD800 || r > 0xDFFF {
		return string(r), 6
	}
	if low, ok := hex(s, 8, 4); ok && r < 0xDC00 && low >= 0xDC00 && low < 0xE000 && s[6] == '\\' && s[7] == 'u' {
		return string((r-0xD800)<<10 + low - 0xDC00 + 0x10000), 12
	}
	return string([]byte{0xE0 | byte(r>>12), 0x80 | byte(r>>6)&0x3F, 0x80 | byte(r)&0x3F}), 6
}

// hex reads n digits at i.
func hex(s string, i, n int) (rune, bool) {
	if len(s) < i+n {
		return 0, false
	}
	r := rune(0)
	for _, c := range []byte(s[i : i+n]) {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

func percent(s string) (string, int) {
	if r, ok := hex(s, 1, 2); ok && s[0] == '%' {
		return string([]byte{byte(r)}), 3
	}
	return "", 0
}

// plus is percent as the query of a URL and a form have it.
func plus(s string) (string, int) {
	if s[0] == '+' {
		return " ", 1
	}
	return percent(s)
}

// references are the names that are needed to write any text in HTML; others
// are left as they are.
var references = map[string]string{
	"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'", "nbsp": "\u00a0",
}

// reference undoes a character reference of HTML.
func reference(s string) (string, int) {
	name, _, ok := strings.Cut(s[1:min(len(s), 12)], ";")
	if !ok {
		return "", 0
	}
	n := len(name) + 2
	if text, ok := references[name]; ok {
		return text, n
	}
	digits, base := "", 10
	switch {
	case strings.HasPrefix(name, "#x"), strings.HasPrefix(name, "#X"):
		digits, base = name[2:], 16
	case strings.HasPrefix(name, "#"):
		digits = name[1:]
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if err != nil || code == 0 || !utf8.ValidRune(rune(code)) {
		return "", 0
	}
	return string(rune(code)), n
}
