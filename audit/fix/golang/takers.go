package golang

import (
	"go/ast"
	"slices"
	"strings"
)

// constructs reports whether a function returns a writer over the one it is
// given.
func constructs(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return strings.HasPrefix(last, "New") || last == "MultiWriter" || last == "TeeReader"
}

// takers are functions of packages that take any io.Writer, by prefix.
var takers = []string{
	"fmt.Fprint", "io.Copy", "io.WriteString", "io.MultiWriter", "io.TeeReader", "bufio.NewWriter", "encoding/csv.NewWriter",
	"encoding/json.NewEncoder", "encoding/xml.NewEncoder", "encoding/gob.NewEncoder", "encoding/hex.NewEncoder",
	"encoding/binary.Write", "encoding/pem.Encode", "encoding/base64.NewEncoder", "compress/gzip.NewWriter",
	"compress/zlib.NewWriter", "compress/flate.NewWriter", "archive/zip.NewWriter", "archive/tar.NewWriter",
	"image/png.Encode", "image/jpeg.Encode", "image/gif.Encode", "text/tabwriter.NewWriter",
	"runtime/pprof.WriteHeapProfile", "go/format.Node", "go/printer.Fprint", "mime/multipart.NewWriter",
	"github.com/klauspost/compress/gzip.NewWriter", "github.com/klauspost/compress/zstd.NewWriter", "github.com/pelletier/go-toml/v2.NewEncoder",
	"gopkg.in/yaml.v2.NewEncoder", "gopkg.in/yaml.v3.NewEncoder", "github.com/BurntSushi/toml.NewEncoder",
}

// takesWriter reports whether argument i of a call may be any io.Writer.
func (s *source) takesWriter(c *ast.CallExpr, i int) bool {
	name := s.callee(c)
	if slices.ContainsFunc(takers, func(p string) bool { return strings.HasPrefix(name, p) }) {
		return true
	}
	switch fun := c.Fun.(type) {
	case *ast.Ident:
		if fun.Obj == nil {
			return false
		}
		f, ok := fun.Obj.Decl.(*ast.FuncDecl)
		return ok && s.parameter(f, i) == "io.Writer"
	case *ast.SelectorExpr:
		if name != "" {
			return false
		}
		if n := fun.Sel.Name; n == "Execute" || n == "ExecuteTemplate" || n == "WriteTo" {
			return i == 0
		}
		return s.methodTakes(fun.Sel.Name, i)
	}
	return false
}

// methodTakes reports whether this file's only method of a name takes a writer
// there.
func (s *source) methodTakes(name string, i int) bool {
	var found []*ast.FuncDecl
	for _, decl := range s.file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == name {
			found = append(found, f)
		}
	}
	return len(found) == 1 && s.parameter(found[0], i) == "io.Writer"
}

// parameter is the type of parameter i, as written.
func (s *source) parameter(f *ast.FuncDecl, i int) string {
	for _, field := range f.Type.Params.List {
		for range max(1, len(field.Names)) {
			if i == 0 {
				return s.text(field.Type)
			}
			i--
		}
	}
	return ""
}
