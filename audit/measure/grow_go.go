package main

import "fmt"

func growGo(n int, seed uint64, write func(name, text string) error) error {
	if err := write("go.mod", "module example.com/grown\n\ngo 1.24\n"); err != nil {
		return err
	}
	if err := write("keep/keep.go", keepGo); err != nil {
		return err
	}
	for i := range n - 1 {
		name := fmt.Sprintf("pkg/part%03d/file%d.go", i/12, i)
		if i%3 == 0 {
			name = fmt.Sprintf("pkg/part%03d/file%d_test.go", i/12, i)
		}
		if err := write(name, goFile(newGardener(seed, i), i)); err != nil {
			return err
		}
	}
	return nil
}

const keepGo = `// Package keep is how this project keeps its files.
package keep

import (
	"os"
	"path/filepath"
)

// Keep replaces the file at path.
func Keep(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "keep")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(b); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
`

func goFile(g *gardener, i int) string {
	fmt.Fprintf(g, "package part%03d\n\nimport (\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"os\"\n\t\"sort\"\n\t\"strings\"\n\n\t\"example.com/grown/keep\"\n)\n", i/12)
	for t := range 1 + g.IntN(2) {
		name := fmt.Sprintf("%s%dx%d", title(g.a(nouns)), i, t)
		g.line(0, "\n// A "+name+" is the %v of a %v, with the %v that its %v was given.")
		fmt.Fprintf(g, "type %s struct {\n", name)
		for f := range 3 + g.IntN(8) {
			fmt.Fprintf(g, "\t%s%d string `json:\"%s%d,omitempty\"` // of the %s\n", title(g.a(nouns)), f, g.a(nouns), f, g.a(nouns))
		}
		g.WriteString("\titems []string\n}\n")
		for m := range 3 + g.IntN(6) {
			fmt.Fprintf(g, "\nfunc (x *%s) %s%d(path string, in map[string]int) (out []string, err error) {\n", name, title(g.a(verbs)), m)
			g.goBody()
		}
	}
	for f := range 3 + g.IntN(7) {
		fmt.Fprintf(g, "\n// %s%dx%d gives what the %s has.\nfunc %s%dx%d(x []string, path string, in map[string]int) (out []string, err error) {\n",
			g.a(verbs), i, f, g.a(nouns), g.a(verbs), i, f)
		g.goBody()
	}
	return g.String()
}

func (g *gardener) goBody() {
	for range 2 + g.IntN(5) {
		g.block(4, goWork)
	}
	switch {
	case g.chance(2):
		g.block(4, goWrites)
	case g.chance(1):
		g.line(4, "if err := keep.Keep(path, []byte(strings.Join(out, \",\"))); err != nil {\n        return nil, err\n    }")
	}
	g.WriteString("    return out, nil\n}\n")
}

var goWork = []string{
	"for k, n := range in {\n    if n < 3 || strings.HasPrefix(k, \"%v\") {\n        continue\n    }\n    out = append(out, fmt.Sprintf(\"%s=%d\", k, n))\n}",
	"sort.Slice(out, func(i, j int) bool { return len(out[i]) < len(out[j]) })",
	"switch {\ncase len(out) == 0:\n    return nil, fmt.Errorf(\"no %v in %q\", path)\ncase in[\"%v\"] > 0:\n    out = append(out, \"%v\")\n}",
	"if v, ok := in[\"%v\"]; ok && v > len(out) {\n    out = append(out, strings.Repeat(\"%v\", v))\n}",
	"// The %v is open here, and its %v can be removed.\nvar b strings.Builder\nfor _, s := range out {\n    b.WriteString(strings.ReplaceAll(s, \"%v\", \"%v\"))\n}\nout = append(out, b.String())",
	"func() {\n    defer func() { recover() }()\n    _, _ = json.Marshal(map[string]any{\"%v\": out, \"%v\": in})\n}()",
}

var goWrites = []string{
	"if err := os.WriteFile(path, []byte(strings.Join(out, \"\\n\")), 0o644); err != nil {\n    return nil, err\n}",
	"if b, err := os.ReadFile(path); err == nil {\n    _ = json.Unmarshal(b, &out)\n}",
	"if err := os.WriteFile(path+\".tmp\", []byte(path), 0o600); err != nil {\n    return nil, err\n}\nif err := os.Rename(path+\".tmp\", path); err != nil {\n    return nil, err\n}",
	"f, err := os.Create(path)\nif err != nil {\n    return nil, err\n}\nif err := json.NewEncoder(f).Encode(in); err != nil {\n    f.Close()\n    return nil, err\n}\nif err := f.Close(); err != nil {\n    return nil, err\n}",
}
