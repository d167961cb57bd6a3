package pattern

import (
	"path/filepath"
	"testing"
)

func TestPath(t *testing.T) {
	given := func(s string) *string { return &s }
	usual := filepath.Join("patterns", "patterns.json")
	for _, c := range []struct {
		explicit  *string
		env, home string
		want      string
	}{
		{nil, "", "/home/u", usual},
		{nil, "env.json", "/home/u", "env.json"},
		{nil, "~/env.json", "/home/u", "/home/u/env.json"},
		{given("x.json"), "env.json", "/home/u", "x.json"},
		{given(""), "env.json", "/home/u", "."},
		{given("~"), "", "/home/u", "/home/u"},
		{given("~/a/../b.json"), "", "/home/u/", "/home/u/b.json"},
		{given("~other/b.json"), "", "/home/u", "~other/b.json"},
		{given("a/~/b.json"), "", "/home/u", "a/~/b.json"},
		{given("~/b.json"), "", "", "~/b.json"},
		{given("/abs/b.json"), "", "/home/u", "/abs/b.json"},
	} {
		getenv := func(name string) string {
			if name == "BROWSER_USE_PATTERNS_PATH" {
				return c.env
			}
			return "another variable"
		}
		if got := Path(c.explicit, getenv, c.home); got != filepath.FromSlash(c.want) {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
