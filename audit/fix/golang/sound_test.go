package golang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// What the rewriter believes of the library is what the library declares.
func TestDeclarationsAreTheLibrarys(t *testing.T) {
	real := map[string]string{}
	files, err := filepath.Glob("../../../*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("the library is not found", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		declared(f, real)
	}
	f, err := parser.ParseFile(token.NewFileSet(), "declarations.go", declarations, 0)
	if err != nil {
		t.Fatal(err)
	}
	believed := map[string]string{}
	declared(f, believed)
	if len(believed) < 9 {
		t.Fatalf("only %v", believed)
	}
	for name, sign := range believed {
		if real[name] != sign {
			t.Errorf("%s is %q in the library, not %q", name, real[name], sign)
		}
	}
}

// declared notes functions, methods and fields with their types.
func declared(f *ast.File, into map[string]string) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = strings.TrimPrefix(types.ExprString(d.Recv.List[0].Type), "*") + "." + name
			}
			into[name] = types.ExprString(d.Type)
		case *ast.GenDecl:
			for _, sp := range d.Specs {
				ts, ok := sp.(*ast.TypeSpec)
				if !ok {
					continue
				}
				if st, ok := ts.Type.(*ast.StructType); ok {
					for _, field := range st.Fields.List {
						for _, n := range field.Names {
							into[ts.Name.Name+"."+n.Name] = types.ExprString(field.Type)
						}
					}
				}
			}
		}
	}
}

// The check of a file alone sees what the change breaks, and nothing else.
func TestComplaints(t *testing.T) {
	const head = "package p\n\nimport (\n\t\"example.com/other\"\n\n\t\"github.com/wholly-go/wholly\"\n)\n\n"
	for text, want := range map[string]string{
		"func f() { x := 1 }": "declared and not used: x",
		"func f() { w, _ := wholly.Create(\"x\", 0o600); w.Sync() }":               "w.Sync undefined",
		"func f() { wholly.WriteFile(\"x\", 1, 0o600) }":                           "cannot use 1",
		"func f() error { return other.Do(elsewhere(\"x\")) }":                     "undefined: elsewhere",
		"func f() error { return wholly.Policy{Keep: 1}.WriteFile(\"\", nil, 0) }": "",
	} {
		all := complaints("p.go", []byte(head+text))
		if want == "" && len(all) > 0 || want != "" && (len(all) == 0 || !strings.Contains(strings.Join(all, "; "), want)) {
			t.Errorf("%s: %q, want %q", text, all, want)
		}
	}
}
