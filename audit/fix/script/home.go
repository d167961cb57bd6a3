package script

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
)

const baseName = "wholly-atomic"

// isOurs reports whether a file is the one that fixes add.
func isOurs(name string) bool {
	base := path.Base(name)
	return strings.TrimSuffix(base, path.Ext(base)) == baseName
}

// place is where the added writer lies and how it is imported.
type place struct {
	file  string // slashes, relative to the root
	from  string // as in from "…"
	text  []byte
	there bool
}

// style is how the file imports others: "import" or "require".
func (s *source) style() string {
	switch path.Ext(s.path) {
	case ".mjs", ".mts":
		return "import"
	case ".cjs":
		return "require"
	}
	for _, k := range s.Root.Kids {
		if k.Is("import_statement", "export_statement") {
			return "import"
		}
	}
	if typed(s.path) {
		return "import"
	}
	return ""
}

// styled decides the style where the file itself does not: by what the
// nearest package.json says of its type.
func (d *draft) styled() string {
	if s := d.style(); s != "" {
		return s
	}
	text, err := d.Job.Read(path.Join(d.packaged(), "package.json"))
	if err == nil && regexp.MustCompile(`"type"\s*:\s*"module"`).Match(text) && !bytes.Contains(d.Text, []byte("require(")) {
		return "import"
	}
	return "require"
}

// packaged is the folder of the nearest package.json, "." if there is none.
func (d *draft) packaged() string {
	for dir := path.Dir(d.Job.Path); ; dir = path.Dir(dir) {
		if _, err := d.Job.Read(path.Join(dir, "package.json")); err == nil || dir == "." {
			return dir
		}
	}
}

// gatherings are names of folders whose folders are projects of their own.
var gatherings = []string{"packages", "apps", "libs", "modules", "plugins", "services", "extensions", "projects", "workspaces"}

// helper finds the added writer, or the place for it: the folder that holds
// all that is to be fixed, within the package and its folder of sources.
func (d *draft) helper() place {
	p := place{text: Common}
	name := baseName + ".cjs"
	switch {
	case typed(d.Job.Path):
		name, p.text = baseName+".ts", Typed
	case d.styled() == "import":
		name, p.text = baseName+".mjs", Module
	}
	dir, pkg := path.Dir(d.Job.Path), d.packaged()
	for up := dir; ; up = path.Dir(up) {
		p.file = path.Join(up, name)
		if text, err := d.Job.Read(p.file); err == nil && bytes.Contains(text, []byte("function writeAtomic(")) {
			p.from, p.there = d.specifier(p.file), true
			return p
		}
		if up == pkg || up == "." {
			break
		}
	}
	home := d.Job.Home
	if !below(dir, home) || !below(home, pkg) {
		home = pkg
	}
	for dir != home && slices.Contains(gatherings, path.Base(home)) {
		first, _, _ := strings.Cut(strings.TrimPrefix(dir, home+"/"), "/")
		home = path.Join(home, first)
	}
	if home == pkg && dir != pkg { // packages build their folder of sources, not what lies beside it
		first, _, _ := strings.Cut(strings.TrimPrefix(dir, pkg+"/"), "/")
		home = path.Join(pkg, first)
	}
	p.file = path.Join(home, name)
	p.from = d.specifier(p.file)
	return p
}

func below(dir, up string) bool { return up == "." || dir == up || strings.HasPrefix(dir, up+"/") }

// specifier is how the file names another in an import.
func (d *draft) specifier(file string) string {
	up := ""
	dir := path.Dir(d.Job.Path)
	for !below(path.Dir(file), dir) {
		up += "../"
		dir = path.Dir(dir)
	}
	if up == "" {
		up = "./"
	}
	rel := up + strings.TrimPrefix(file, dir+"/")
	if dir == "." {
		rel = up + file
	}
	if !typed(file) {
		return rel
	}
	return strings.TrimSuffix(rel, ".ts") + d.extension()
}

// extension is what the file's own relative imports end with.
func (d *draft) extension() string {
	for _, k := range d.Root.Kids {
		from := d.quoted(k.Get("source"))
		if strings.HasPrefix(from, ".") {
			switch ext := path.Ext(from); ext {
			case ".js", ".mjs", ".ts", ".mts":
				return strings.Replace(ext, "m", "", 1)
			}
			return ""
		}
	}
	root := d.packaged()
	if text, err := d.Job.Read(path.Join(root, "tsconfig.json")); err == nil && regexp.MustCompile(`(?i)"module(Resolution)?"\s*:\s*"node(16|18|20|next)"`).Match(text) {
		return ".js"
	}
	return ""
}

// quotes is the quote that the file's imports use.
func (s *source) quotes() byte {
	single, double := 0, 0
	for n := range s.Root.All() {
		if n.Is("string") {
			if s.Text[n.Start] == '"' {
				double++
			} else {
				single++
			}
		}
	}
	if double > single {
		return '"'
	}
	return '\''
}
