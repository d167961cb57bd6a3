package wholly

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// JSON is a Check: the content is one JSON value (RFC 8259) in UTF-8 with
// nothing but white space around it. It reads in pieces, whatever the size.
// Errors name line and column, both from 1, the column in bytes.
func JSON(r io.Reader) error {
	text := &text{r: r, line: 1}
	dec := json.NewDecoder(text)
	dec.UseNumber()
	depth, values := 0, 0
	for {
		token, err := dec.Token()
		if err == io.EOF && depth == 0 && values == 1 {
			return nil
		}
		if err == nil && depth == 0 && values == 1 {
			err = errors.New("more than one value")
		}
		if err != nil {
			return text.locate(dec.InputOffset(), err)
		}
		text.advance(dec.InputOffset())
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			values++
		}
	}
}

// text passes bytes on, insists on UTF-8 and remembers the line ends that the
// decoder has not passed yet.
type text struct {
	r     io.Reader
	read  int64   // bytes passed on
	bad   bool    // what comes next is not UTF-8
	part  []byte  // of a character that is cut by the end of a piece
	ends  []int64 // offsets of line ends after start
	line  int     // the line that start lies in, from 1
	start int64   // offset of that line
}

var errUTF8 = errors.New("invalid UTF-8")

func (t *text) Read(p []byte) (int, error) {
	if t.bad {
		return 0, errUTF8
	}
	n, err := t.r.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			t.ends = append(t.ends, t.read+int64(i))
		}
	}
	if good := t.valid(p[:n]); good < n {
		t.bad, n, err = true, good, nil
	}
	t.read += int64(n)
	if err == io.EOF && len(t.part) > 0 {
		t.bad, err = true, nil
	}
	return n, err
}

// valid returns how many bytes of p are UTF-8, a cut character at the end
// included.
func (t *text) valid(p []byte) int {
	done := 0
	for len(t.part) > 0 && done < len(p) {
		t.part = append(t.part, p[done])
		if utf8.FullRune(t.part) {
			if !utf8.Valid(t.part) {
				return done
			}
			t.part = t.part[:0]
		}
		done++
	}
	if utf8.Valid(p[done:]) {
		return len(p)
	}
	for done < len(p) {
		r, size := utf8.DecodeRune(p[done:])
		if r == utf8.RuneError && size == 1 {
			if utf8.FullRune(p[done:]) {
				return done
			}
			t.part = append(t.part, p[done:]...)
			return len(p)
		}
		done += size
	}
	return done
}

// advance forgets the line ends before offset.
func (t *text) advance(offset int64) {
	n := 0
	for n < len(t.ends) && t.ends[n] < offset {
		t.line++
		t.start = t.ends[n] + 1
		n++
	}
	t.ends = append(t.ends[:0], t.ends[n:]...)
}

// locate says where the decoder stopped, and why in terms of the content.
func (t *text) locate(offset int64, err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errUTF8):
		offset = t.read
	case errors.As(err, &syntax) && syntax.Offset > offset:
		offset = syntax.Offset - 1
	case err == io.EOF && t.read == 0:
		return errors.New("empty, not a JSON value")
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
		offset, err = t.read, errors.New("ends in the middle of a value")
	}
	t.advance(offset)
	return fmt.Errorf("line %d, column %d: %w", t.line, offset-t.start+1, err)
}
