package script

import (
	"bytes"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// rewrite turns the write of the temp into one of the target, moves the backup
// before it, and deletes what has no meaning any more.
func (g *group) rewrite() error {
	g.gone = append(g.gone, g.commit)
	g.toAtomic(g.whole, g.Str(g.target))
	var first strings.Builder
	for _, st := range g.moved {
		from, to, ok := g.Lines(st)
		if !ok {
			return refuse("line %d holds more than the statement that would have to move", g.Line(st.Start))
		}
		from = g.Above(st, from)
		first.WriteString(g.moving(st, from, to))
		_, to, _ = g.Extent(st, true)
		g.Put(from, to, "")
	}
	if first.Len() > 0 {
		at := g.Start(g.write)
		g.Put(at, at, first.String())
	}
	if len(g.backup) > 0 {
		g.Note("the backup is a second name of the old file, so that the file itself is never missing")
	}
	for _, st := range g.gone {
		if err := g.clear(st); err != nil {
			return err
		}
	}
	return nil
}

// moving is the text of the lines of a statement with the renames in it turned
// into keepBackup.
func (g *group) moving(st *grammar.Node, from, to int) string {
	keep := "keepBackup"
	if g.whole.writer == "writeAtomicSync" {
		keep = "keepBackupSync"
	}
	text, at := "", from
	for _, b := range g.backup {
		if !page.Within(b[0], st) {
			continue
		}
		text += string(g.Text[at:b[0].Start]) + g.Need(keep) + "(" + g.Str(g.target) + ", " + g.Str(b[1]) + ")"
		at = b[0].End
	}
	text += string(g.Text[at:to])
	if !strings.HasSuffix(text, "\n") {
		text += g.Newline()
	}
	return text
}

// clear deletes a statement or a declarator that is gone, and a try that then
// handles nothing.
func (g *group) clear(st *grammar.Node) error {
	if st.Is("variable_declarator") {
		return g.undeclare(st)
	}
	block := st.Parent
	if clause := block.Parent; clause.Is("catch_clause", "finally_clause") && g.pointless(clause) {
		return g.unwrap(clause)
	}
	for _, k := range block.Kids {
		if !g.dropped(k) {
			return g.Remove(st, st.Start > g.write.Start)
		}
	}
	return refuse("line %d would leave an empty block", g.Line(st.Start))
}

// undeclare deletes a variable, with its statement if that has no other.
func (g *group) undeclare(decl *grammar.Node) error {
	all := declarators(decl.Parent)
	if len(all) == 1 {
		return g.Remove(decl.Parent, false)
	}
	if page.Commented(decl.Parent) {
		return refuse("a comment stands between the variables on line %d", g.Line(decl.Start))
	}
	for i, k := range all {
		switch {
		case k != decl:
		case i > 0:
			g.Put(all[i-1].End, k.End, "")
		default:
			g.Put(k.Start, all[1].Start, "")
		}
	}
	return nil
}

// pointless reports whether a clause of a try does nothing more than go on
// with the error once the clean-up is gone.
func (g *group) pointless(clause *grammar.Node) bool {
	name := g.Str(clause.Get("parameter"))
	for _, k := range clause.Get("body").Kids {
		if !g.dropped(k) && !(k.Is("throw_statement") && g.Str(k.Only()) == name) {
			return false
		}
	}
	return true
}

// unwrap takes a try with only this clause away from around its block.
func (g *group) unwrap(clause *grammar.Node) error {
	try := clause.Parent
	body := try.Get("body")
	if len(try.Kids) != 2 || page.Commented(clause) || len(body.Kids) == 0 {
		return refuse("the try around it has more to do than remove the temp: change it by hand")
	}
	for m := range body.All() {
		if m.Is("template_string") && bytes.IndexByte(g.Text[m.Start:m.End], '\n') >= 0 {
			return refuse("the block in the try holds a text of several lines, and would have to be indented anew")
		}
		if m.Is("lexical_declaration") && m.Parent == body && slices.ContainsFunc(declarators(m), func(k *grammar.Node) bool { return !g.dropped(k) }) {
			return refuse("the block in the try has variables of its own")
		}
	}
	start := g.Start(try)
	first := g.EOL(body.Start) + len(g.Newline())
	outer, inner := string(g.Text[start:try.Start]), g.Indent(body.Kids[0])
	if strings.TrimSpace(outer) != "" || !strings.HasPrefix(inner, outer) || first > body.Kids[0].Start {
		return refuse("the indentation around the try is not even")
	}
	end := 1 + bytes.LastIndexByte(g.Text[:body.End], '\n')
	if strings.TrimSpace(string(g.Text[end:body.End])) != "}" {
		return refuse("the block of the try does not end on a line of its own")
	}
	for i, e := range g.Edits { // lines that were put in
		if e.Start == e.End && strings.HasPrefix(e.New, inner) && start <= e.Start && e.Start < end {
			g.Edits[i].New = outer + strings.ReplaceAll(e.New[len(inner):], "\n"+inner, "\n"+outer)
		}
	}
	g.Put(start, first, "")
	for at := first; at < end; {
		if bytes.HasPrefix(g.Text[at:], []byte(inner)) && !g.covered(at) {
			g.Put(at, at+len(inner)-len(outer), "")
		}
		at = bytes.IndexByte(g.Text[at:], '\n') + at + 1
	}
	_, to, ok := g.Lines(try)
	if !ok {
		return refuse("the lines of the handler hold more than it")
	}
	g.Put(end, to, "")
	return nil
}

// covered reports whether a line is already deleted, or will be.
func (g *group) covered(at int) bool {
	for _, e := range g.Edits {
		if e.Start <= at && at < e.End {
			return true
		}
	}
	for _, st := range g.gone {
		if st.Is("variable_declarator") {
			st = st.Parent
			if len(declarators(st)) > 1 {
				continue
			}
		}
		if from, to, _ := g.Lines(st); from <= at && at < to {
			return true
		}
	}
	return false
}
