// Package vet is the audit of Go sources as an analyzer of go/analysis, for
// `go vet -vettool`, `go fix -fixtool`, editors and golangci-lint.
//
// It sees one package at a time. What a function of another package does with
// the path it is given comes as a fact; who else reads the file does not, so
// it says less than `wholly audit`, which sees the whole program. It takes the
// same comments: "// wholly: ignore[rule] reason", and "//nolint:wholly" too.
package vet

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix"
	"github.com/wholly-go/wholly/audit/golang"
	"github.com/wholly-go/wholly/audit/rule"
)

// Settings say what is reported. The zero value is that of the flags.
type Settings struct {
	Least string `json:"least"` // the least severity: info, low, medium, high; "" is medium
	Ask   bool   `json:"ask"`   // suggest the changes too that a person should look at
}

// New returns an analyzer with flags that begin as s.
func New(s Settings) *analysis.Analyzer {
	if s.Least == "" {
		s.Least = rule.Medium.String()
	}
	c := &checker{s}
	a := &analysis.Analyzer{
		Name:      "wholly",
		Doc:       "find writes of files that a crash could tear\n\nA file that is truncated and filled, renamed without a sync, or moved away before its successor is there can be empty, torn or missing afterwards. The suggested fixes write it by github.com/wholly-go/wholly.",
		Run:       c.run,
		FactTypes: []analysis.Fact{new(Writes)},

		RunDespiteErrors: true, // it reads the syntax
	}
	a.Flags.StringVar(&c.Least, "least", c.Least, "least severity that is reported: info, low, medium or high")
	a.Flags.BoolVar(&c.Ask, "ask", c.Ask, "suggest also the changes that a person should look at first")
	return a
}

// Analyzer is New of the zero Settings.
var Analyzer = New(Settings{})

// checker is an analyzer with its flags.
type checker struct{ Settings }

func (c *checker) run(pass *analysis.Pass) (any, error) {
	least, ok := rule.ParseSeverity(c.Least)
	if !ok {
		return nil, fmt.Errorf("no severity is called %q", c.Least)
	}
	p := &pkg{Pass: pass, least: least, ask: c.Ask, texts: map[string][]byte{}}
	known := p.imported()
	if err := p.load(); err != nil {
		return nil, err
	}
	if len(p.texts) == 0 || len(known) == 0 && !p.triggered() {
		return nil, nil
	}
	files, err := p.parse(nil)
	if err != nil {
		return nil, err
	}
	r := audit.Judge(append(files, known...))
	p.export(r)
	return nil, p.report(r, known)
}

// pkg is one package under analysis.
type pkg struct {
	*analysis.Pass
	least rule.Severity
	ask   bool
	names []string // of its files, below the module
	files []*ast.File
	texts map[string][]byte // by name
}

// load reads the package's own sources: not what cgo or a generator made, and
// not the standard library.
func (p *pkg) load() error {
	for _, f := range p.Files {
		name := p.Fset.File(f.FileStart).Name()
		if !strings.HasSuffix(name, ".go") || ast.IsGenerated(f) || below(build.Default.GOROOT, name) {
			continue
		}
		read := p.ReadFile
		if read == nil {
			read = os.ReadFile
		}
		text, err := read(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		name = path.Join(p.folder(), filepath.Base(name))
		p.names, p.files, p.texts[name] = append(p.names, name), append(p.files, f), text
	}
	return nil
}

func below(dir, name string) bool {
	return dir != "" && strings.HasPrefix(name, filepath.Join(dir, "src")+string(filepath.Separator))
}

// triggered reports whether any file holds a word that has to do with files.
func (p *pkg) triggered() bool {
	for _, text := range p.texts {
		for _, w := range (golang.Front{}).Triggers() {
			if strings.Contains(string(text), w) {
				return true
			}
		}
	}
	return false
}

// parse reads what the files do, with other contents for some, by absolute
// path.
func (p *pkg) parse(changed map[string][]byte) ([]*effect.File, error) {
	var files []*effect.File
	for _, name := range p.names {
		text := p.texts[name]
		if abs, err := filepath.Abs(filepath.FromSlash(name)); err == nil && changed[abs] != nil {
			text = changed[abs]
		}
		f, err := golang.Front{}.Read(effect.Source{Path: name, Text: text, Root: p.path(), Base: path.Dir(name)}, nil, nil)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// folder is where the package lies in its module. The folders above say
// nothing about it.
func (p *pkg) folder() string {
	if p.Module != nil && p.Module.Path != "" {
		if rel, ok := strings.CutPrefix(p.path(), p.Module.Path); ok {
			return strings.Trim(rel, "/")
		}
	}
	return p.path()
}

// path is the import path, without what marks an external test.
func (p *pkg) path() string { return strings.TrimSuffix(p.Pkg.Path(), "_test") }

// fixes returns the changes that are proposed, by the finding that leads.
func (p *pkg) fixes(r *audit.Result, known []*effect.File) (map[*audit.Finding]fix.Fix, error) {
	o := fix.Options{Least: p.least, Ask: p.ask, Read: p.readAgain,
		Again: func(_ context.Context, changed map[string][]byte) (*audit.Result, error) {
			files, err := p.parse(changed)
			if err != nil {
				return nil, err
			}
			return audit.Judge(append(files, known...)), nil
		}}
	plan, err := fix.Propose(context.Background(), r, o)
	if err != nil {
		return nil, err
	}
	of := map[*audit.Finding]fix.Fix{}
	for _, f := range plan.Fixes {
		of[f.Finding] = f
	}
	return of, nil
}

// errOutside is for files that are not the package's.
var errOutside = errors.New("not a file of this package")

func (p *pkg) readAgain(name string) ([]byte, error) {
	if text, ok := p.texts[filepath.ToSlash(name)]; ok {
		return text, nil
	}
	return nil, fmt.Errorf("read %s: %w", name, errOutside)
}

// file returns the syntax of a file by its name, nil if it is not of the
// package.
func (p *pkg) file(name string) *ast.File {
	for i, n := range p.names {
		if n == name {
			return p.files[i]
		}
	}
	return nil
}

// pos is the place of a byte of a file.
func (p *pkg) pos(f *ast.File, offset int) token.Pos { return p.Fset.File(f.FileStart).Pos(offset) }
