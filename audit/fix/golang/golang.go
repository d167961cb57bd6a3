// Package golang rewrites places in Go sources that a crash could tear into
// calls of the library, or of the project's own durable writer.
//
// It reads the syntax alone. What it cannot read with certainty it leaves
// alone and says why.
package golang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/protocol"
)

const library = "github.com/wholly-go/wholly"

// Rewriter rewrites Go.
type Rewriter struct{}

var _ edit.Rewriter = Rewriter{}

// Parse returns nil if text is Go without a syntax error.
func (Rewriter) Parse(name string, text []byte) error {
	_, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
	return err
}

// Answer proposes a change for each site, or says why there is none.
func (Rewriter) Answer(j *edit.Job) ([]edit.Answer, error) {
	s, err := parse(j)
	if err != nil {
		return nil, err
	}
	var answers []edit.Answer
	for _, site := range j.Sites {
		a := edit.Answer{Site: site}
		d, err := s.rewrite(site)
		if err != nil {
			a.Reason = err.Error()
		} else {
			a.Grade, a.Edits, a.Needs, a.Calls, a.Reason = d.grade, d.edits, d.needs, d.calls, strings.Join(d.says, "; ")
		}
		answers = append(answers, a)
	}
	return answers, nil
}

// rewrite makes the change for one site. The error says why there is none.
func (s *source) rewrite(site *audit.Site) (*draft, error) {
	if err := s.refused(site); err != nil {
		return nil, err
	}
	c := s.call(site.Raw)
	if c == nil {
		return nil, refuse("the call that writes is not found in the source")
	}
	if slices.Contains([]string{"init", "package level"}, site.Function) && s.function(c) == nil {
		return nil, refuse("it runs when the package is loaded, outside of any function")
	}
	d := s.draft()
	var err error
	switch s.callee(c) {
	case "os.WriteFile":
		if site.Facts.Staging != protocol.NotStaged {
			err = d.group(site, c)
		} else {
			err = d.whole(site, c)
		}
	case "os.Create", "os.OpenFile", "os.CreateTemp", "os.TempFile":
		err = d.stream(site, c)
	default:
		err = refuse("%s is not a call that is known to be replaced", s.text(c.Fun))
	}
	if err != nil {
		return nil, err
	}
	if err := d.prune(); err != nil {
		return nil, err
	}
	d.around(site, c)
	return d, nil
}

// refused says which sites are left alone whatever their source looks like.
func (s *source) refused(site *audit.Site) error {
	f := &site.Facts
	switch {
	case s.Module == library || slices.ContainsFunc([]string{"/internal/", "/lock", "/crash"}, func(p string) bool {
		return strings.HasPrefix(s.Module, library+p)
	}):
		return refuse("it is below the library, which cannot import itself")
	case f.Unsure:
		return refuse("the type of the receiver is not known")
	case f.Tree:
		return refuse("a folder is deleted and built again: build the new one beside it and exchange the two")
	}
	switch site.Verdict {
	case protocol.InPlace, protocol.InPlaceWithBackup, protocol.UpdateInPlace, protocol.CopyOver, protocol.Window,
		protocol.Atomic, protocol.AtomicSynced:
		return nil
	case protocol.Append:
		return refuse("it appends: a replacement would lose what is there")
	case protocol.CreateExclusive:
		return refuse("it makes a file that must not be there yet")
	case protocol.Delegated:
		return refuse("it calls a writer; what is wrong is around the call")
	case protocol.Publish, protocol.Moved:
		return refuse("what it renames was made elsewhere: that is the place to mend")
	}
	return refuse("nothing to rewrite is known for a place that is %s", site.Verdict)
}

// around adds what a reader of the change should know.
func (d *draft) around(site *audit.Site, c *ast.CallExpr) {
	for n := ast.Node(c); n != nil; n = d.up[n] {
		switch n.(type) {
		case *ast.FuncLit:
			d.ask("it stands in a function literal")
		case *ast.DeferStmt:
			d.ask("it runs in a defer")
		case *ast.GoStmt:
			d.ask("it runs beside, in a goroutine")
		}
	}
	if site.Facts.ReadBefore {
		d.say("only the write is mended: two processes that read, change and write can still lose each other's change, see wholly.Update")
	}
	if d.checksMode(c) {
		d.ask("the mode is looked at or set nearby: a file that may not be written can still be replaced")
	}
	evidence := func(kind string) bool {
		return slices.ContainsFunc(site.Evidence, func(e audit.Evidence) bool { return e.Kind == kind })
	}
	if evidence("watched") {
		d.say("whoever watches the file itself, not its name, no longer sees changes")
	}
	if evidence("configuration") || configuration(site.Target) {
		d.say("mounted into a container by itself the file cannot be replaced (ErrMounted): mount its folder")
	}
}

// checksMode reports whether the function around c sets or looks at modes, by
// a call that stays.
func (d *draft) checksMode(c *ast.CallExpr) bool {
	b, _ := body(d.function(c))
	if b == nil {
		return false
	}
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		start, _ := d.span(call)
		sel, isSel := call.Fun.(*ast.SelectorExpr)
		switch {
		case d.isGone(start):
		case d.callee(call) == "os.Chmod":
			found = true
		case isSel && (sel.Sel.Name == "Perm" || sel.Sel.Name == "Chmod") && d.callee(call) == "":
			found = true
		}
		return true
	})
	return found
}

// configuration reports whether the last element of a target looks like a
// configuration file's.
func configuration(target string) bool {
	switch path.Ext(target) {
	case ".json", ".toml", ".yaml", ".yml", ".conf", ".ini", ".cfg", ".env", ".properties":
		return true
	}
	return false
}
