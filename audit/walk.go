package audit

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// source is one file to be read.
type source struct {
	disk  string // where it lies
	path  string // relative to the root that it was found under
	lang  effect.Language
	front effect.Front
	mod   module
	over  []byte       // read in the place of what is on disk
	file  *effect.File // what has been read of it
	gone  bool         // it could not be read: not tried again
	below string       // from what was named on: who names a folder for tests means it
	vocabulary
}

// scan is one run.
type scan struct {
	o       Options
	r       *Result
	sources []*source
	seen    map[string]bool // by absolute path: roots may overlap
	words   lexicon
}

// hidden are folders that hold other people's or generated files.
var hidden = []string{".git", ".hg", ".svn", "node_modules", "vendor", "bower_components", "__pycache__", ".tox", ".nox",
	".venv", "venv", "site-packages", "third_party", ".mypy_cache", ".ruff_cache", ".next", ".idea"}

// walk collects the sources below root. Links are not followed, except root
// itself, so there are no loops.
func (s *scan) walk(ctx context.Context, root string) {
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	at := s.place(root)
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	info, err := os.Stat(root)
	if err != nil {
		if text, ok := s.overlay(root); ok { // it is to be there
			p := named(at, root)
			s.add(root, p, folder(p), int64(len(text)), outer(filepath.Dir(root), folder(p)))
			return
		}
		s.problem(named(at, root), plain(err))
		return
	}
	if !info.IsDir() {
		p := named(at, root)
		if !info.Mode().IsRegular() {
			s.problem(p, "not a regular file") // a FIFO would be waited for
			return
		}
		s.add(root, p, folder(p), info.Size(), outer(filepath.Dir(root), folder(p)))
		return
	}
	mods := map[string]module{".": outer(root, at)}
	_ = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		rel := slash(root, p)
		name := path.Join(at, rel)
		switch {
		case ctx.Err() != nil:
			return fs.SkipAll
		case err != nil:
			s.problem(name, plain(err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case rel != "." && s.excluded(name):
			return skip(d)
		case d.IsDir():
			if rel != "." && slices.Contains(hidden, d.Name()) {
				s.skipped(name, "other people's files")
				return fs.SkipDir
			}
			mods[rel] = enter(p, rel, at, mods)
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		if info, err := d.Info(); err == nil {
			s.add(p, name, at, info.Size(), mods[path.Dir(rel)])
		}
		return nil
	})
	s.overlaid(root, at, mods)
}

// place is where a root lies below the base; "" for the base itself, and for
// every root where there is none.
func (s *scan) place(root string) string {
	if s.o.Base == "" {
		return ""
	}
	base, err := filepath.Abs(s.o.Base)
	if err != nil {
		return ""
	}
	abs, err := filepath.Abs(root)
	if err != nil {
		return ""
	}
	rel := slash(base, abs)
	if rel == "." || rel == ".." || strings.HasPrefix(rel, "../") {
		return ""
	}
	return rel
}

// named is the path of a root that is told by itself.
func named(at, root string) string {
	if at == "" {
		return filepath.ToSlash(root)
	}
	return at
}

// folder is the folder of a path; "" for none.
func folder(p string) string {
	if dir := path.Dir(p); dir != "." {
		return dir
	}
	return ""
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func slash(root, p string) string {
	rel, err := filepath.Rel(root, p)
	if err != nil {
		rel = p
	}
	return filepath.ToSlash(rel)
}

// add takes a file below a root, which lies at at, if its language is wanted.
func (s *scan) add(disk, rel, at string, size int64, mod module) {
	for _, f := range s.o.fronts {
		lang := f.Language(rel)
		if lang == "" {
			continue
		}
		if len(s.o.Languages) > 0 && !slices.Contains(s.o.Languages, lang) {
			return
		}
		abs, err := filepath.Abs(disk)
		if err != nil || s.seen[abs] {
			return
		}
		s.seen[abs] = true
		if size > s.o.MaxFile {
			s.skipped(rel, "larger than the limit for a file")
			return
		}
		if lang == effect.Python {
			mod = packages(filepath.Dir(abs), folder(rel), at)
		}
		s.r.Files[lang]++
		s.sources = append(s.sources, &source{disk: disk, path: rel, lang: lang, front: f, mod: mod, over: s.o.Overlay[abs], below: strings.TrimPrefix(strings.TrimPrefix(rel, at), "/")})
		return
	}
}

// packages returns what the modules of a Python folder, which lies at rel, are
// imported from: the folder above the outermost package, or the root, which
// lies at at.
func packages(dir, rel, at string) module {
	if _, err := os.Stat(filepath.Join(dir, "__init__.py")); err != nil {
		return module{"", at}
	}
	var above []string
	for {
		if rel == "" {
			above = append(above, filepath.Base(dir))
		}
		dir, rel = filepath.Dir(dir), folder(rel)
		if _, err := os.Stat(filepath.Join(dir, "__init__.py")); err != nil || dir == filepath.Dir(dir) {
			break
		}
	}
	slices.Reverse(above)
	return module{strings.Join(above, "."), rel}
}

func (s *scan) excluded(rel string) bool {
	for _, pattern := range s.o.Exclude {
		pattern = strings.TrimSuffix(pattern, "/")
		if ok, _ := path.Match(pattern, rel); ok {
			return true
		}
		if ok, _ := path.Match(pattern, path.Base(rel)); ok {
			return true
		}
	}
	return false
}

func (s *scan) problem(p, text string) { s.r.Problems = append(s.r.Problems, Problem{p, text}) }
func (s *scan) skipped(p, text string) { s.r.Skipped = append(s.r.Skipped, Problem{p, text}) }

// plain is an error without the path, which is said beside it.
func plain(err error) string {
	if pe, ok := err.(*fs.PathError); ok {
		return pe.Err.Error()
	}
	return err.Error()
}
