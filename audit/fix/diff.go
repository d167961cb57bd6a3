package fix

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// around is how many unchanged lines stand around a change.
const around = 3

// Diff writes changes as a unified diff, as `patch -p1` and `git apply` take
// it, with the names a/PATH and b/PATH and /dev/null for a file that is new.
// With color it is for a terminal: removed lines red, added ones green.
func Diff(w io.Writer, changes []Change, color bool) error {
	out := &diff{Writer: bufio.NewWriter(w), color: color}
	for _, c := range changes {
		if c.Old != nil && bytes.Equal(c.Old, c.New) {
			continue
		}
		from, to := quoted("a/"+c.Path), quoted("b/"+c.Path)
		if c.Old == nil {
			from = "/dev/null"
		}
		out.line(bold, "--- "+from+"\n")
		out.line(bold, "+++ "+to+"\n")
		out.hunks(lines(c.Old), lines(c.New))
	}
	return out.Flush()
}

// The colours of git.
const (
	plain = ""
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	cyan  = "\x1b[36m"
	reset = "\x1b[m"
)

type diff struct {
	*bufio.Writer
	color bool
}

// line writes one line with its end; a line of a file that has none is said to
// have none. Errors stay in the bufio.Writer until Flush.
func (d *diff) line(color, text string) {
	body, ended := strings.CutSuffix(text, "\n")
	if !d.color || color == plain {
		d.WriteString(body)
	} else {
		d.WriteString(color + body + reset)
	}
	d.WriteString("\n")
	if !ended {
		d.WriteString("\\ No newline at end of file\n")
	}
}

// hunks writes the difference of two files, changes that lie near each other
// in one hunk.
func (d *diff) hunks(a, b []string) {
	steps := compare(a, b)
	for i := 0; i < len(steps); {
		if steps[i].kind == ' ' {
			i++
			continue
		}
		from := max(0, i-around)
		last := i
		for k := i; k < len(steps) && k <= last+2*around+1; k++ {
			if steps[k].kind != ' ' {
				last = k
			}
		}
		to := min(len(steps), last+around+1)
		d.hunk(steps[from:to])
		i = to
	}
}

func (d *diff) hunk(steps []stepLine) {
	olds, news := 0, 0
	for _, s := range steps {
		if s.kind != '+' {
			olds++
		}
		if s.kind != '-' {
			news++
		}
	}
	d.line(cyan, fmt.Sprintf("@@ -%s +%s @@\n", span(steps[0].a, olds), span(steps[0].b, news)))
	for _, s := range steps {
		color := map[byte]string{'-': red, '+': green}[s.kind]
		d.line(color, string(s.kind)+s.text)
	}
}

// span is a range of lines, from 1; an empty one is named by the line before.
func span(at, n int) string {
	if n == 0 {
		return strconv.Itoa(at) + ",0"
	}
	if n == 1 {
		return strconv.Itoa(at + 1)
	}
	return strconv.Itoa(at+1) + "," + strconv.Itoa(n)
}

// quoted is a name as git writes it: quoted if it holds quotes or controls, and
// with a tab after it if it holds a space.
func quoted(name string) string {
	if strings.ContainsAny(name, "\"\\\t\n\r") {
		return strconv.Quote(name)
	}
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}

// lines cuts a text into lines with their ends.
func lines(text []byte) []string {
	var all []string
	for line := range strings.Lines(string(text)) {
		all = append(all, line)
	}
	return all
}
