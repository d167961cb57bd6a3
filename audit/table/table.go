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
// keyword, "self" for the receiver, "madeof" for the path that it was made of,
// or a constant in quotes; alternatives are parted by a bar. A word without "="
// is a flag.
package table

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed python.txt
var python string

//go:embed script.txt
var script string

// Python returns what is known of Python, with the user's lines added: one for
// a name that is known already takes its place. An error is one of more's, and
// names the line.
func Python(more string) (*Table, error) { return parse(python, more) }

// Script is Python for JavaScript and TypeScript.
func Script(more string) (*Table, error) { return parse(script, more) }

// Lines returns a table of the user's lines alone.
func Lines(more string) (*Table, error) { return parse("", more) }

// Table is what is known of a language's calls.
type Table struct {
	calls   map[string]*Entry
	methods map[string][]*Entry // by the bare name, those that say any=
	loud    []*Entry            // those whose name makes a file worth reading
	local   []*Entry            // those whose name does so where a library is named
	types   map[string]bool     // of which it knows methods
}

// Entry is what one call does.
type Entry struct {
	Name string // os.replace, Path.write_text, .save_as
	Verb string
	at   map[string][]string
}

// Call returns the entry of a function or of a method of a known type, nil if
// there is none. A nil table is empty.
func (t *Table) Call(name string) *Entry {
	if t == nil {
		return nil
	}
	return t.calls[name]
}

// Names returns the last words of all names, in order.
func (t *Table) Names() (all []string) {
	if t == nil {
		return nil
	}
	for name := range t.calls {
		_, last, _ := cutLast(name)
		all = append(all, last)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

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

// Trigger is a word that makes a function worth reading, and where it does.
type Trigger struct {
	Text   string
	Of     []string // behind a dot: the last word of the module that it is of
	Method bool     // behind a dot: whatever it is of
	Args   int      // a method only if it is given so many arguments; 0: any number
	Bare   bool     // without a dot: the language has it from the start
}

// Triggers returns the words without which a function has nothing for us. They
// come from the table's own lines, less those that any source is full of.
func (t *Table) Triggers() []Trigger {
	var all []Trigger
	for _, e := range t.loud {
		of, bare, dotted := cutLast(e.Name)
		w := Trigger{Text: bare, Method: e.Has("any") || of == "" || t.types[of], Bare: !dotted}
		if w.Method && dotted {
			w.Args, _ = strconv.Atoi(e.Word("args"))
		}
		if word := e.Word("word"); word != "" {
			w = Trigger{Text: word, Bare: true} // the name by which it is usually imported
		}
		if of != "" {
			_, last, _ := cutLast(of)
			w.Of = []string{last}
		}
		all = append(all, w)
	}
	return all
}

// Local is a word like a trigger in the sources that name a library, and too
// common to be one in others.
type Local struct{ Where, Text string }

// Locals returns these words, those of one library together.
func (t *Table) Locals() []Local {
	var all []Local
	for _, e := range t.local {
		_, bare, _ := cutLast(e.Name)
		all = append(all, Local{e.Word("where"), bare})
	}
	slices.SortStableFunc(all, func(a, b Local) int { return strings.Compare(a.Where, b.Where) })
	return all
}

// Modules returns what the names of triggers begin with: where none of them is
// imported, or there from the start, the words mean something else.
func (t *Table) Modules() []string {
	var all []string
	for _, e := range t.loud {
		if first, _, _ := strings.Cut(e.Name, "."); first != "" && !slices.Contains(all, first) {
			all = append(all, first)
		}
	}
	return all
}

// cutLast parts a name at its last dot; dotted is false if it has none.
func cutLast(name string) (of, last string, dotted bool) {
	i := strings.LastIndexByte(name, '.')
	return name[:max(0, i)], name[i+1:], i >= 0
}

// Has says whether the entry carries the flag.
func (e *Entry) Has(flag string) bool { _, ok := e.at[flag]; return ok }

// Word returns a constant of the entry, "" if it has none.
func (e *Entry) Word(key string) string {
	if v := e.at[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func parse(own, more string) (*Table, error) {
	t := &Table{calls: map[string]*Entry{}, methods: map[string][]*Entry{}, types: map[string]bool{}}
	if err := t.read(own, entry); err != nil {
		return nil, err
	}
	return t, t.read(more, users)
}

func (t *Table) read(text string, entry func([]string) (*Entry, error)) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		e, err := entry(f)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		t.add(e)
	}
	return nil
}

// entry reads the words of a line.
func entry(f []string) (*Entry, error) {
	if len(f) < 2 {
		return nil, fmt.Errorf("%q has no verb", f[0])
	}
	if !verbs[f[1]] {
		return nil, fmt.Errorf("%q is no verb", f[1])
	}
	e := &Entry{Name: f[0], Verb: f[1], at: map[string][]string{}}
	for _, p := range f[2:] {
		key, where, _ := strings.Cut(p, "=")
		e.at[key] = strings.Split(where, "|")
	}
	return e, nil
}

func (t *Table) add(e *Entry) {
	_, bare, _ := cutLast(e.Name)
	if strings.HasPrefix(e.Name, ".") || e.Has("any") {
		t.methods[bare] = append(t.methods[bare], e)
	}
	t.calls[e.Name] = e // of two lines for a name the later one counts
	if typ := e.Word("type"); typ != "" {
		t.types[typ] = true
	}
	switch {
	case e.Has("where"):
		t.local = append(t.local, e)
	case !e.Has("quiet") && !quiet[e.Verb]:
		t.loud = append(t.loud, e)
	}
}
