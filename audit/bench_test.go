package audit_test

import (
	"context"
	"os"
	"testing"

	"github.com/wholly-go/wholly/audit"
)

// BenchmarkTree scans the tree that AUDIT_TREE names, or our own:
// go test -run '^$' -bench Tree -benchtime 1x .
func BenchmarkTree(b *testing.B) {
	dir := os.Getenv("AUDIT_TREE")
	if dir == "" {
		dir = ".."
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
