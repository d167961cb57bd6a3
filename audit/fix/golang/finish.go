package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/edit"
)

// Finish sees to the imports: the library's is added where it is missing, into
// the group there is, and those that nothing uses any more go.
func (Rewriter) Finish(j *edit.Job, chosen []edit.Answer) (edit.Rest, error) {
	s, err := parse(j)
	if err != nil {
		return edit.Rest{}, err
	}
	var all []edit.Edit
	var rest edit.Rest
	for _, a := range chosen {
		all = append(all, a.Edits...)
		if slices.Contains(a.Needs, library) && len(rest.Notes) == 0 && !strings.HasPrefix(j.Module, library+"/") {
			rest.Notes = []string{"run `go get " + library + "` in the module of the changed files, if it does not require the library yet"}
		}
	}
	text, err := edit.Apply(j.Text, all)
	if err != nil {
		return edit.Rest{}, err
	}
	after, err := parse(&edit.Job{Path: j.Path, Text: text})
	if err != nil {
		return edit.Rest{}, err
	}
	i := &imports{source: s, lose: s.unused(after)}
	if after.refers(s.lib) && s.imports[s.lib] != library {
		i.gain = strconv.Quote(library)
		if s.lib != "wholly" {
			i.gain = s.lib + " " + i.gain
		}
	}
	i.write()
	rest.Edits = i.edits
	return rest, s.sound(all, i.edits)
}

// refers reports whether a package of this local name is used.
func (s *source) refers(name string) bool {
	found := false
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			x, isID := sel.X.(*ast.Ident)
			found = found || isID && x.Name == name && x.Obj == nil
		}
		return !found
	})
	return found
}

// unused returns the imports that were used before and are not in after. Whose
// local name is only guessed, and guessed wrongly, was not seen to be used and
// is not among them.
func (s *source) unused(after *source) []*ast.ImportSpec {
	var lost []*ast.ImportSpec
	for _, im := range s.file.Imports {
		name := localName(im)
		if name != "_" && name != "." && importPath(im) != "C" && s.refers(name) && !after.refers(name) {
			lost = append(lost, im)
		}
	}
	return lost
}

// imports is the change of a file's imports.
type imports struct {
	*source
	lose  []*ast.ImportSpec
	gain  string // the new import as written, "" for none
	edits []edit.Edit
}

func (i *imports) write() {
	decls := i.decls()
	for _, d := range decls {
		i.group(d)
	}
	if i.gain == "" {
		return
	}
	_, end := i.span(i.file.Name) // there was none at all
	if len(decls) > 0 {
		_, end = i.span(decls[len(decls)-1])
	}
	i.edits = append(i.edits, swap(end, end, i.eol+i.eol+"import "+i.gain))
}

func (i *imports) decls() []*ast.GenDecl {
	var decls []*ast.GenDecl
	for _, d := range i.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			decls = append(decls, g)
		}
	}
	return decls
}

// group changes one import declaration.
func (i *imports) group(d *ast.GenDecl) {
	var stay []*ast.ImportSpec
	foreign := false
	for _, sp := range d.Specs {
		im := sp.(*ast.ImportSpec)
		foreign = foreign || importPath(im) == "C"
		if !slices.Contains(i.lose, im) {
			stay = append(stay, im)
		}
	}
	switch {
	case len(stay) == len(d.Specs) && (i.gain == "" || foreign):
		return
	case d.Lparen == 0:
		i.single(d, len(stay) > 0)
	case len(stay) == 0 && i.gain == "":
		i.takeOut(d)
	default:
		i.lines(d, stay)
	}
	if !foreign {
		i.gain = ""
	}
}

// single changes an import without brackets.
func (i *imports) single(d *ast.GenDecl, stays bool) {
	start, end := i.span(d)
	spec := d.Specs[0].(*ast.ImportSpec)
	from, to := i.span(spec)
	switch {
	case !stays && i.gain == "":
		i.takeOut(d)
	case !stays:
		i.edits = append(i.edits, swap(from, to, i.gain))
	default:
		old := i.text(spec)
		gap := i.eol
		if std(importPath(spec)) {
			gap += i.eol
		}
		first, second := old, i.gain
		if gap == i.eol && library < importPath(spec) {
			first, second = i.gain, old
		}
		i.edits = append(i.edits, swap(start, end, "import ("+i.eol+"\t"+first+gap+"\t"+second+i.eol+")"))
	}
}

// takeOut removes a whole declaration, with a blank line that would be double.
func (i *imports) takeOut(d *ast.GenDecl) {
	start, end := i.span(d)
	from, to := i.lineStart(start), i.lineEnd(end)
	if i.blank(to, i.lineEnd(to)) && i.blank(i.lineStart(max(0, from-1)), from) {
		to = i.lineEnd(to)
	}
	i.edits = append(i.edits, swap(from, to, ""))
}

// lines changes the lines of a group: the new import goes into the section of
// those that are not the standard library's, in order, or into one of its own.
func (i *imports) lines(d *ast.GenDecl, stay []*ast.ImportSpec) {
	for _, sp := range d.Specs {
		if im := sp.(*ast.ImportSpec); !slices.Contains(stay, im) {
			i.strike(d, im)
		}
	}
	if i.gain == "" {
		return
	}
	var last *ast.ImportSpec // of the others that sorts before, or of all
	for _, im := range stay {
		if !std(importPath(im)) && importPath(im) != "C" {
			if importPath(im) < library {
				last = im
			} else if last == nil {
				start, _ := i.span(im)
				at := i.lineStart(start)
				i.edits = append(i.edits, swap(at, at, "\t"+i.gain+i.eol))
				return
			}
		}
	}
	gap := ""
	if last == nil && len(stay) > 0 {
		last, gap = stay[len(stay)-1], i.eol
	}
	at, _ := i.spanOf(d.Rparen)
	at = i.lineStart(at)
	if last != nil {
		_, end := i.span(last)
		at = i.lineEnd(end)
	}
	i.edits = append(i.edits, swap(at, at, gap+"\t"+i.gain+i.eol))
}

func (i *imports) spanOf(p token.Pos) (int, int) {
	at := int(p) - i.set.File(i.file.FileStart).Base()
	return at, at
}

// strike removes the line of one import, with the blank line that would be left
// double or at an end.
func (i *imports) strike(d *ast.GenDecl, im *ast.ImportSpec) {
	start, end := i.span(im)
	from, to := i.lineStart(start), i.lineEnd(end)
	if im.Doc != nil {
		above, _ := i.span(im.Doc)
		from = i.lineStart(above)
	}
	lparen, _ := i.spanOf(d.Lparen)
	rparen, _ := i.spanOf(d.Rparen)
	if lparen >= from || rparen < to { // not on a line of its own
		i.edits = append(i.edits, swap(start, end, ""))
		return
	}
	above := i.lineStart(max(0, from-1))
	switch next := i.lineEnd(to); {
	case i.blank(to, next) && (above <= lparen || i.blank(above, from)):
		to = next
	case i.blank(above, from) && to > i.lineStart(rparen)-1 && i.closesParen(to):
		from = above
	}
	i.edits = append(i.edits, swap(from, to, ""))
}

func (i *imports) closesParen(at int) bool {
	return strings.HasPrefix(strings.TrimSpace(string(i.Text[at:i.lineEnd(at)])), ")")
}

// std reports whether an import path is the standard library's.
func std(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return !strings.Contains(first, ".")
}
