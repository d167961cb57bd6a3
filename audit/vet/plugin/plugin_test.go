package plugin_test

import (
	"testing"

	"github.com/golangci/plugin-module-register/register"

	_ "github.com/wholly-go/wholly/audit/vet/plugin"
)

// golangci-lint finds the plugin by its name and gives it its settings.
func TestPlugin(t *testing.T) {
	make, err := register.GetPlugin("wholly")
	if err != nil {
		t.Fatal(err)
	}
	p, err := make(map[string]any{"least": "high", "ask": true})
	if err != nil {
		t.Fatal(err)
	}
	all, err := p.BuildAnalyzers()
	if err != nil || len(all) != 1 || all[0].Name != "wholly" || all[0].Flags.Lookup("least").DefValue != "high" {
		t.Errorf("%v, %v", all, err)
	}
	if p.GetLoadMode() != register.LoadModeTypesInfo {
		t.Errorf("load mode %s", p.GetLoadMode())
	}
	for _, bad := range []map[string]any{{"least": "enormous"}, {"unknown": 1}} {
		if _, err := make(bad); err == nil {
			t.Errorf("%v is accepted", bad)
		}
	}
	if _, err := make(nil); err != nil {
		t.Errorf("no settings: %v", err)
	}
}
