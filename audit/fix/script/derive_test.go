package script_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/grammar"
)

// The three forms of the writer are one program: the TypeScript without its
// types is the module, and that with require for import the CommonJS form.
// WHOLLY_UPDATE=1 writes them anew.
func TestTheFormsOfTheWriterAreOne(t *testing.T) {
	if !grammar.Available {
		t.Skip("this build has no grammars")
	}
	module := withoutTypes(t, source(t, "wholly-atomic.ts"))
	for name, want := range map[string]string{"wholly-atomic.mjs": module, "wholly-atomic.cjs": common(module)} {
		if os.Getenv("WHOLLY_UPDATE") == "1" {
			if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got := source(t, name); got != want {
			t.Errorf("%s is not what follows from wholly-atomic.ts: run this test with WHOLLY_UPDATE=1", name)
		}
	}
}

func source(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// withoutTypes takes the types out of a TypeScript source that uses no more of
// the language than the writer does.
func withoutTypes(t *testing.T, text string) string {
	t.Helper()
	tree, err := grammar.NewParser().Parse(grammar.TypeScript, []byte(text), nil)
	if err != nil || tree.Broken > 0 {
		t.Fatal(err, tree.Broken)
	}
	var edits []edit.Edit
	cut := func(from, to int) { edits = append(edits, edit.Edit{Start: from, End: to}) }
	var walk func(n *grammar.Node)
	walk = func(n *grammar.Node) {
		switch {
		case n.Is("type_annotation"):
			from := n.Start
			if text[from-1] == '?' {
				from--
			}
			cut(from, n.End)
			return
		case n.Is("as_expression"):
			cut(n.Only().End, n.End)
		case n.Is("interface_declaration", "type_alias_declaration"), n.Is("import_statement") && strings.HasPrefix(tree.Text(n), "import type"):
			cut(statement(text, n))
			return
		}
		for _, k := range n.Kids {
			walk(k)
		}
	}
	walk(tree.Root)
	out, err := edit.Apply([]byte(text), edits)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(empty.ReplaceAllString(string(out), "\n\n"), "(e)?.", "e?.")
}

var empty = regexp.MustCompile(`\n{3,}`)

// statement is the whole of a declaration: with "export", the comment before
// it and the end of its line.
func statement(text string, n *grammar.Node) (from, to int) {
	if n.Parent.Is("export_statement") {
		n = n.Parent
	}
	from, to = n.Start, n.End
	if before := strings.TrimRight(text[:from], "\n"); strings.HasSuffix(before, "*/") {
		from = strings.LastIndex(before, "/**")
	}
	return from, to + strings.IndexByte(text[to:], '\n') + 1
}

// common makes a CommonJS source of a module.
func common(module string) string {
	var b strings.Builder
	b.WriteString("'use strict';\n\n")
	var names []string
	importing := ""
	for line := range strings.Lines(module) {
		switch {
		case strings.HasPrefix(line, "import ") || importing != "":
			importing += line
			if strings.Contains(line, " from ") {
				what, from, _ := strings.Cut(strings.TrimPrefix(importing, "import "), " from ")
				what = strings.ReplaceAll(what, " as ", ": ")
				b.WriteString("const " + what + " = require(" + strings.TrimSuffix(from, ";\n") + ");\n")
				importing = ""
			}
			continue
		case strings.HasPrefix(line, "export "):
			line = strings.TrimPrefix(line, "export ")
			name := strings.TrimPrefix(strings.TrimPrefix(line, "async "), "function ")
			names = append(names, name[:strings.Index(name, "(")])
		}
		b.WriteString(line)
	}
	b.WriteString("\nmodule.exports = { " + strings.Join(names, ", ") + " };\n")
	return b.String()
}
