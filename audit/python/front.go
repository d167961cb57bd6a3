// Package python reads Python sources: what their functions do to files.
package python

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/wholly-go/wholly/audit/cut"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/table"
)

// Front reads Python. It implements effect.Front.
type Front struct {
	table   *table.Table
	words   *cut.Words
	locals  []table.Local
	parsers sync.Pool
}

// New returns a front end that knows the table's calls and those that more
// describes, in the table's own form.
func New(more string) (*Front, error) {
	t, err := table.Python(more)
	if err != nil {
		return nil, err
	}
	words := []cut.Word{{Text: "write", Method: true}} // what is done to a file that was opened elsewhere
	for _, w := range t.Triggers() {
		words = append(words, cut.Word(w))
	}
	return &Front{table: t, words: cut.NewWords(words), locals: t.Locals(), parsers: sync.Pool{New: func() any { return grammar.NewParser() }}}, nil
}

// Language returns Python for .py, .pyi and .pyw files.
func (f *Front) Language(name string) effect.Language {
	switch path.Ext(name) {
	case ".py", ".pyw":
		return effect.Python
	}
	return ""
}

// Triggers returns none: Read looks for itself, and knows better where a word
// stands.
func (f *Front) Triggers() []string { return nil }

var errBinary = errors.New("not text: it holds zero bytes, or is encoded in UTF-16")

// Read returns what src does to files; see effect.Front.
func (f *Front) Read(src effect.Source, words []string, had *effect.File) (*effect.File, error) {
	if bytes.IndexByte(src.Text, 0) >= 0 {
		return nil, fmt.Errorf("read %s: %w", src.Path, errBinary)
	}
	look, ok := f.look(src.Text, words, had)
	if !ok {
		return nil, nil
	}
	ranges, left := look.Keep(len(src.Text))
	p := f.parsers.Get().(*grammar.Parser)
	defer f.parsers.Put(p)
	tree, err := p.Parse(grammar.Python, src.Text, ranges)
	if errors.Is(err, grammar.ErrNoGrammar) {
		err = effect.ErrNoGrammar
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", src.Path, err)
	}
	r := newReader(f.table, src, tree, had)
	r.left(left)
	r.file.Parsed = grammar.Length(src.Text, ranges)
	r.file.Broken = r.file.Broken || look.Torn
	r.module()
	return r.file, nil
}

// look finds what must be parsed; ok is false if there is nothing to be read, or
// had holds it all.
func (f *Front) look(text []byte, words []string, had *effect.File) (look cut.Look, ok bool) {
	here := false
	for i, l := range f.locals {
		if i == 0 || l.Where != f.locals[i-1].Where {
			here = bytes.Contains(text, []byte(l.Where))
		}
		if here {
			words = append(slices.Clip(words), l.Text)
		}
	}
	look = cut.Python(text, f.words.With(words))
	if had == nil {
		named := slices.ContainsFunc(look.Bodies, func(b cut.Body) bool { return b.Names })
		return look, len(look.Hits) > 0 || look.Passes || named
	}
	var starts []int
	for _, fn := range had.Funcs {
		if fn.Name != "" {
			starts = append(starts, fn.At.Start)
		}
	}
	slices.Sort(starts)
	look.Done(func(b *cut.Body) bool {
		i, _ := slices.BinarySearch(starts, b.Start)
		return i < len(starts) && starts[i] < b.End
	})
	return look, look.News()
}

// moduleOf returns the dotted name by which others import the file.
func moduleOf(src effect.Source) string {
	p := strings.TrimSuffix(src.Path, path.Ext(src.Path))
	if src.Base != "" {
		p = strings.TrimPrefix(p, src.Base+"/")
	}
	p = strings.TrimPrefix(p, "src/")
	p = strings.TrimSuffix(p, "/__init__")
	if p == "__init__" {
		p = ""
	}
	name := strings.ReplaceAll(p, "/", ".")
	if src.Root != "" && !strings.Contains(src.Root, "/") {
		name = strings.TrimSuffix(src.Root+"."+name, ".")
	}
	return name
}

func isTest(p string) bool {
	base := path.Base(p)
	return strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.py") || base == "conftest.py"
}
