package change

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// changes of one file.
type changes struct {
	fresh   bool    // every line is new
	changed []lines // new or other than before
	gone    []int   // lines are gone after this one; 0: before the first
}

// lines are those from one to another, both meant.
type lines struct{ from, to int }

func (c changes) has(line int) bool {
	if c.fresh {
		return true
	}
	for _, r := range c.changed {
		if line >= r.from && line <= r.to {
			return true
		}
	}
	for _, n := range c.gone {
		if line == n || line == n+1 {
			return true
		}
	}
	return false
}

// lost reports whether lines are gone between two others.
func (c changes) lost(r lines) bool {
	for _, n := range c.gone {
		if n >= r.from && n < r.to {
			return true
		}
	}
	return false
}

// parse reads a unified diff without context, as git prints it, and returns
// what it says of the files as they are now.
func parse(diff []byte) (map[string]changes, error) {
	files := map[string]changes{}
	file := ""
	for n := 0; len(diff) > 0; n++ {
		var line []byte
		line, diff = next(diff)
		switch {
		case bytes.HasPrefix(line, []byte("diff --git ")):
			file = ""
		case bytes.HasPrefix(line, []byte("+++ ")):
			name, err := named(string(line[4:]))
			if err != nil {
				return nil, err
			}
			file = name
		case bytes.HasPrefix(line, []byte("@@ ")):
			h, err := hunk(string(line))
			if err != nil {
				return nil, err
			}
			if file != "" {
				files[file] = h.add(files[file])
			}
			if diff, err = h.skip(diff); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func next(text []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(text, []byte("\n"))
	return line, rest
}

// named is the path in a "+++" line: "" for a file that is gone. Git quotes
// what is not plain, and puts a tab after what holds a blank.
func named(text string) (string, error) {
	if strings.HasPrefix(text, `"`) {
		plain, err := strconv.Unquote(strings.TrimSuffix(text, "\t"))
		if err != nil {
			return "", fmt.Errorf("the path %s cannot be read", text)
		}
		text = plain
	} else {
		text = strings.TrimSuffix(text, "\t")
	}
	if text == "/dev/null" {
		return "", nil
	}
	name, ok := strings.CutPrefix(text, "b/")
	if !ok || name == "" {
		return "", fmt.Errorf("the path %q has no prefix", text)
	}
	return name, nil
}

// block is the head of a hunk: how many lines it takes and gives, and where.
type block struct{ taken, from, given int }

var errHunk = errors.New("a hunk cannot be read")

func hunk(head string) (b block, err error) {
	parts := strings.Fields(head)
	if len(parts) < 4 || parts[3] != "@@" || !strings.HasPrefix(parts[1], "-") || !strings.HasPrefix(parts[2], "+") {
		return b, fmt.Errorf("%w: %q", errHunk, head)
	}
	_, taken, err1 := extent(parts[1][1:])
	from, given, err2 := extent(parts[2][1:])
	if err := errors.Join(err1, err2); err != nil {
		return b, fmt.Errorf("%w: %q", errHunk, head)
	}
	return block{taken, from, given}, nil
}

// extent reads "12" and "12,3".
func extent(text string) (from, count int, err error) {
	first, second, ok := strings.Cut(text, ",")
	f, err := strconv.ParseUint(first, 10, 31)
	if err != nil || !ok {
		return int(f), 1, err
	}
	c, err := strconv.ParseUint(second, 10, 31)
	return int(f), int(c), err
}

func (b block) add(c changes) changes {
	if b.given == 0 {
		c.gone = append(c.gone, b.from)
	} else {
		c.changed = append(c.changed, lines{b.from, b.from + b.given - 1})
	}
	return c
}

// skip passes over the lines of a hunk: they may look like anything.
func (b block) skip(diff []byte) ([]byte, error) {
	for left := b.taken + b.given; left > 0; {
		if len(diff) == 0 || diff[0] != '-' && diff[0] != '+' && diff[0] != '\\' {
			return nil, fmt.Errorf("%w: it ends too early", errHunk)
		}
		if diff[0] != '\\' { // "\ No newline at end of file"
			left--
		}
		_, diff = next(diff)
	}
	return diff, nil
}

// names reads a list that ends each name with a zero byte. A name that ends in
// a slash is a repository within this one.
func names(list []byte) []string {
	var out []string
	for name := range bytes.SplitSeq(list, []byte{0}) {
		if len(name) > 0 && name[len(name)-1] != '/' {
			out = append(out, string(name))
		}
	}
	return out
}
