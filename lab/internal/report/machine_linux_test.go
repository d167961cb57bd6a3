package report_test

import (
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/lab/internal/report"
)

// The facts hold what results depend on, and not whose machine it is.
func TestMachine(t *testing.T) {
	facts := map[string]string{}
	for _, f := range report.Machine(t.Context()) {
		facts[f.Name] = f.Value
		if f.Value == "" {
			t.Errorf("%s is empty", f.Name)
		}
		if strings.ContainsAny(f.Value, "/\n") {
			t.Errorf("%s tells a path or more than a line: %q", f.Name, f.Value)
		}
	}
	for name, pattern := range map[string]string{
		"processor": `\d+ cores, ` + runtime.GOARCH + `$`,
		"memory":    `^[0-9.]+ GiB$`,
		"kernel":    `^Linux \d+\.`,
		"Go":        `^(go|devel )`,
		"load":      `^\d+\.\d+, \d+\.\d+, \d+\.\d+ `,
		"date":      `^\d{4}-\d\d-\d\d \d\d:\d\d UTC$`,
	} {
		if !regexp.MustCompile(pattern).MatchString(facts[name]) {
			t.Errorf("%s is %q", name, facts[name])
		}
	}
	if host, err := os.Hostname(); err == nil && len(host) > 3 {
		for name, value := range facts {
			if name != "processor" && strings.Contains(value, host) {
				t.Errorf("%s tells the name of the machine: %q", name, value)
			}
		}
	}
}
