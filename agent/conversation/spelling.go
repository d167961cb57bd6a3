package conversation

import (
	"encoding/json"
	"strconv"
	"strings"
)

// text reads a string: its escapes are checked, not decoded.
func (s *scanner) text() error {
	begin := s.pos
	for s.pos++; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return nil
		case c < ' ':
			return s.errorf(s.pos, "a control character (%#02x) in a string must be escaped", c)
		case c == '\\':
			n := escapeLen(s.data[s.pos:])
			if n == 0 {
				return s.errorf(s.pos, "unknown escape in a string")
			}
			s.pos += n - 1
		}
	}
	line, column := position(s.data, begin)
	return s.errorf(len(s.data), "the input ends inside the string that begins at line %d, column %d", line, column)
}

// escapeLen returns the length of the escape that rest begins with, 0 if it is
// none. One that the end of the input cuts is as long as what is left.
func escapeLen(rest string) int {
	if len(rest) < 2 {
		return len(rest)
	}
	switch rest[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		for i := 2; i < 6; i++ {
			if i >= len(rest) {
				return len(rest)
			}
			if !isHex(rest[i]) {
				return 0
			}
		}
		return 6
	}
	return 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// decodeKey returns the key that raw spells. One with a lone surrogate stays
// as spelled: decoded, two of them would look alike.
func decodeKey(raw string) string {
	key, err := decode(raw)
	if err != nil {
		return raw
	}
	return key
}

// decode returns the text that raw spells: a JSON string that was scanned.
func decode(raw string) (string, error) {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], nil
	}
	if at := loneSurrogate(raw); at >= 0 {
		return "", &surrogateError{at, raw[at : at+6]}
	}
	var text string
	err := json.Unmarshal([]byte(raw), &text)
	return text, err
}

type surrogateError struct {
	at     int // in the raw string
	escape string
}

func (e *surrogateError) Error() string {
	return e.escape + " is a lone surrogate: it cannot be written as text"
}

// loneSurrogate returns where in raw, a JSON string, an escape stands for half
// a character, negative if none does.
func loneSurrogate(raw string) int {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if raw[i+1] != 'u' {
			i++
			continue
		}
		switch half := unit(raw[i:]) & 0xfc00; {
		case half == 0xd800 && unit(raw[i+6:])&0xfc00 == 0xdc00:
			i += 11
		case half == 0xd800 || half == 0xdc00:
			return i
		default:
			i += 5
		}
	}
	return -1
}

// unit returns the UTF-16 unit of the \u escape that s begins with, 0 if it
// begins with none.
func unit(s string) uint64 {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0
	}
	u, _ := strconv.ParseUint(s[2:6], 16, 16)
	return u
}
