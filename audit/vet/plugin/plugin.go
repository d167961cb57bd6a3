// Package plugin makes the analyzer a module plugin of golangci-lint. It
// registers itself as "wholly" when it is imported.
//
// In .custom-gcl.yml, for `CGO_ENABLED=0 golangci-lint custom`: without cgo it
// builds faster, and Go needs none.
//
//	version: v2.5.0
//	plugins:
//	  - module: github.com/wholly-go/wholly/audit/vet
//	    import: github.com/wholly-go/wholly/audit/vet/plugin
//	    version: v0.1.0
//
// In .golangci.yml:
//
//	version: "2"
//	linters:
//	  enable: [wholly]
//	  settings:
//	    custom:
//	      wholly:
//	        type: module
//	        description: writes of files that a crash could tear
//	        settings:
//	          least: medium
package plugin

import (
	"fmt"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/wholly-go/wholly/audit/rule"
	"github.com/wholly-go/wholly/audit/vet"
)

func init() { register.Plugin("wholly", New) }

// New returns the plugin. Settings are those of [vet.Settings]; an unknown
// field or severity is an error.
func New(settings any) (register.LinterPlugin, error) {
	s, err := register.DecodeSettings[vet.Settings](settings)
	if err != nil {
		return nil, fmt.Errorf("wholly: %w", err)
	}
	if _, ok := rule.ParseSeverity(s.Least); s.Least != "" && !ok {
		return nil, fmt.Errorf("wholly: no severity is called %q", s.Least)
	}
	return linter{s}, nil
}

type linter struct{ settings vet.Settings }

// BuildAnalyzers returns the one analyzer.
func (l linter) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	return []*analysis.Analyzer{vet.New(l.settings)}, nil
}

// GetLoadMode asks for types: facts are about objects.
func (linter) GetLoadMode() string { return register.LoadModeTypesInfo }
