package golang_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/golang"
)

func ExampleFront() {
	src := "package p\n\nimport \"os\"\n\nfunc save(path string, b []byte) error {\n\ttmp := path + \".tmp\"\n" +
		"\tif err := os.WriteFile(tmp, b, 0o600); err != nil {\n\t\treturn err\n\t}\n\treturn os.Rename(tmp, path)\n}\n"
	f, err := golang.Front{}.Read(effect.Source{Path: "p/a.go", Text: []byte(src)}, nil, nil)
	if err != nil {
		panic(err)
	}
	for _, e := range f.Funcs[0].Effects {
		fmt.Println(e.At.Line, e.Op, e.From.Text(), e.Path.Text())
	}
	// Output:
	// 7 open ? path.tmp
	// 7 write ? ?
	// 7 close ? ?
	// 10 rename path.tmp path
}

// FuzzRead: any bytes are read without a panic, and every effect lies in the
// source.
func FuzzRead(f *testing.F) {
	seeds, err := filepath.Glob("*.go")
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range seeds {
		b, err := os.ReadFile(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("package p\nimport \"os\"\nfunc f() { os.WriteFile(); os.OpenFile(\"a\"); os.Rename(x...); x.y().z(os.Create(\"a\")) }"))
	f.Add([]byte("package p\nimport . \"os\"\nfunc (T) f() (err error) { defer func() { Remove(\"a\") }(); return }"))
	f.Add([]byte("package p\nfunc (m *pair[K, V]) f() {}\nfunc (error) g() {}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := golang.Front{}.Read(effect.Source{Path: "a.go", Text: src}, nil, nil)
		if err != nil {
			return
		}
		for _, fn := range file.Funcs {
			for _, e := range fn.Effects {
				if e.At.Start < 0 || e.At.End > len(src)+1 || e.At.Line < 1 {
					t.Fatalf("%s at %+v of %d bytes", e.Op, e.At, len(src))
				}
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	src, err := os.ReadFile("errors.go")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (golang.Front{}).Read(effect.Source{Path: "errors.go", Text: src}, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}
