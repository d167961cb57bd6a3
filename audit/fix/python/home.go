package python

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"
)

// isOurs reports whether a file is the one that fixes add.
func isOurs(name string) bool { return path.Base(name) == FileName }

func lastPart(dotted string) string {
	dotted = strings.TrimSuffix(dotted, "."+dotted[strings.LastIndexByte(dotted, '.')+1:])
	return dotted[strings.LastIndexByte(dotted, '.')+1:]
}

// place is where the added writer lies and what it is imported as.
type place struct {
	file   string // slashes, relative to the root
	module string // as in "from MODULE import"
	there  bool
}

// helper finds the added writer, or the place for it: the folder that holds
// all that is to be fixed if it is part of the same package, else the top of
// the package; beside the file if that is a script.
func (d *draft) helper() place {
	dir := path.Dir(d.Job.Path)
	top := d.top(dir)
	if top == "" {
		at := place{file: path.Join(dir, FileName), module: strings.TrimSuffix(FileName, ".py")}
		at.there = d.holds(at.file)
		return at
	}
	for up := dir; ; up = path.Dir(up) {
		if name := path.Join(up, FileName); d.holds(name) {
			return place{name, d.module(name, top), true}
		}
		if up == top {
			break
		}
	}
	home := d.Job.Home
	if !below(dir, home) || !below(home, top) {
		home = top
	}
	name := path.Join(home, FileName)
	return place{name, d.module(name, top), false}
}

// holds reports whether a file is there and holds the writer.
func (d *draft) holds(name string) bool {
	text, err := d.Job.Read(name)
	return err == nil && bytes.Contains(text, []byte("def atomic_write(")) && bytes.Contains(text, []byte("def atomic_open("))
}

func (d *draft) is(name string) bool {
	_, err := d.Job.Read(name)
	return err == nil
}

// top is the outermost folder of the package that dir belongs to, "" if it is
// none: the file imports its neighbours by that name, or by dots, or there are
// folders with an __init__.py.
func (d *draft) top(dir string) string {
	top := ""
	for up := dir; up != "." && d.is(path.Join(up, "__init__.py")); up = path.Dir(up) {
		top = up
	}
	dots := false
	for _, name := range slices.Sorted(maps.Keys(d.source.imports)) {
		full := d.source.imports[name]
		dots = dots || strings.HasPrefix(full, ".")
		if pkg := d.neighbour(dir, full); pkg != "" && (top == "" || below(top, pkg)) {
			return pkg
		}
	}
	if top == "" && dots {
		return dir
	}
	return top
}

// neighbour is the folder around dir that an import names first, if what it
// names lies there; "" if not.
func (d *draft) neighbour(dir, full string) string {
	first, _, dotted := strings.Cut(full, ".")
	for _, base := range []string{"", "src"} {
		pkg := path.Join(base, first)
		if !dotted || first == "" || !below(dir, pkg) {
			continue
		}
		for m := full; strings.Contains(m, "."); m = m[:strings.LastIndexByte(m, '.')] {
			at := path.Join(base, strings.ReplaceAll(m, ".", "/"))
			if d.is(at+".py") || d.is(at+"/__init__.py") {
				return pkg
			}
		}
	}
	return ""
}

func below(dir, up string) bool { return dir == up || strings.HasPrefix(dir, up+"/") }

// module is the name by which the file imports another of its package, in the
// way in which it imports others.
func (d *draft) module(name, top string) string {
	dotted := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(name, path.Dir(top)+"/"), ".py"), "/", ".")
	if !d.relative(path.Base(top)) {
		return dotted
	}
	dots := "."
	dir := path.Dir(d.Job.Path)
	for !below(path.Dir(name), dir) {
		dots += "."
		dir = path.Dir(dir)
	}
	return dots + strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(name, dir+"/"), ".py"), "/", ".")
}

// relative reports whether the file imports its own package by dots.
func (d *draft) relative(pkg string) bool {
	dots := false
	for _, full := range d.source.imports {
		if strings.HasPrefix(full, pkg+".") {
			return false
		}
		dots = dots || strings.HasPrefix(full, ".")
	}
	return dots
}
