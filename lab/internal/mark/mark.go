// Package mark is what a workload tells the lab while it runs: one line for
// each moment that matters, written in one write(2), so that the lab knows in
// which order marks and disk writes came.
//
//	begin state 0        before "start": what the file holds then
//	start                all of that is on the disk
//	begin state 1        a save begins
//	ack state 1          it was acknowledged: from here on it must survive
//	end
//	synced               the file system was synced
//
// A program in any language can be a workload: this is all that it must say.
package mark

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The verbs. Begin, Ack and Void name a file and a generation.
const (
	Start  = "start"
	Begin  = "begin"
	Ack    = "ack"
	Void   = "void" // the save failed and left nothing; of a log: the record may be dropped from here on
	End    = "end"
	Synced = "synced"
)

// Mark is one of them.
type Mark struct {
	Verb string
	// Name is the path of the file below the workload's directory, with
	// slashes, as fs.ValidPath wants it.
	Name string
	// Gen is the generation of the content. 0 is what the file holds at
	// Start, -1, -2, … are the versions before that, which may stand beside
	// it. A file without generation 0 is not there at Start.
	Gen int
	// Sum is the SHA-256 of that content in hexadecimal digits. It may be
	// empty where it is made by [Content], or where another mark of the same
	// generation tells it.
	Sum string
}

// String is the line of the mark, without an end of line. Each element of the
// name is escaped as in the path of a URL.
func (m Mark) String() string {
	if m.Name == "" {
		return m.Verb
	}
	elems := strings.Split(m.Name, "/")
	for i, e := range elems {
		elems[i] = url.PathEscape(e)
	}
	line := fmt.Sprintf("%s %s %d", m.Verb, strings.Join(elems, "/"), m.Gen)
	if m.Sum != "" {
		line += " " + m.Sum
	}
	return line
}

// Parse reads a line; the end of the line may be there. An error quotes it.
func Parse(line string) (Mark, error) {
	m, err := parse(strings.Split(strings.TrimSuffix(line, "\n"), " "))
	if err != nil {
		return Mark{}, fmt.Errorf("mark %q: %w", line, err)
	}
	return m, nil
}

func parse(fields []string) (m Mark, err error) {
	m.Verb = fields[0]
	switch {
	case slices.Contains([]string{Start, End, Synced}, m.Verb) && len(fields) == 1:
		return m, nil
	case !slices.Contains([]string{Begin, Ack, Void}, m.Verb) || len(fields) < 3 || len(fields) > 4:
		return m, fmt.Errorf("want start, end, synced, or begin, ack, void with NAME GENERATION [SUM]")
	}
	if m.Name, err = unescape(fields[1]); err != nil {
		return m, err
	}
	if m.Gen, err = strconv.Atoi(fields[2]); err != nil {
		return m, fmt.Errorf("generation: %w", err)
	}
	if len(fields) == 4 {
		m.Sum = fields[3]
		if raw, err := hex.DecodeString(m.Sum); err != nil || len(raw) != 32 || strings.ToLower(m.Sum) != m.Sum {
			return m, fmt.Errorf("the sum is not 64 hexadecimal digits in lower case")
		}
	}
	return m, nil
}

func unescape(name string) (string, error) {
	elems := strings.Split(name, "/")
	for i, e := range elems {
		plain, err := url.PathUnescape(e)
		if err != nil {
			return "", fmt.Errorf("name: %w", err)
		}
		if strings.Contains(plain, "/") {
			return "", fmt.Errorf("name: a slash within an element")
		}
		elems[i] = plain
	}
	name = strings.Join(elems, "/")
	if !fs.ValidPath(name) || name == "." {
		return "", fmt.Errorf("name: not the path of a file below the directory")
	}
	return name, nil
}
