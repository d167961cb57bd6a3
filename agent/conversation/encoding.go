package conversation

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

// Encoding turns text into the bytes of a file and back. It never replaces a
// character: what cannot be said is an error. It may be used by many goroutines.
type Encoding struct {
	codec
}

// codec is an Encoding's content: an encoding of golang.org/x/text, less what
// the named reader of the file would not read back as the same character.
type codec struct {
	name    string
	aliases string // Python's, normalised
	base    encoding.Encoding
	mark    string // written first: the byte order mark
	grid    bool   // codes of two bytes lie in the 94×94 grid of ISO 2022
	// lacks are the codes (first byte highest) that base knows and the reader
	// does not. If codes is set they are codes of that encoding.
	lacks []span
	codes encoding.Encoding
	// lacksRunes are characters, in the same sense.
	lacksRunes []span
}

// span is a range of codes, both ends included.
type span struct{ lo, hi uint32 }

func in(spans []span, code uint32) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return s.lo <= code && code <= s.hi })
}

// LookupEncoding returns the encoding of that name; the empty name is UTF-8.
// Upper and lower case are one. A name of Python (utf_8, U8, latin-1, cp1252,
// "utf-8-sig", …; as in Python, runs of punctuation and spaces are one) has the
// meaning Python gives it; any other label of the WHATWG Encoding Standard
// (x-sjis, windows-874, x-user-defined, …) has the meaning given there. The
// encodings that the standard only allows to be refused (iso-2022-kr, …) are
// unknown. The error is of type [*UnknownEncodingError].
func LookupEncoding(name string) (*Encoding, error) {
	if name == "" {
		name = "utf-8"
	}
	if c, ok := pythonCodec(name); ok {
		return &Encoding{c}, nil
	}
	base, err := htmlindex.Get(name)
	if err != nil || base == encoding.Replacement {
		return nil, &UnknownEncodingError{Name: name, Near: near(name)}
	}
	canonical, err := htmlindex.Name(base)
	if err != nil {
		return nil, &UnknownEncodingError{Name: name, Near: near(name)}
	}
	return &Encoding{codec{name: canonical, base: base}}, nil
}

// Encode is the Encode of the encoding of that name.
func Encode(text, encodingName string) ([]byte, error) {
	e, err := LookupEncoding(encodingName)
	if err != nil {
		return nil, err
	}
	return e.Encode(text)
}

// Decode is the Decode of the encoding of that name.
func Decode(data []byte, encodingName string) (string, error) {
	e, err := LookupEncoding(encodingName)
	if err != nil {
		return "", err
	}
	return e.Decode(data)
}

// Name returns the encoding's name as Python spells it, or the WHATWG name if
// Python does not know it by the name it was looked up by.
func (e *Encoding) Name() string { return e.name }

// Encode returns all of text in the encoding. The first character that it
// lacks, or the first byte of text that is not UTF-8, is an error of type
// [*EncodingError]; nothing is returned then.
func (e *Encoding) Encode(text string) ([]byte, error) {
	if n := validPrefix(text); n < len(text) {
		return nil, e.lacking(text, n)
	}
	if n := e.unreadable(text); n < len(text) {
		return nil, e.lacking(text, n)
	}
	out, n, err := transform.String(e.base.NewEncoder(), text)
	if err != nil {
		return nil, e.lacking(text, n)
	}
	return []byte(e.mark + out), nil
}

func (e *Encoding) lacking(text string, at int) error {
	line, column := position(text, at)
	r, n := utf8.DecodeRuneInString(text[at:])
	err := &EncodingError{Encoding: e.name, Rune: r, Line: line, Column: column}
	if r == utf8.RuneError && n <= 1 {
		err.Rune, _ = surrogate(text[at:])
		err.reason = invalid(text[at:])
	}
	return err
}

// unreadable returns where the first character stands that base would write
// and the reader would not read back; the length of text if there is none.
func (e *Encoding) unreadable(text string) int {
	if !e.grid && e.lacks == nil && e.lacksRunes == nil {
		return len(text)
	}
	codes := e.codes
	if codes == nil {
		codes = e.base
	}
	enc := codes.NewEncoder()
	for i, r := range text {
		if in(e.lacksRunes, uint32(r)) {
			return i
		}
		if r < utf8.RuneSelf {
			continue // all of these encodings agree on ASCII
		}
		b, err := enc.String(string(r))
		if err == nil && e.refuses(b) {
			return i
		}
	}
	return len(text)
}

func (e *Encoding) refuses(code string) bool {
	var n uint32
	for i := range len(code) {
		n = n<<8 | uint32(code[i])
	}
	return in(e.lacks, n) || e.grid && (len(code) != 2 || code[0] < 0xa1 || code[1] < 0xa1)
}

// Decode returns the text that data spells. A byte order mark that the encoding
// writes is taken off. Data that is not in the encoding is an error which says
// where.
func (e *Encoding) Decode(data []byte) (string, error) {
	d := e.sniff(data)
	body := strings.TrimPrefix(string(data), d.mark)
	text, _, err := transform.String(d.base.NewDecoder(), body)
	if err != nil {
		return "", fmt.Errorf("not %s: %w", e.name, err)
	}
	at := min(validPrefix(text), d.unreadable(text))
	if at == len(text) {
		at = d.replaced(text, body)
	}
	if at < len(text) {
		line, column := position(text, at)
		return "", &Error{Line: line, Column: column, Err: fmt.Errorf("not %s: no character is spelled so", e.name)}
	}
	return text, nil
}

// replaced returns where text first holds the replacement character in the
// place of bytes that spell nothing; its length if nowhere. A decoder writes it
// for both, so the encoder is asked.
func (e *Encoding) replaced(text, body string) int {
	at := strings.IndexRune(text, utf8.RuneError)
	if at < 0 {
		return len(text)
	}
	if again, _, err := transform.String(e.base.NewEncoder(), text); err == nil && again == body {
		return len(text)
	}
	return at
}

// EncodingError says which character an encoding lacks. It is about the text,
// so nothing has been written.
type EncodingError struct {
	Encoding     string
	Rune         rune // a surrogate, or zero, if the text is not UTF-8 there
	Line, Column int  // from 1, the column in bytes of UTF-8
	reason       string
}

// Error names the place, the encoding and the character.
func (e *EncodingError) Error() string {
	place := fmt.Sprintf("line %d, column %d: ", e.Line, e.Column)
	if e.reason != "" {
		return place + e.reason
	}
	return place + fmt.Sprintf("%s has no character %#U", e.Encoding, e.Rune)
}

// UnknownEncodingError says that no encoding is known by a name.
type UnknownEncodingError struct {
	Name string
	Near []string // known names that look like it, the nearest first
}

// Error names the encoding and those it may be mistaken for.
func (e *UnknownEncodingError) Error() string {
	s := fmt.Sprintf("unknown encoding %q", clip(e.Name))
	if len(e.Near) > 0 {
		s += "; near it are " + strings.Join(e.Near, ", ")
	}
	return s
}
