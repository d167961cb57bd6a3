package golang

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/edit"
)

// sound type-checks the file before and after, alone, with the library's
// declarations and without all other packages. What is wrong only afterwards
// (a variable without a use, a method that is not there) is an error.
func (s *source) sound(edits, imports []edit.Edit) error {
	text, err := edit.Apply(s.Text, append(slices.Clone(edits), imports...))
	if err != nil {
		return err
	}
	old := complaints(s.Path, s.Text)
	for _, c := range complaints(s.Path, text) {
		if i := slices.Index(old, c); i >= 0 {
			old = slices.Delete(old, i, i+1)
			continue
		}
		return fmt.Errorf("it would not build: %s", c)
	}
	return nil
}

// complaints are the type errors of a file that is checked alone, but for what
// follows from the packages that are not there.
func complaints(name string, text []byte) []string {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	var all []string
	conf := types.Config{
		Importer: alone{set, map[string]*types.Package{}}, FakeImportC: true, GoVersion: "go1.26",
		Error: func(err error) {
			e, ok := err.(types.Error)
			if ok && !strings.HasPrefix(e.Msg, "could not import") {
				all = append(all, e.Msg)
			}
		},
	}
	_, _ = conf.Check(f.Name.Name, set, []*ast.File{f}, nil) // the errors went to conf.Error
	return all
}

// alone imports the library, and of others what its declarations stand on.
type alone struct {
	set  *token.FileSet
	done map[string]*types.Package
}

func (a alone) Import(p string) (*types.Package, error) {
	text := map[string]string{library: declarations, "io/fs": "package fs\ntype FileMode uint32\n"}[p]
	if text == "" {
		return nil, fmt.Errorf("%s is not looked at", p)
	}
	if a.done[p] != nil {
		return a.done[p], nil
	}
	f, err := parser.ParseFile(a.set, p, text, 0)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: a, IgnoreFuncBodies: true}
	a.done[p], err = conf.Check(p, a.set, []*ast.File{f}, nil)
	return a.done[p], err
}

// declarations is what the rewriter uses of the library. A test compares it
// with the library.
const declarations = `package wholly

import "io/fs"

type Policy struct {
	Keep    int
	Private bool
}

type File struct{}

func (f *File) Write(p []byte) (int, error)
func (f *File) Commit() error
func (f *File) Close() error

func WriteFile(name string, data []byte, perm fs.FileMode) error
func Create(name string, perm fs.FileMode) (*File, error)
func (p Policy) WriteFile(name string, data []byte, perm fs.FileMode) error
func (p Policy) Create(name string, perm fs.FileMode) (*File, error)
`
