package vet

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix"
)

// report gives one diagnostic for each place, with the worst of its findings,
// its steps and the change that is proposed.
func (p *pkg) report(r *audit.Result, known []*effect.File) error {
	var found []*audit.Finding
	for _, f := range r.Findings {
		if f.Rule == "ignore-unused" {
			continue // the rest of the program may use it
		}
		if f.Suppressed == "" && f.Severity >= p.least && p.file(f.File) != nil && !p.told(f) {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		return nil
	}
	fixes, err := p.fixes(r, known)
	if err != nil {
		return err
	}
	done := map[*audit.Site]bool{}
	for _, f := range found {
		if f.Site != nil && done[f.Site] {
			continue
		}
		done[f.Site] = true
		p.Report(p.diagnostic(f, fixes[f]))
	}
	return nil
}

func (p *pkg) diagnostic(f *audit.Finding, fx fix.Fix) analysis.Diagnostic {
	file := p.file(f.File)
	d := analysis.Diagnostic{
		Category: f.Rule,
		Message:  fmt.Sprintf("%s: %s (%s)", f.Rule, f.Message, f.Severity),
	}
	if f.Site == nil {
		d.Pos = p.Fset.File(file.FileStart).LineStart(f.Line)
		return d
	}
	d.Pos, d.End = p.pos(file, f.Site.Span.Start), p.pos(file, f.Site.Span.End)
	d.Related = p.related(f)
	if in := p.file(fx.File); fx.Applied && in != nil {
		text := "replace the file in one step"
		if fx.Reason != "" {
			text += " (" + fx.Reason + ")"
		}
		d.SuggestedFixes = []analysis.SuggestedFix{{Message: text, TextEdits: p.edits(in, fx)}}
	}
	return d
}

// related are the steps of a site that stand on other lines than it, one a
// line.
func (p *pkg) related(f *audit.Finding) []analysis.RelatedInformation {
	var steps []analysis.RelatedInformation
	seen := map[string]bool{fmt.Sprint(f.Site.Span.File, f.Site.Span.Line): true}
	for _, s := range f.Site.Steps {
		key := fmt.Sprint(s.Span.File, s.Span.Line)
		in := p.file(s.Span.File)
		if in == nil || seen[key] {
			continue
		}
		seen[key] = true
		steps = append(steps, analysis.RelatedInformation{Pos: p.pos(in, s.Span.Start), Message: s.Op + " " + s.Path})
	}
	return steps
}

func (p *pkg) edits(in *ast.File, fx fix.Fix) []analysis.TextEdit {
	var edits []analysis.TextEdit
	for _, e := range fx.Edits {
		edits = append(edits, analysis.TextEdit{Pos: p.pos(in, e.Start), End: p.pos(in, e.End), NewText: []byte(e.New)})
	}
	return edits
}

// told reports whether a nolint comment answers a finding: on its line, on the
// line above by itself, or on the statement or declaration that begins there.
func (p *pkg) told(f *audit.Finding) bool {
	file := p.file(f.File)
	line := func(pos token.Pos) int { return p.Fset.PositionFor(pos, false).Line }
	for _, g := range file.Comments {
		for _, c := range g.List {
			if nolint(c.Text) && (line(c.Pos()) == f.Line || line(c.Pos()) == f.At || p.heads(file, c, f.Line)) {
				return true
			}
		}
	}
	return false
}

// heads reports whether a comment stands on the first line of a function, or in
// its doc comment, that holds the line.
func (p *pkg) heads(file *ast.File, c *ast.Comment, at int) bool {
	line := func(pos token.Pos) int { return p.Fset.PositionFor(pos, false).Line }
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || at < line(fn.Pos()) || at > line(fn.End()) {
			continue
		}
		doc := fn.Doc != nil && fn.Doc.Pos() <= c.Pos() && c.Pos() < fn.Doc.End()
		return doc || line(c.Pos()) == line(fn.Pos())
	}
	return false
}

// nolint reports whether a comment switches this linter off, by its name or
// with all others.
func nolint(text string) bool {
	rest, ok := strings.CutPrefix(text, "//nolint")
	if !ok {
		return false
	}
	list, ok := strings.CutPrefix(rest, ":")
	if !ok {
		return rest == "" || rest[0] == ' ' || rest[0] == '\t'
	}
	list, _, _ = strings.Cut(list, " ")
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "wholly" || name == "all" {
			return true
		}
	}
	return false
}
