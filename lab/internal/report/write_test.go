package report_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/wholly-go/wholly/lab/internal/report"
)

// Write makes the directory and leaves two files that say what the page says,
// and nothing else.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "docs", "reports")
	for range 2 { // the second time over the first
		if err := report.Write(t.Context(), dir, "cut", cutPage); err != nil {
			t.Fatal(err)
		}
	}
	html, err := cutPage.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"cut.md": cutPage.Markdown(), "cut.html": html} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s holds something else (%v)", name, err)
		}
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 2 {
		t.Errorf("%d files (%v)", len(names), err)
	}
}

// After the end of its time Write changes nothing.
func TestWriteAfterCancel(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reports")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := report.Write(ctx, dir, "cut", cutPage); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("the directory was made")
	}
}
