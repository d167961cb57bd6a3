package demo_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/demo"
	"github.com/wholly-go/wholly/audit/outcome"
)

// TestMain is also the process that is killed.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "child" {
		fmt.Println(demo.Child(os.Args[2], os.Stdin))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// What is found after a real kill is what was predicted, neither more nor less,
// at every site of the cases.
func TestEverySiteLeavesWhatWasPredicted(t *testing.T) {
	files, err := filepath.Glob("../testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	shown, all := 0, 0
	for _, f := range files {
		for _, s := range sites(t, f) {
			all++
			if testing.Short() && all%5 > 0 {
				continue
			}
			moments, err := demo.Play(t.Context(), s, []string{os.Args[0], "child"})
			if errors.Is(err, demo.ErrCannot) {
				continue
			}
			if err != nil {
				t.Errorf("%s: %s: %v", f, s.Verdict, err)
				continue
			}
			shown++
			var seen, predicted []outcome.Word
			for _, m := range moments {
				seen = append(seen, m.Finds)
			}
			for _, st := range s.States.Kill {
				predicted = append(predicted, st.Word)
			}
			for _, w := range append(slices.Clone(seen), predicted...) {
				if slices.Contains(seen, w) != slices.Contains(predicted, w) {
					t.Errorf("%s: %s:%d %s: seen %v, predicted %v: %+v", f, s.File, s.Line, s.Verdict, seen, predicted, s.Steps)
					break
				}
			}
		}
	}
	t.Logf("%d of %d sites were shown", shown, all)
	if least := map[bool]int{false: 150, true: 30}[testing.Short()]; shown < least {
		t.Errorf("only %d of %d sites could be shown", shown, all)
	}
}

// sites are those of an archive: "-- name --" stands before each file.
func sites(t *testing.T, archive string) []*audit.Site {
	t.Helper()
	text, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, part := range strings.Split("\n"+string(text), "\n-- ")[1:] {
		name, body, _ := strings.Cut(part, " --\n")
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(body+"\n"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := audit.Scan(t.Context(), []string{dir}, audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Sites
}
