package pattern

import (
	"iter"
	"slices"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Entry is how something was done on a site. The zero values of LastSuccess and
// Failed are the file's defaults.
type Entry struct {
	Actions     []string // in plain words; may be empty
	LastSuccess string   // meant as YYYY-MM-DD, unchecked; empty for null
	Failed      bool     // the file's "success": false
}

// Global is the domain of what holds for every site.
const Global = "_global"

// Domains returns the keys of the patterns, in the order of the file.
func (f *File) Domains() []string { return f.keys(patternsKey) }

func (f *File) keys(section string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for key := range f.root.Get(section).Members() {
		all = append(all, key)
	}
	return all
}

// Patterns yields type and entry of each pattern under the key domain, as it
// stands in the file, in its order. It yields what was there when it was
// called.
func (f *File) Patterns(domain string) iter.Seq2[string, Entry] {
	f.mu.Lock()
	defer f.mu.Unlock()
	return pairs(f.patterns(domain))
}

type named[T any] struct {
	name  string
	value T
}

func pairs[T any](all []named[T]) iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		for _, p := range all {
			if !yield(p.name, p.value) {
				return
			}
		}
	}
}

func (f *File) patterns(domain string) []named[Entry] {
	var all []named[Entry]
	for name, n := range f.root.Get(patternsKey).Get(domain).Peek().Members() {
		all = append(all, named[Entry]{name, readEntry(n)})
	}
	return all
}

// Lookup returns the entry of a type for a site, which may be given as a URL:
// the one under its normalised domain, else the one under site as it is; a
// success before a failure.
func (f *File) Lookup(site, kind string) (Entry, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.lookup(patternsKey, site, kind)
	if n == nil {
		return Entry{}, false
	}
	return readEntry(n), true
}

func (f *File) lookup(section, site, name string) *lossless.Node {
	var first *lossless.Node
	for _, domain := range keysOf(site) {
		n := f.find(section, domain, name)
		if n != nil && !failed(n.Peek()) {
			return n
		}
		if first == nil {
			first = n
		}
	}
	return first
}

// Offered yields type and entry of what may be tried on a site, which may be
// given as a URL: of each type the one that Lookup returns, unless it failed.
func (f *File) Offered(site string) iter.Seq2[string, Entry] {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []named[Entry]
	seen := make(map[string]bool)
	for _, domain := range keysOf(site) {
		for _, p := range f.patterns(domain) {
			if !p.value.Failed && !seen[p.name] {
				seen[p.name] = true
				all = append(all, p)
			}
		}
	}
	return pairs(all)
}

// Put makes e the entry of a type under the key domain, which is taken as it
// is: see [NormalizeDomain]. Unknown keys of an entry that is there stay. It
// reports whether that changed anything.
func (f *File) Put(domain, kind string, e Entry) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.putEntry(domain, kind, e)
}

func (f *File) putEntry(domain, kind string, e Entry) bool {
	if old := f.find(patternsKey, domain, kind); old != nil && readEntry(old).equal(e) {
		return false
	}
	n := f.make(patternsKey, domain, kind)
	set(n, "actions", texts(e.Actions))
	set(n, "last_success", textOf(e.LastSuccess))
	setBool(n, "success", !e.Failed)
	return true
}

// Remove deletes the entry of a type under the key domain, and the domain with
// its last one. It reports whether there was one.
func (f *File) Remove(domain, kind string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.remove(patternsKey, domain, kind)
}

func (e Entry) equal(o Entry) bool {
	return e.LastSuccess == o.LastSuccess && e.Failed == o.Failed && slices.Equal(e.Actions, o.Actions)
}

func readEntry(n *lossless.Node) Entry {
	n = n.Peek()
	var e Entry
	for _, item := range n.Get("actions").Peek().Items() {
		s, _ := item.Str()
		e.Actions = append(e.Actions, s)
	}
	e.LastSuccess, _ = n.Get("last_success").Str()
	e.Failed = failed(n)
	return e
}

func failed(n *lossless.Node) bool {
	success, said := laxBool(n.Get("success"))
	return said && !success
}
