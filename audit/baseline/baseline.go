// Package baseline remembers the findings that a project has decided to live
// with, so that only new ones are shown.
//
// A baseline is one JSON line for each finding, sorted. The fingerprint is what
// counts; rule, file and reason are there for people, and for the reviewer of a
// change to the file.
package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/wholly-go/wholly/audit"
)

// Entry is one known finding.
type Entry struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	File        string `json:"file"`
	Reason      string `json:"reason,omitempty"` // why it may stay; written by people, kept by Entries
}

// Baseline is a set of known findings.
type Baseline struct {
	entries map[string]Entry
}

// Read returns the baseline in the file at path. A file that is not there is
// the error fs.ErrNotExist; a damaged line is an error that names the line, and
// there is no baseline then: half of one would let known findings look new.
func Read(path string) (*Baseline, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	known, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("baseline: %s: %w", path, err)
	}
	return known, nil
}

// Parse reads the lines of a baseline. Empty lines are passed over; fields that
// are not known are an error, since a typing error in "reason" would lose it.
func Parse(text []byte) (*Baseline, error) {
	b := &Baseline{entries: map[string]Entry{}}
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\ufeff"))) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		e, err := parse(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if _, twice := b.entries[e.Fingerprint]; twice {
			return nil, fmt.Errorf("line %d: the fingerprint %s is there twice", n, e.Fingerprint)
		}
		b.entries[e.Fingerprint] = e
	}
	return b, nil
}

func parse(line []byte) (e Entry, err error) {
	for _, mark := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if bytes.HasPrefix(line, []byte(mark)) {
			return e, errors.New("a merge conflict: take both sides, one entry a line")
		}
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, fmt.Errorf("not an entry: %w", err)
	}
	switch _, rest := d.Token(); {
	case rest != io.EOF:
		return e, errors.New("more than one entry")
	case e.Fingerprint == "":
		return e, errors.New("no fingerprint")
	}
	return e, nil
}

// Apply marks the findings of r that the baseline knows, and returns its
// entries that no finding answers to: what was found once is gone. Both are
// sorted as in the file.
func (b *Baseline) Apply(r *audit.Result) (gone []Entry) {
	left := map[string]Entry{}
	for k, e := range b.entries {
		left[k] = e
	}
	for _, f := range r.Findings {
		if _, ok := b.entries[f.Fingerprint]; ok {
			f.Known = true
			delete(left, f.Fingerprint)
		}
	}
	return sorted(left)
}

// Len is the number of known findings.
func (b *Baseline) Len() int { return len(b.entries) }

// Entries returns the file that makes every finding of r known: all but the
// suppressed ones, which their comment answers. Reasons that old gives are
// kept, and its entries for which keep is true, such as those of files that r
// is not about. Both may be nil.
func Entries(r *audit.Result, old *Baseline, keep func(Entry) bool) []byte {
	all := map[string]Entry{}
	if old != nil && keep != nil {
		maps.Copy(all, old.entries)
		maps.DeleteFunc(all, func(_ string, e Entry) bool { return !keep(e) })
	}
	for _, f := range r.Findings {
		if f.Suppressed != "" {
			continue
		}
		e := Entry{Fingerprint: f.Fingerprint, Rule: f.Rule, File: f.File}
		if old != nil {
			e.Reason = old.entries[f.Fingerprint].Reason
		}
		all[f.Fingerprint] = e
	}
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	lines.SetEscapeHTML(false)
	for _, e := range sorted(all) {
		_ = lines.Encode(e) // strings alone, into memory: it cannot fail
	}
	return out.Bytes()
}

// sorted orders by file, rule and fingerprint, so that a new finding is one
// new line beside its neighbours.
func sorted(set map[string]Entry) []Entry {
	list := make([]Entry, 0, len(set))
	for _, e := range set {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return list
}
