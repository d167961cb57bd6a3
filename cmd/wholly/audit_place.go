package main

import (
	"os"
	"path/filepath"
	"strings"
)

// place is the folder that the paths of an audit are named from, and how it is
// shown before them. Where the user stands, if all that is audited lies below
// it: then the same finding has the same name, and the same fingerprint,
// whatever part of the tree is named.
type place struct{ dir, shown string }

func placeOf(paths []string) place {
	here, err := filepath.Abs(".")
	if err != nil {
		here = string(filepath.Separator)
	}
	common, below := "", true
	for i, p := range paths {
		abs, folder := lies(p)
		below = below && within(here, abs)
		if i == 0 {
			common = folder
		}
		for !within(common, folder) && common != filepath.Dir(common) {
			common = filepath.Dir(common)
		}
	}
	switch {
	case below:
		return place{here, "."}
	case len(paths) > 1:
		return place{common, filepath.ToSlash(common)}
	}
	shown := filepath.Clean(paths[0])
	if abs, folder := lies(paths[0]); abs != folder {
		shown = filepath.Dir(shown)
	}
	return place{common, filepath.ToSlash(shown)}
}

// lies is the absolute path of p and the folder that it is or lies in.
func lies(p string) (abs, folder string) {
	abs, err := filepath.Abs(p)
	if err != nil {
		abs = p
	}
	if info, err := os.Stat(p); err == nil && info.IsDir() {
		return abs, abs
	}
	return abs, filepath.Dir(abs)
}

// within reports whether p is dir or lies below it.
func within(dir, p string) bool {
	return p == dir || strings.HasPrefix(p, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// name is a path of the audit as the user would write it.
func (p place) name(path string) string {
	if p.shown == "." || filepath.IsAbs(path) {
		return path
	}
	return strings.TrimSuffix(p.shown, "/") + "/" + path
}
