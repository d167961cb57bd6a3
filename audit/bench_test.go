package audit_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/wholly-go/wholly/audit"
)

// BenchmarkTree scans the tree that AUDIT_TREE names, or a part of Go's own
// sources: go test -run '^$' -bench Tree -benchtime 1x ./audit
func BenchmarkTree(b *testing.B) {
	dir := os.Getenv("AUDIT_TREE")
	if dir == "" {
		dir = filepath.Join(runtime.GOROOT(), "src", "cmd", "go")
	}
	if _, err := os.Stat(dir); err != nil {
		b.Skip(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := audit.Scan(context.Background(), []string{dir}, audit.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(r.Bytes)
		b.ReportMetric(float64(r.Parsed), "parsed")
		b.ReportMetric(float64(len(r.Sites)), "sites")
	}
}
