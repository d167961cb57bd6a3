// Package page is a source with its tree, and what rewriters of all languages
// do with its lines.
package page

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/grammar"
)

// Page is a source and its tree. Ends are the bytes that may stand behind a
// statement without being more than its end.
type Page struct {
	Text []byte
	Root *grammar.Node
	Ends string
}

// Read parses text. A source with a part that is not understood is an error.
func Read(lang grammar.Lang, text []byte, ends string) (*Page, error) {
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, fmt.Errorf("it is not text in UTF-8")
	}
	tree, err := grammar.NewParser().Parse(lang, text, nil)
	if err != nil {
		return nil, err
	}
	p := &Page{Text: text, Root: tree.Root, Ends: ends}
	for n := range tree.Root.All() {
		if n.Bad || n.Kind == "ERROR" {
			return nil, p.Unknown(n)
		}
	}
	return p, nil
}

// Unknown is the error of a source with a part that is not understood.
func (p *Page) Unknown(n *grammar.Node) error {
	return fmt.Errorf("line %d is not understood", p.Line(n.Start))
}

// Str returns what stands in the source at n; empty for nil.
func (p *Page) Str(n *grammar.Node) string {
	if n == nil {
		return ""
	}
	return string(p.Text[n.Start:n.End])
}

// Line returns the line of a byte, from 1.
func (p *Page) Line(at int) int { return 1 + bytes.Count(p.Text[:at], []byte("\n")) }

// Newline is how the file ends its lines.
func (p *Page) Newline() string {
	if i := bytes.IndexByte(p.Text, '\n'); i > 0 && p.Text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// Start is where the line of a node begins.
func (p *Page) Start(n *grammar.Node) int { return 1 + bytes.LastIndexByte(p.Text[:n.Start], '\n') }

// EOL is the end of the line that a byte is on.
func (p *Page) EOL(at int) int {
	i := bytes.IndexByte(p.Text[at:], '\n')
	if i < 0 {
		return len(p.Text)
	}
	at += i
	if at > 0 && p.Text[at-1] == '\r' {
		at--
	}
	return at
}

// Indent is the white space before a statement that begins its line.
func (p *Page) Indent(st *grammar.Node) string { return string(p.Text[p.Start(st):st.Start]) }

// Lines are the bytes of the lines of a statement; ok is false if anything
// else stands on them.
func (p *Page) Lines(st *grammar.Node) (from, to int, ok bool) {
	from, to = p.Start(st), len(p.Text)
	if i := bytes.IndexByte(p.Text[st.End:], '\n'); i >= 0 {
		to = st.End + i + 1
	}
	before, behind := string(p.Text[from:st.Start]), string(p.Text[st.End:to])
	return from, to, strings.TrimSpace(before) == "" && strings.Trim(behind, p.Ends+" \t\r\n") == ""
}

// Extent is like Lines, with the comments that stand right above a statement,
// if they are to go with it, and one of the empty lines that would then meet.
func (p *Page) Extent(st *grammar.Node, comments bool) (from, to int, ok bool) {
	from, to, ok = p.Lines(st)
	if comments {
		from = p.Above(st, from)
	}
	before := p.Text[1+bytes.LastIndexByte(p.Text[:max(0, from-1)], '\n') : from]
	next := p.Text[to:]
	if i := bytes.IndexByte(next, '\n'); i >= 0 {
		next = next[:i+1]
	}
	if len(bytes.TrimSpace(before)) == 0 && len(bytes.TrimSpace(next)) == 0 {
		to += len(next)
	}
	return from, to, ok
}

// Above is where the comments right above a statement begin, on lines of their
// own; from is where the statement's line does.
func (p *Page) Above(st *grammar.Node, from int) int {
	kids := st.Parent.Kids
	for i := len(kids) - 1; i >= 0; i-- {
		k := kids[i]
		if !k.Is("comment") || k.End > from {
			continue
		}
		start, end, alone := p.Lines(k)
		if !alone || end != from {
			break
		}
		from = start
	}
	return from
}

// Below puts text on lines of its own behind a statement, which may itself go.
func (p *Page) Below(st *grammar.Node, text string) edit.Edit {
	at := p.EOL(st.End)
	if at == len(p.Text) {
		return edit.Edit{Start: at, End: at, New: p.Newline() + text}
	}
	at += len(p.Newline())
	return edit.Edit{Start: at, End: at, New: text + p.Newline()}
}

// Before puts text, and an empty line, before a statement at the top.
func (p *Page) Before(st *grammar.Node, text string) edit.Edit {
	at := p.Start(st)
	if at == 0 && bytes.HasPrefix(p.Text, []byte("\xef\xbb\xbf")) {
		at = 3
	}
	return edit.Edit{Start: at, End: at, New: text + p.Newline() + p.Newline()}
}

// Within reports whether n lies in outer.
func Within(n, outer *grammar.Node) bool { return outer.Start <= n.Start && n.End <= outer.End }

// Commented reports whether n has a comment in it.
func Commented(n *grammar.Node) bool {
	for m := range n.All() {
		if m.Is("comment") {
			return true
		}
	}
	return false
}

// After returns what follows st in its block; comments do not count.
func After(st *grammar.Node) []*grammar.Node {
	var rest []*grammar.Node
	for _, k := range st.Parent.Kids {
		if k.Start >= st.End && !k.Is("comment") {
			rest = append(rest, k)
		}
	}
	return rest
}

// Short is the first line of a text, cut at a good length.
func Short(text string) string {
	for i, r := range text {
		if r == '\n' || r == '\r' || i > 60 {
			return text[:i] + " …"
		}
	}
	return text
}
