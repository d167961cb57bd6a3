package golang

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix/edit"
)

// source is one parsed file.
type source struct {
	*edit.Job
	set     *token.FileSet
	file    *ast.File
	up      map[ast.Node]ast.Node // the node around a node
	imports map[string]string     // local name: path
	lib     string                // what the library is called here
	eol     string
}

func parse(j *edit.Job) (*source, error) {
	s := &source{Job: j, set: token.NewFileSet(), up: map[ast.Node]ast.Node{}, imports: map[string]string{}, eol: "\n"}
	var err error
	if s.file, err = parser.ParseFile(s.set, j.Path, j.Text, parser.ParseComments); err != nil {
		return nil, err
	}
	if bytes.Contains(j.Text, []byte("\r\n")) {
		s.eol = "\r\n"
	}
	var stack []ast.Node
	ast.Inspect(s.file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			s.up[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		return true
	})
	for _, im := range s.file.Imports {
		s.imports[localName(im)] = importPath(im)
	}
	s.lib = s.libraryName()
	return s, nil
}

// libraryName is the library's name in this file: that of its import if it has
// one, else one that nothing in the file is called by.
func (s *source) libraryName() string {
	for _, name := range slices.Sorted(maps.Keys(s.imports)) {
		if s.imports[name] == library {
			return name
		}
	}
	name := path.Base(library)
	for s.names(name) {
		name += "file"
	}
	return name
}

// names reports whether an identifier of this name stands anywhere.
func (s *source) names(name string) bool {
	found := false
	ast.Inspect(s.file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}

func importPath(im *ast.ImportSpec) string {
	p, err := strconv.Unquote(im.Path.Value)
	if err != nil {
		return ""
	}
	return p
}

// localName is the name by which a file uses an import, as far as the path
// tells it.
func localName(im *ast.ImportSpec) string {
	if im.Name != nil {
		return im.Name.Name
	}
	p := importPath(im)
	name := path.Base(p)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" && path.Dir(p) != "." {
		name = path.Base(path.Dir(p))
	}
	if i := strings.LastIndex(name, ".v"); i > 0 {
		name = name[:i]
	}
	return strings.TrimPrefix(name, "go-")
}

// span is where a node stands, in bytes.
func (s *source) span(n ast.Node) (start, end int) {
	base := s.set.File(s.file.FileStart).Base()
	return int(n.Pos()) - base, int(n.End()) - base
}

func (s *source) text(n ast.Node) string {
	start, end := s.span(n)
	return string(s.Text[start:end])
}

// key is an expression as it is compared with others.
func (s *source) key(e ast.Expr) string { return types.ExprString(e) }

func (s *source) line(n ast.Node) int { return s.set.PositionFor(n.Pos(), false).Line }

// call returns the call that stands exactly at a span, or nil.
func (s *source) call(at effect.Span) *ast.CallExpr {
	var found *ast.CallExpr
	ast.Inspect(s.file, func(n ast.Node) bool {
		if n == nil || found != nil {
			return false
		}
		start, end := s.span(n)
		if c, ok := n.(*ast.CallExpr); ok && start == at.Start && end == at.End {
			found = c
		}
		return start <= at.Start && at.End <= end
	})
	return found
}

// callee is import path and name of a function of another package that a call
// means: "os.Create". ioutil's are os's. "" for all others, and for a call that
// cannot be of that function.
func (s *source) callee(c *ast.CallExpr) string {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok || x.Obj != nil {
		return ""
	}
	p := s.imports[x.Name]
	if p == "io/ioutil" {
		p = "os"
	}
	name := p + "." + sel.Sel.Name
	if n, ok := arity[name]; p == "" || ok && n != len(c.Args) || c.Ellipsis.IsValid() && ok {
		return ""
	}
	return name
}

// arity is how many arguments a function must have to be what its name says.
var arity = map[string]int{
	"os.WriteFile": 3, "os.Create": 1, "os.OpenFile": 3, "os.CreateTemp": 2, "os.TempFile": 2, "os.Rename": 2, "os.Link": 2,
	"os.Remove": 1, "os.RemoveAll": 1, "os.Chmod": 2, "os.Stat": 1, "os.Lstat": 1,
}

// function is the function or function literal around a node.
func (s *source) function(n ast.Node) ast.Node {
	for n = s.up[n]; n != nil; n = s.up[n] {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return n
		}
	}
	return nil
}

func body(fn ast.Node) (*ast.BlockStmt, *ast.FuncType) {
	switch fn := fn.(type) {
	case *ast.FuncDecl:
		return fn.Body, fn.Type
	case *ast.FuncLit:
		return fn.Body, fn.Type
	}
	return nil, nil
}

// statement is the innermost statement around a node that stands in a list,
// with the list.
func (s *source) statement(n ast.Node) (ast.Stmt, []ast.Stmt) {
	for ; n != nil; n = s.up[n] {
		st, ok := n.(ast.Stmt)
		if !ok {
			continue
		}
		switch p := s.up[n].(type) {
		case *ast.BlockStmt:
			return st, p.List
		case *ast.CaseClause:
			if inList(p.Body, st) {
				return st, p.Body
			}
		case *ast.CommClause:
			if inList(p.Body, st) {
				return st, p.Body
			}
		}
	}
	return nil, nil
}

func inList(list []ast.Stmt, st ast.Stmt) bool {
	for _, x := range list {
		if x == st {
			return true
		}
	}
	return false
}

// within reports whether n lies in outer.
func (s *source) within(n, outer ast.Node) bool {
	for ; n != nil; n = s.up[n] {
		if n == outer {
			return true
		}
	}
	return false
}

// oneError reports whether a function's only result is an error without a name.
func oneError(t *ast.FuncType) bool {
	if t.Results == nil || len(t.Results.List) != 1 || len(t.Results.List[0].Names) > 0 {
		return false
	}
	id, ok := t.Results.List[0].Type.(*ast.Ident)
	return ok && id.Name == "error"
}

// refusal is why a place is left alone, in plain words.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }
