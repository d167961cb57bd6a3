package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// What docs/audit.md, the README and the hooks for pre-commit call uses verbs
// and flags that exist.
func TestAuditDocsParse(t *testing.T) {
	call := regexp.MustCompile(`\bwholly (audit\b[^|>#&` + "`" + `\n]*)`)
	for name, least := range map[string]int{"docs/audit.md": 12, "README.md": 3, ".pre-commit-hooks.yaml": 2} {
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, m := range call.FindAllStringSubmatch(code(string(text), strings.HasSuffix(name, ".md")), -1) {
			found++
			args := strings.Fields(strings.NewReplacer(`"`, "", "'", "").Replace(m[1]))
			if name == ".pre-commit-hooks.yaml" {
				args = append(args, "a.py") // as pre-commit does
			}
			cmd, rest, err := (&app{}).root().Find(args)
			if err != nil {
				t.Errorf("%s: wholly %s: %v", name, m[1], err)
				continue
			}
			if err := cmd.ParseFlags(rest); err != nil {
				t.Errorf("%s: wholly %s: %v", name, m[1], err)
				continue
			}
			if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
				t.Errorf("%s: wholly %s: %v", name, m[1], err)
			}
		}
		if found < least {
			t.Errorf("%s: only %d calls were found", name, found)
		}
	}
}

// code is what stands in the code blocks of a Markdown text.
func code(text string, markdown bool) string {
	if !markdown {
		return text
	}
	var b strings.Builder
	for i, part := range strings.Split(text, "```") {
		if i%2 == 1 {
			b.WriteString(part)
		}
	}
	return strings.ReplaceAll(b.String(), "./cmd/wholly audit", "wholly audit")
}
