package python

import (
	"bytes"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// clear deletes the statements that are gone, and a try that then handles
// nothing.
func (g *group) clear() error {
	cut := g.gone
	for _, st := range cut {
		block := st.Parent
		if clause := block.Parent; clause.Is("except_clause", "finally_clause") && g.pointless(clause) {
			if err := g.unwrap(clause); err != nil {
				return err
			}
			continue
		}
		if g.last(block) {
			return refuse("line %d would leave an empty block", g.Line(st.Start))
		}
		if err := g.Remove(st, st.Start > g.write.Start); err != nil {
			return err
		}
	}
	return nil
}

// last reports whether nothing of a block would be left.
func (g *group) last(block *grammar.Node) bool {
	for _, k := range block.Kids {
		if !k.Is("comment") && !g.dropped(k) {
			return false
		}
	}
	return true
}

// pointless reports whether a clause of a try does nothing more than go on
// with the error once the clean-up is gone.
func (g *group) pointless(clause *grammar.Node) bool {
	for _, k := range clause.Kids[len(clause.Kids)-1].Kids {
		if !g.dropped(k) && g.Str(k) != "raise" {
			return false
		}
	}
	return true
}

// unwrap takes a try with only this clause away from around its block.
func (g *group) unwrap(clause *grammar.Node) error {
	try := clause.Parent
	body := try.Get("body")
	if len(try.Kids) != 2 || page.Commented(clause) {
		return refuse("the try around it has more to do than remove the temp: change it by hand")
	}
	for m := range body.All() {
		if m.Is("string") && bytes.IndexByte(g.Text[m.Start:m.End], '\n') >= 0 {
			return refuse("the block in the try holds a text of several lines, and would have to be indented anew")
		}
	}
	if len(body.Kids) == 0 || g.Line(try.Start) == g.Line(body.Kids[0].Start) {
		return refuse("the try stands on one line with its block")
	}
	outer, inner := g.Indent(try), g.Indent(body.Kids[0])
	if !strings.HasPrefix(inner, outer) {
		return refuse("the indentation around the try is not even")
	}
	start := g.Start(try)
	first := g.Start(body.Kids[0])
	if c := g.Text[start:first]; bytes.Count(c, []byte("\n")) > 1 {
		first = start + bytes.IndexByte(c, '\n') + 1 // comments under the try stay
	}
	g.Put(start, first, "")
	for i, e := range g.Edits { // lines that were put in
		if e.Start == e.End && strings.HasPrefix(e.New, inner) && e.Start >= start && e.Start < clause.Start {
			g.Edits[i].New = outer + strings.ReplaceAll(e.New[len(inner):], "\n"+inner, "\n"+outer)
		}
	}
	end := g.Start(clause)
	for at := first; at < end; {
		if n := len(inner) - len(outer); bytes.HasPrefix(g.Text[at:], []byte(inner)) && !g.covered(at) {
			g.Put(at, at+n, "")
		}
		next := bytes.IndexByte(g.Text[at:end], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	_, to, ok := g.Lines(clause)
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
		if from, to, _ := g.Lines(st); from <= at && at < to {
			return true
		}
	}
	return false
}
