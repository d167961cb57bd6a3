package vet_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/wholly-go/wholly/audit/vet"
)

// The diagnostics and facts are in the comments of testdata, the sources after
// the suggested fixes beside them.
func TestAnalyzer(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	analysistest.RunWithSuggestedFixes(t, dir, vet.New(vet.Settings{}), "example.com/save", "example.com/state")
}

// With -ask the changes are suggested too that a person should look at.
func TestAnalyzerAsks(t *testing.T) {
	dir, err := filepath.Abs("testdata/ask")
	if err != nil {
		t.Fatal(err)
	}
	analysistest.RunWithSuggestedFixes(t, dir, vet.New(vet.Settings{Ask: true}), "ask")
}

func TestSettings(t *testing.T) {
	a := vet.New(vet.Settings{Least: "low"})
	if got := a.Flags.Lookup("least").Value.String(); got != "low" {
		t.Errorf("least is %s", got)
	}
	if got := vet.New(vet.Settings{}).Flags.Lookup("least").Value.String(); got != "medium" {
		t.Errorf("without settings least is %s", got)
	}
}
