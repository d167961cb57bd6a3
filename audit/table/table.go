// Package table says what calls of the standard libraries, and of libraries
// that are known, do to files. What it knows is data: one text file a
// language, to which users can add lines of their own.
//
// A line is a name, a verb, and where the verb's parts are found:
//
//	os.replace       rename  from=0|src to=1|dst
//	Path.write_text  write   path=self content=0|data enc=1|encoding text any=sure
//
// A name is the full name of a function, or the name of a type and a method; a
// name that begins with a dot is a method of any type. A part is a position, a
// keyword, "self" for the receiver, or a constant in quotes; alternatives are
// parted by a bar. A word without "=" is a flag.
package table

import (
	"bufio"
	_ "embed"
	"fmt"
	"strings"
)

//go:embed python.txt
var python string

//go:embed script.txt
var script string

// Python returns what is known of Python, with the user's lines added.
func Python(more string) (*Table, error) { return parse("python", python+"\n"+more) }

// Script returns what is known of JavaScript and TypeScript, with the user's
// lines added.
func Script(more string) (*Table, error) { return parse("script", script+"\n"+more) }

// Table is what is known of a language's calls.
type Table struct {
	calls   map[string]*Entry
	methods map[string][]*Entry // by the bare name, those that say any=
	words   []string
}

// Entry is what one call does.
type Entry struct {
	Name string // os.replace, Path.write_text, .save_as
	Verb string
	at   map[string][]string
}

// Call returns the entry of a function or of a method of a known type.
func (t *Table) Call(name string) *Entry { return t.calls[name] }

// Method returns the entry for a method of a receiver that is not known, and
// whether the name alone is enough to be sure of it. The call's keywords
// decide where an entry asks for one.
func (t *Table) Method(name string, c *Call) (e *Entry, sure bool) {
	for _, e := range t.methods[name] {
		if need := e.at["needs"]; need != nil && c.part(need) == nil {
			continue
		}
		if !e.Fits(c) {
			continue
		}
		return e, e.at["any"] == nil || e.at["any"][0] == "sure"
	}
	return nil, false
}

// Fits says whether the call has as many arguments as the entry wants: that
// tells Path.replace from the method of texts.
func (e *Entry) Fits(c *Call) bool {
	n := e.at["args"]
	return n == nil || fmt.Sprint(len(c.Args)) == n[0]
}

// Triggers returns the words without which a file has nothing for us. They
// come from the table's own lines, less those that any source is full of.
func (t *Table) Triggers() []string { return t.words }

// Has says whether the entry carries the flag.
func (e *Entry) Has(flag string) bool { _, ok := e.at[flag]; return ok }

// Word returns a constant of the entry, "" if it has none.
func (e *Entry) Word(key string) string {
	if v := e.at[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func parse(name, text string) (*Table, error) {
	t := &Table{calls: map[string]*Entry{}, methods: map[string][]*Entry{}}
	seen := map[string]bool{}
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) < 2 || !verbs[f[1]] {
			return nil, fmt.Errorf("table %s: line %d: no verb in %q", name, n, line)
		}
		e := &Entry{Name: f[0], Verb: f[1], at: map[string][]string{}}
		for _, p := range f[2:] {
			key, where, _ := strings.Cut(p, "=")
			e.at[key] = strings.Split(where, "|")
		}
		t.add(e, seen)
	}
	return t, lines.Err()
}

func (t *Table) add(e *Entry, seen map[string]bool) {
	bare := e.Name[strings.LastIndexByte(e.Name, '.')+1:]
	if strings.HasPrefix(e.Name, ".") || e.Has("any") {
		t.methods[bare] = append(t.methods[bare], e)
	}
	t.calls[e.Name] = e
	if w := e.Word("word"); w != "" {
		bare = w // the name by which it is usually imported
	}
	if !e.Has("quiet") && !quiet[e.Verb] && !seen[bare] {
		seen[bare] = true
		t.words = append(t.words, bare)
	}
}
