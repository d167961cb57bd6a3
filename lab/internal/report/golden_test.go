package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the pages of testdata anew")

// Pages look as they were reviewed: after a change, run go test -update and
// look at them, the HTML in a browser.
func TestPagesAreAsReviewed(t *testing.T) {
	for name, page := range samples {
		html, err := page.HTML()
		if err != nil {
			t.Fatal(err)
		}
		for end, got := range map[string][]byte{".md": page.Markdown(), ".html": html} {
			golden := filepath.Join("testdata", name+end)
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is not as it was reviewed; see the diff after go test -update", golden)
			}
		}
	}
}
