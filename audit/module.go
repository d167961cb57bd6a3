package audit

import (
	"os"
	"path"
	"path/filepath"
	"strings"
)

// module is a Go module, or nothing.
type module struct{ root, base string }

// enter returns the module of a folder: its own go.mod's, or its parent's.
func enter(dir, rel, at string, mods map[string]module) module {
	if name := goMod(dir); name != "" {
		return module{name, folder(path.Join(at, rel, "go.mod"))}
	}
	if rel == "." {
		return mods["."]
	}
	return mods[path.Dir(rel)]
}

// outer returns the module that a root, which lies at base, is in, found
// upwards.
func outer(root, base string) module {
	abs, err := filepath.Abs(root)
	if err != nil {
		return module{}
	}
	for dir, below := abs, ""; ; {
		if name := goMod(dir); name != "" {
			return module{path.Join(name, below), base}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return module{}
		}
		below = path.Join(filepath.Base(dir), below)
		dir = up
	}
}

// goMod is the module named by a folder's go.mod, "" if there is none.
func goMod(dir string) string {
	b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.Trim(strings.TrimSpace(name), `"`)
		}
	}
	return ""
}
