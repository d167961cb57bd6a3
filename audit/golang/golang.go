// Package golang says what Go sources do to files. It reads the syntax only,
// with the imports: the code need not build.
package golang

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/table"
)

// Front reads Go. The zero value knows the built-in calls.
type Front struct {
	more *table.Table // the user's
}

var _ effect.Front = Front{}

// New returns a front end that knows, beside the built-in calls, those that
// more describes, in the form of package table: import path and function, parts
// by position.
func New(more string) (Front, error) {
	t, err := table.Lines(more)
	return Front{t}, err
}

// Language returns effect.Go for names that end in ".go".
func (Front) Language(name string) effect.Language {
	if strings.HasSuffix(name, ".go") {
		return effect.Go
	}
	return ""
}

// Triggers are the raw calls, writers and readers.
func (f Front) Triggers() []string {
	return append(f.more.Names(), []string{
		"WriteFile", "os.Create", "OpenFile", "CreateTemp", "MkdirTemp", "TempFile", "os.Rename", "os.Link",
		"os.Symlink", "os.Remove", "os.Truncate", "os.Mkdir", "os.Chmod", "os.Chown", "ReadFile", "os.Open", "os.Stat",
		"Fsync", "Fdatasync", "Renameat", ".Sync()", "os.Root", "wholly.", "os.Lstat",
		"unix.Open", "syscall.Open", "LoadX509KeyPair", "spf13/afero", "go-billy", "spf13/viper", "SaveUploadedFile", "godotenv",
		"gopkg.in/ini", "renameio", "natefinch/atomic", "atomicfile", "atomicwriter", "safefile", "lockedfile",
	}...)
}

// Read returns what src does. A file is parsed whole, at once, so there is
// never more to find in a later pass.
func (front Front) Read(src effect.Source, _ []string, had *effect.File) (*effect.File, error) {
	if had != nil {
		return nil, nil
	}
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, src.Path, src.Text, parser.ParseComments|parser.SkipObjectResolution)
	if syntax == nil || err != nil && len(syntax.Decls) == 0 {
		return nil, fmt.Errorf("parse %s: %w", src.Path, err)
	}
	f := &file{
		src: src, set: set, text: src.Text, syntax: syntax, more: front.more,
		imports: map[string]string{}, consts: map[string]*effect.Value{}, fields: map[string][]string{}, exits: map[string]bool{}, exprs: map[string]ast.Expr{}, held: map[string]ast.Expr{},
		out: &effect.File{
			Path: src.Path, Language: effect.Go, Broken: err != nil, Parsed: len(src.Text), Globals: map[string]*effect.Value{},
			Test: strings.HasSuffix(src.Path, "_test.go") || aside(syntax),
		},
	}
	f.base = set.File(syntax.FileStart).Base()
	f.out.Module = f.module()
	f.scan()
	return f.out, nil
}

// aside reports whether a file is none of the program's own: it imports
// "testing", or is in no build, as scripts that a developer runs say it with
// "go:build ignore".
func aside(syntax *ast.File) bool {
	for _, im := range syntax.Imports {
		if im.Path.Value == `"testing"` {
			return true
		}
	}
	for _, g := range syntax.Comments {
		if g.Pos() > syntax.Package {
			return false
		}
		for _, c := range g.List {
			if c.Text == "//go:build ignore" || c.Text == "// +build ignore" {
				return true
			}
		}
	}
	return false
}

// file is one source file under reading.
type file struct {
	src     effect.Source
	set     *token.FileSet
	base    int
	text    []byte
	syntax  *ast.File
	more    *table.Table
	imports map[string]string        // local name: import path
	consts  map[string]*effect.Value // package-level constants of this file
	fields  map[string][]string      // struct types of this file: field names in order
	exprs   map[string]ast.Expr      // package-level constants of this file: what defines them
	held    map[string]ast.Expr      // package-level variables of this file that hold another package's function; TYPE.FIELD too
	exits   map[string]bool          // functions of this file that end the program
	out     *effect.File
}

// module is the import path of the file's package. An external test package
// is another one.
func (f *file) module() string {
	dir := path.Dir(f.src.Path)
	if f.src.Root != "" {
		rel := strings.Trim(strings.TrimPrefix(dir, f.src.Base), "/")
		dir = path.Join(f.src.Root, rel)
	}
	if strings.HasSuffix(f.syntax.Name.Name, "_test") {
		dir += "_test"
	}
	return dir
}

func (f *file) scan() {
	for _, im := range f.syntax.Imports {
		p, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			continue
		}
		name := importName(p)
		if im.Name != nil {
			name = im.Name.Name
		}
		f.imports[name] = p
	}
	for _, d := range f.syntax.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			f.declare(d)
		case *ast.FuncDecl:
			f.exits[d.Name.Name] = ends(d)
		}
	}
	f.fieldHooks()
	for _, d := range f.syntax.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				f.variables(d)
			}
		case *ast.FuncDecl:
			if d.Body != nil {
				f.function(d)
			}
		}
	}
	f.hooks()
	f.notes()
}

// importName guesses a package's name from its path: the last element, without
// a major version and "go-".
func importName(p string) string {
	name := path.Base(p)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" && path.Dir(p) != "." {
		name = path.Base(path.Dir(p))
	}
	if i := strings.LastIndex(name, ".v"); i > 0 {
		name = name[:i]
	}
	return strings.TrimPrefix(name, "go-")
}

// declare reads constants and types.
func (f *file) declare(g *ast.GenDecl) {
	for _, s := range g.Specs {
		switch s := s.(type) {
		case *ast.ValueSpec:
			for i, n := range s.Names {
				if i >= len(s.Values) {
					break
				}
				if g.Tok != token.CONST {
					if f.imported(s.Values[i]) != "" {
						f.held[n.Name] = s.Values[i]
					}
					continue
				}
				f.exprs[n.Name] = s.Values[i]
				if lit, ok := s.Values[i].(*ast.BasicLit); ok {
					v := literal(lit)
					f.consts[n.Name] = v
					f.out.Globals[f.out.Module+"."+n.Name] = v
				}
			}
		case *ast.TypeSpec:
			f.class(s)
		}
	}
}

// variables reads package-level variables; what their initialisers do is the
// package's top level.
func (f *file) variables(g *ast.GenDecl) {
	w := f.walker(&effect.Func{ID: f.out.Module + ".init@" + path.Base(f.src.Path), Text: "package level", At: f.span(g)})
	for _, s := range g.Specs {
		s, ok := s.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, n := range s.Names {
			if i >= len(s.Values) {
				if id := f.typeID(s.Type); id != "" {
					f.out.Globals[f.out.Module+"."+n.Name] = effect.NewGlobal(f.out.Module + "." + n.Name).Typed(id)
				}
				continue
			}
			if v := w.value(s.Values[i]); v != nil && n.Name != "_" {
				f.out.Globals[f.out.Module+"."+n.Name] = v
			}
		}
	}
	if len(w.fn.Effects) > 0 {
		f.out.Funcs = append(f.out.Funcs, w.fn)
	}
}

func (f *file) span(n ast.Node) effect.Span {
	start := int(n.Pos()) - f.base
	return effect.Span{File: f.src.Path, Start: start, End: int(n.End()) - f.base, Line: f.set.File(n.Pos()).Line(n.Pos())}
}

// notes collects the comments that speak to the audit.
func (f *file) notes() {
	for _, g := range f.syntax.Comments {
		for _, c := range g.List {
			text := strings.TrimSpace(strings.TrimPrefix(c.Text, "//"))
			note, ok := effect.ParseNote(text)
			if !ok {
				continue
			}
			at := f.span(c)
			note.Line = at.Line
			line := strings.LastIndexByte(string(f.text[:at.Start]), '\n') + 1
			note.Own = strings.TrimSpace(string(f.text[line:at.Start])) == ""
			f.out.Notes = append(f.out.Notes, note)
		}
	}
}
