package main

import (
	"context"
	"runtime"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// What makes a scan fast is what it does not do, which no clock is needed to
// see: how much of the sources is given to a parser, and how much is allocated
// for each byte of them.
func TestLittleIsParsedAndLittleIsKept(t *testing.T) {
	for _, c := range []struct {
		language string
		files    int
		parsed   float64 // at most, of the bytes
		alloc    float64 // bytes allocated for each byte read
	}{
		{"python", 120, 0.20, 24},
		{"go", 200, 0.80, 34},
	} {
		if c.language == "python" && !grammar.Available {
			continue
		}
		dir := t.TempDir()
		if err := grow(dir, c.language, c.files, 1); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := audit.Scan(context.Background(), []string{dir}, audit.Options{})
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		for _, p := range r.Problems {
			t.Errorf("%s: %s", p.Path, p.Text)
		}
		parsed := float64(r.ParsedBytes) / float64(r.Bytes)
		alloc := float64(after.TotalAlloc-before.TotalAlloc) / float64(r.Bytes)
		if r.Files[effect.Language(c.language)] != c.files || len(r.Sites) < c.files/5 {
			t.Errorf("%s: %v files, %d sites", c.language, r.Files, len(r.Sites))
		}
		if parsed > c.parsed || alloc > c.alloc {
			t.Errorf("%s: %.2f of the bytes parsed, at most %.2f; %.1f bytes allocated for each, at most %.1f", c.language, parsed, c.parsed, alloc, c.alloc)
		}
		t.Logf("%s: %d bytes, %.2f parsed, %.1f allocated for each", c.language, r.Bytes, parsed, alloc)
	}
}

// The same seed gives the same tree, so that figures can be compared.
func TestGeneratedTreesAreTheSame(t *testing.T) {
	trees := [2]map[string]string{}
	for i := range trees {
		trees[i] = map[string]string{}
		for _, l := range []string{"python", "go"} {
			err := map[string]func(int, uint64, func(string, string) error) error{"python": growPython, "go": growGo}[l](
				20, 7, func(name, text string) error { trees[i][name] = text; return nil })
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range trees[0] {
		if trees[1][name] != text {
			t.Errorf("%s differs", name)
		}
	}
}
