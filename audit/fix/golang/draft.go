package golang

import (
	"bytes"
	"go/ast"
	"go/format"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/edit"
)

// draft is a change in the making.
type draft struct {
	*source
	edits []edit.Edit
	gone  []edit.Edit // the ranges that are removed or replaced: what stood there is no use any more
	grade edit.Grade
	says  []string
	needs []string
	calls string // ID of the project's own writer
}

func (s *source) draft() *draft { return &draft{source: s, grade: edit.Safe} }

// ask lowers the grade and says why.
func (d *draft) ask(why string) {
	d.grade = min(d.grade, edit.Ask)
	d.say(why)
}

func (d *draft) say(text string) {
	if !slices.Contains(d.says, text) {
		d.says = append(d.says, text)
	}
}

func (d *draft) need(what string) {
	if !slices.Contains(d.needs, what) {
		d.needs = append(d.needs, what)
	}
}

// replace puts text in the place of a node.
func (d *draft) replace(n ast.Node, text string) {
	start, end := d.span(n)
	d.edits = append(d.edits, edit.Edit{Start: start, End: end, New: text})
	d.gone = append(d.gone, edit.Edit{Start: start, End: end})
}

func swap(start, end int, text string) edit.Edit { return edit.Edit{Start: start, End: end, New: text} }

func (d *draft) insert(at int, text string) {
	d.edits = append(d.edits, edit.Edit{Start: at, End: at, New: text})
}

// remove takes a statement out with its lines, the comment on them and the one
// right above.
func (d *draft) remove(st ast.Stmt) error {
	start, end := d.span(st)
	if d.isGone(start) {
		return nil
	}
	from, to := d.lineStart(start), d.lineEnd(end)
	rest := strings.TrimSpace(string(d.Text[end:to]))
	if strings.TrimSpace(string(d.Text[from:start])) != "" || rest != "" && !strings.HasPrefix(rest, "//") {
		return refuse("line %d holds more than one statement", d.line(st))
	}
	for {
		above := d.lineStart(max(0, from-1))
		if above == from || !strings.HasPrefix(strings.TrimSpace(string(d.Text[above:from])), "//") {
			break
		}
		from = above
	}
	if d.blank(d.lineStart(max(0, from-1)), from) && (d.blank(to, d.lineEnd(to)) || d.closes(to)) {
		from = d.lineStart(max(0, from-1)) // no two blank lines, and none before a closing bracket
	} else if d.opens(from) && d.blank(to, d.lineEnd(to)) {
		to = d.lineEnd(to)
	}
	d.edits = append(d.edits, edit.Edit{Start: from, End: to})
	d.gone = append(d.gone, edit.Edit{Start: from, End: to})
	return nil
}

// spaced is a new call as gofmt has it: how close operators stand depends on
// the arguments beside them. What takes several lines stays as it is.
func spaced(call string) string {
	const head = "package p\n\nvar _ = "
	out, err := format.Source([]byte(head + call + "\n"))
	if err != nil || strings.Contains(call, "\n") {
		return call
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(out), head), "\n")
}

// isGone reports whether the byte at offset i is taken out.
func (d *draft) isGone(i int) bool {
	return slices.ContainsFunc(d.gone, func(e edit.Edit) bool { return e.Start <= i && i < e.End })
}

// lineStart is where the line of offset i begins, lineEnd where the next does.
func (s *source) lineStart(i int) int { return bytes.LastIndexByte(s.Text[:i], '\n') + 1 }

func (s *source) lineEnd(i int) int {
	n := bytes.IndexByte(s.Text[i:], '\n')
	if n < 0 {
		return len(s.Text)
	}
	return i + n + 1
}

func (s *source) blank(from, to int) bool {
	return to > from && len(bytes.TrimSpace(s.Text[from:to])) == 0
}

func (s *source) closes(from int) bool {
	return bytes.HasPrefix(bytes.TrimSpace(s.Text[from:s.lineEnd(from)]), []byte("}"))
}

func (s *source) opens(at int) bool {
	above := s.Text[s.lineStart(max(0, at-1)):at]
	return bytes.HasSuffix(bytes.TrimSpace(above), []byte("{"))
}

// indent is the white space before the statement.
func (s *source) indent(n ast.Node) string {
	start, _ := s.span(n)
	from := s.lineStart(start)
	line := string(s.Text[from:start])
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// after inserts lines behind a statement, with its indentation.
func (d *draft) after(st ast.Stmt, lines ...string) {
	_, end := d.span(st)
	d.insert(d.lineEnd(end), d.block(d.indent(st), lines))
}

// above inserts lines before a statement, with its indentation.
func (d *draft) above(st ast.Stmt, lines ...string) {
	start, _ := d.span(st)
	d.insert(d.lineStart(start), d.block(d.indent(st), lines))
}

func (d *draft) block(indent string, lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(indent + l + d.eol)
	}
	return b.String()
}
