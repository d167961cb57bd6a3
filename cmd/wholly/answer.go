package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Rules of the terminal. stdout carries the answer and nothing else; everything
// said on the way goes to stderr. With --json the answer is one object on one
// line of stdout, notes are fields of it, and an error is one object on one
// line of stderr. No meaning is in colour alone; only audit has some, on a
// terminal.

// answers tells its failures from those of the file that a verb works on.
type answers struct{ w io.Writer }

func (a answers) Write(p []byte) (int, error) {
	n, err := a.w.Write(p)
	if err != nil {
		err = &printError{err}
	}
	return n, err
}

// answer prints v with --json, and what text prints otherwise.
func (a *app) answer(v any, text func(w io.Writer)) error {
	if !a.json {
		text(a.out)
		return nil
	}
	return writeJSON(a.out, v)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// note tells people something beside the answer. With --json it is silent: what
// matters is in the object.
func (a *app) note(format string, args ...any) {
	if !a.json {
		fmt.Fprintf(a.talk, "wholly: "+format+"\n", args...)
	}
}

// count writes 4071 as "4,071".
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural writes "1 byte", "2 bytes".
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

func bytesText(n int64) string { return plural(n, "byte", "bytes") }

// shown makes a name safe for a terminal: control characters, which a name may
// hold, and those that turn the direction of writing are quoted.
func shown(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\uFFFD'
	}) {
		return fmt.Sprintf("%q", name)
	}
	return name
}
