package lossless

import (
	"strconv"
	"unicode/utf8"
)

// unquote returns what a string literal stands for. A lone surrogate becomes
// its three bytes in generalised UTF-8 (WTF-8), so that different literals
// never become the same text; Go prints such bytes as U+FFFD.
func unquote(literal []byte) string {
	body := literal[1 : len(literal)-1]
	i := 0
	for i < len(body) && body[i] != '\\' {
		i++
	}
	if i == len(body) {
		return string(body)
	}
	out := append(make([]byte, 0, len(body)), body[:i]...)
	for i < len(body) {
		c := body[i]
		if c != '\\' {
			out = append(out, c)
			i++
			continue
		}
		c = body[i+1]
		i += 2
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r := hex4(body[i:])
			i += 4
			if isHigh(r) && i+6 <= len(body) && body[i] == '\\' && body[i+1] == 'u' && isLow(hex4(body[i+2:])) {
				r = (r-0xD800)<<10 + hex4(body[i+2:]) - 0xDC00 + 0x10000
				i += 6
			}
			out = appendWTF8(out, r)
			continue
		}
		out = append(out, c)
	}
	return string(out)
}

func isHigh(r rune) bool { return r >= 0xD800 && r < 0xDC00 }
func isLow(r rune) bool  { return r >= 0xDC00 && r < 0xE000 }

func hex4(p []byte) rune {
	n, _ := strconv.ParseUint(string(p[:4]), 16, 16)
	return rune(n)
}

func appendWTF8(dst []byte, r rune) []byte {
	if isHigh(r) || isLow(r) {
		return append(dst, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return utf8.AppendRune(dst, r)
}

// surrogate decodes the three bytes of a lone surrogate; 0 if there are none.
func surrogate(s string) rune {
	if len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)
	}
	return 0
}

const hexDigits = "0123456789abcdef"

// quote appends s as a string literal with the escapes that Python writes.
// Bytes that are neither UTF-8 nor a surrogate become U+FFFD.
func quote(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = appendASCII(dst, c)
			i++
			continue
		}
		if r := surrogate(s[i:]); r != 0 {
			dst = appendEscape(dst, r)
			i += 3
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return append(dst, '"')
}

func appendASCII(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if c < 0x20 {
		return appendEscape(dst, rune(c))
	}
	return append(dst, c)
}

func appendEscape(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// asciiOnly appends a string literal with everything outside of ASCII, and
// U+007F, escaped, as Python does by default. Escapes stay as they are.
func asciiOnly(dst, literal []byte) []byte {
	for i := 0; i < len(literal); {
		c := literal[i]
		if c < 0x7F {
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(literal[i:])
		if r >= 0x10000 {
			r -= 0x10000
			dst = appendEscape(dst, 0xD800+r>>10)
			r = 0xDC00 + r&0x3FF
		}
		dst = appendEscape(dst, r)
		i += n
	}
	return dst
}
