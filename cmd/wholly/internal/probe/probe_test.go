package probe

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Look finds what every file system that tests run on has, and leaves nothing.
func TestLookFindsAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".f.wholly-lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Look(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{ReplaceOpen, Locks} {
		if !r.Can(name) {
			t.Errorf("%s was not found: %+v", name, r.Abilities)
		}
	}
	if r.System.Type == "" || r.Free == 0 || r.LongestName < 100 || r.Replace <= 0 || r.Fsync <= 0 {
		t.Errorf("not found out: %+v", r)
	}
	if !slices.Equal(r.Leftovers, []string{".f.wholly-lock"}) {
		t.Errorf("leftovers %q", r.Leftovers)
	}
	left(t, dir, ".f.wholly-lock")
}

func left(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, want) {
		t.Errorf("%q is left, want %q", names, want)
	}
}

// An end of the context in the middle leaves nothing either.
func TestLookCleansUpWhenInterrupted(t *testing.T) {
	for steps := range 20 {
		dir := t.TempDir()
		if _, err := Look(&countdown{Context: context.Background(), left: steps}, dir); !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d steps: %v", steps, err)
		}
		left(t, dir)
	}
}

// countdown is a context that ends after it was asked so many times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// A trial that cannot be run is a no with its reason, and no end of the probe.
func TestFailedTrialIsANo(t *testing.T) {
	dir := t.TempDir()
	for _, x := range append(trials(), own()...) {
		gone := filepath.Join(dir, "gone")
		a := trial{x.name, func(string) (bool, string, error) { return x.try(gone) }}.in(dir)
		if a.Has || a.Note == "" {
			t.Errorf("%s in a directory that is not there: %+v", x.name, a)
		}
	}
}
