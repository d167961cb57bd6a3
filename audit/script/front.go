// Package script reads JavaScript and TypeScript sources: what their functions
// do to files.
package script

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/wholly-go/wholly/audit/cut"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/table"
)

// Front reads JavaScript and TypeScript. It implements effect.Front.
type Front struct {
	table   *table.Table
	words   *cut.Words
	modules map[string]bool // one of them must be imported
	parsers sync.Pool
}

// New returns a front end that knows the table's calls and those that more
// describes, in the table's own form.
func New(more string) (*Front, error) {
	t, err := table.Script(more)
	if err != nil {
		return nil, err
	}
	f := &Front{table: t, modules: map[string]bool{}, parsers: sync.Pool{New: func() any { return grammar.NewParser() }}}
	var words []cut.Word
	for _, w := range t.Triggers() {
		words = append(words, cut.Word(w))
		for _, way := range []string{"Sync", "Async"} {
			v := cut.Word(w)
			v.Text += way
			words = append(words, v)
		}
	}
	for _, run := range []string{"Bun", "Deno"} { // of their functions, some have names that any source is full of
		words = append(words, cut.Word{Text: run, Bare: true})
	}
	for _, m := range t.Modules() {
		f.modules[m] = true
	}
	for m := range moduleNames {
		f.modules[m] = true
	}
	f.words = cut.NewWords(words)
	return f, nil
}

// Language returns the language by the file's extension.
func (f *Front) Language(name string) effect.Language {
	if strings.HasSuffix(name, ".d.ts") {
		return ""
	}
	switch path.Ext(name) {
	case ".js", ".mjs", ".cjs", ".jsx":
		return effect.JavaScript
	case ".ts", ".mts", ".cts", ".tsx":
		return effect.TypeScript
	}
	return ""
}

func dialect(name string) grammar.Lang {
	switch path.Ext(name) {
	case ".ts", ".mts", ".cts":
		return grammar.TypeScript
	case ".tsx":
		return grammar.TSX
	}
	return grammar.JavaScript
}

// Triggers returns none: Read looks for itself, and knows better where a word
// stands.
func (f *Front) Triggers() []string { return nil }

var errBinary = errors.New("not text: it holds zero bytes")

// Read returns what src does to files; see effect.Front.
func (f *Front) Read(src effect.Source, words []string, had *effect.File) (*effect.File, error) {
	src.Text = utf8(src.Text)
	if bytes.IndexByte(src.Text, 0) >= 0 {
		return nil, fmt.Errorf("read %s: %w", src.Path, errBinary)
	}
	ranges, ok := f.ranges(src.Text, words, had)
	if !ok {
		return nil, nil
	}
	p := f.parsers.Get().(*grammar.Parser)
	defer f.parsers.Put(p)
	tree, err := parse(p, dialect(src.Path), src.Text, ranges)
	if errors.Is(err, grammar.ErrNoGrammar) {
		err = effect.ErrNoGrammar
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", src.Path, err)
	}
	r := newReader(f, src, tree, had)
	r.file.Parsed = grammar.Length(src.Text, ranges)
	r.module()
	return r.file, nil
}

// parse reads JavaScript that its own grammar does not understand by that of
// TypeScript: with annotations in it (Flow), and with "await using".
func parse(p *grammar.Parser, lang grammar.Lang, text []byte, ranges []grammar.Range) (*grammar.Tree, error) {
	tree, err := p.Parse(lang, text, ranges)
	if err != nil || tree.Broken == 0 || lang != grammar.JavaScript {
		return tree, err
	}
	broken := tree.Broken // the tree itself is gone when the parser is used again
	if tree, err = p.Parse(grammar.TSX, text, ranges); err == nil && tree.Broken < broken {
		return tree, nil
	}
	return p.Parse(lang, text, ranges)
}

// ranges returns what must be parsed; ok is false if there is nothing, or had
// holds it all.
func (f *Front) ranges(text []byte, words []string, had *effect.File) (ranges []grammar.Range, ok bool) {
	look := cut.Script(text, f.words.With(words), f.modules)
	if look.Whole {
		return nil, had == nil && len(look.Hits) > 0
	}
	if had == nil {
		ranges, _ = look.Keep(len(text))
		return ranges, len(look.Hits) > 0 || look.Passes
	}
	look.Done(func(b *cut.Body) bool {
		return slices.ContainsFunc(had.Funcs, func(fn *effect.Func) bool {
			inside := fn.At.Start <= b.Start && b.End <= fn.At.End
			return inside && fn.Name != "" && fn.Name != fieldsName || b.Start <= fn.At.Start && fn.At.Start < b.End
		})
	})
	ranges, _ = look.Keep(len(text))
	return ranges, look.News()
}

// moduleOf returns the slashed name by which other files of the tree import
// the file: without its extension, a folder for its index.
func moduleOf(p string) string {
	p = strings.TrimSuffix(p, path.Ext(p))
	if path.Base(p) == "index" {
		p = path.Dir(p)
	}
	return p
}

var testName = regexp.MustCompile(`(^|/)(__tests__|__mocks__)/|\.(test|spec)\.[cm]?[jt]sx?$`)

func isTest(p string) bool { return testName.MatchString(p) }
