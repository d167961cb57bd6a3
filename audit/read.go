package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/wholly-go/wholly/audit/effect"
)

// maxPasses bounds the search for callers of callers.
const maxPasses = 3

// read parses the files that hold a raw call, then those that call a function
// found to have file effects, and so on.
func (s *scan) read(ctx context.Context) error {
	slices.SortStableFunc(s.sources, func(a, b *source) int { return strings.Compare(a.path, b.path) })
	triggers := map[effect.Front][][]byte{}
	for _, f := range s.o.fronts {
		for _, w := range f.Triggers() {
			triggers[f] = append(triggers[f], []byte(w))
		}
	}
	first := func(src *source, text []byte) []string {
		if triggers[src.front] == nil {
			return []string{} // it looks for itself
		}
		for _, w := range triggers[src.front] {
			if bytes.Contains(text, w) {
				return []string{}
			}
		}
		return nil
	}
	if err := s.each(ctx, s.sources, first, true); err != nil {
		return err
	}
	callers := s.callers()
	for range maxPasses {
		wanted := callers.next()
		if len(wanted) == 0 {
			return nil
		}
		list := slices.DeleteFunc(slices.Clone(s.sources), func(src *source) bool { return wanted[src] == nil })
		if err := s.each(ctx, list, func(src *source, _ []byte) []string { return wanted[src] }, false); err != nil {
			return err
		}
	}
	return nil
}

// each reads those of list for which want returns words, in parallel. What they
// give is kept at the source, so the order does not matter.
func (s *scan) each(ctx context.Context, list []*source, want func(*source, []byte) []string, first bool) error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	work := make(chan *source)
	done := 0
	if s.o.Progress != nil && first {
		s.o.Progress(0, len(list))
	}
	for range s.o.Workers {
		wg.Go(func() {
			for src := range work {
				got := s.load(src, want, first)
				mu.Lock()
				s.keep(src, got, first)
				done++
				if s.o.Progress != nil && first {
					s.o.Progress(done, len(list))
				}
				mu.Unlock()
			}
		})
	}
	for _, src := range list {
		if ctx.Err() != nil {
			break
		}
		if !src.gone {
			work <- src
		}
	}
	close(work)
	wg.Wait()
	return ctx.Err()
}

// loaded is what reading one source gave.
type loaded struct {
	file  *effect.File
	size  int
	err   error
	skip  string
	tried bool
}

// load reads one source. A front end that fails on it is a problem of that
// source, not the end of the run.
func (s *scan) load(src *source, want func(*source, []byte) []string, first bool) (l loaded) {
	defer func() {
		if r := recover(); r != nil {
			l = loaded{err: fmt.Errorf("reading it failed: %v", r)}
		}
	}()
	text, err := src.over, error(nil)
	if text == nil {
		text, err = os.ReadFile(src.disk)
	}
	if err != nil {
		return loaded{err: err}
	}
	l.size = len(text)
	if why := marked(src.path, text); why != "" {
		l.skip = why
		return l
	}
	if first && !src.aside() {
		src.vocabulary = s.words.read(src.path, text)
	}
	words := want(src, text)
	if words == nil {
		return l
	}
	l.tried = true
	l.file, l.err = src.front.Read(effect.Source{Path: src.path, Text: text, Root: src.mod.root, Base: src.mod.base}, words, src.file)
	return l
}

// ErrNoGrammar is what a front end returns, wrapped, when this build lacks the
// grammar of its language.
var ErrNoGrammar = effect.ErrNoGrammar

func (s *scan) keep(src *source, l loaded, first bool) {
	if first {
		s.r.Bytes += int64(l.size)
	}
	if l.file != nil {
		s.r.ParsedBytes += int64(l.file.Parsed)
	}
	switch {
	case errors.Is(l.err, ErrNoGrammar):
		src.gone = true
		s.r.Unread[src.lang]++
	case l.err != nil:
		src.gone = true
		s.problem(src.path, plain(l.err))
	case l.skip != "":
		src.gone = true
		s.skipped(src.path, l.skip)
	case l.file != nil && src.file == nil:
		src.file = l.file
		s.r.Parsed++
		if l.file.Broken {
			s.problem(src.path, "parts of it could not be parsed")
		}
	case l.file != nil:
		src.file.Funcs = append(src.file.Funcs, l.file.Funcs...)
		src.file.Classes = append(src.file.Classes, l.file.Classes...)
	}
}

// marked says why a file is left out by its own marks, "" if it is not.
func marked(p string, text []byte) string {
	head := text[:min(len(text), 1024)]
	switch {
	case bytes.IndexByte(head, 0) >= 0 && !utf16(head):
		return "not text"
	case generated(p, head):
		return "generated"
	case strings.HasSuffix(p, ".min.js"), minified(p, text):
		return "minified"
	}
	return ""
}

// generated reports whether a comment among the first lines says that a program
// wrote the file. A generator holds the same words in a text of its own.
func generated(p string, head []byte) bool {
	for line := range bytes.Lines(head) {
		if path.Ext(p) == ".go" {
			if bytes.HasPrefix(line, []byte("// Code generated ")) && bytes.Contains(line, []byte("DO NOT EDIT")) {
				return true
			}
			continue
		}
		line = bytes.TrimSpace(line)
		comment := bytes.HasPrefix(line, []byte("#")) || bytes.HasPrefix(line, []byte("//")) || bytes.HasPrefix(line, []byte("/*")) || bytes.HasPrefix(line, []byte("*"))
		says := bytes.Contains(line, []byte("@generated")) ||
			bytes.Contains(line, []byte("enerated")) && bytes.Contains(bytes.ToLower(line), []byte("do not edit"))
		if comment && says {
			return true
		}
	}
	return false
}

func utf16(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})
}

func minified(p string, text []byte) bool {
	if !strings.HasSuffix(path.Ext(p), "js") || len(text) < 5000 {
		return false
	}
	return len(text)/(bytes.Count(text, []byte("\n"))+1) > 500
}
