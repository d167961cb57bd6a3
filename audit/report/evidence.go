package report

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit"
)

// weights order evidence by what it says about the loss.
var weights = []string{
	"credentials", "defaults-on-error", "absence-is-empty", "configuration", "users-file", "existence-is-complete",
	"handed-out", "watched", "read-modify-write", "read-back", "rebuilt",
}

// evidence tells why a site matters: each thing once, with its places.
func evidence(s *audit.Site) []string {
	texts := map[string][]audit.Evidence{}
	var order []audit.Evidence
	for _, e := range s.Evidence {
		if texts[e.Text] == nil {
			order = append(order, e)
		}
		texts[e.Text] = append(texts[e.Text], e)
	}
	slices.SortStableFunc(order, func(a, b audit.Evidence) int { return cmp.Compare(weight(a), weight(b)) })
	var out []string
	for _, e := range order {
		out = append(out, reason(s, texts[e.Text]))
	}
	return out
}

func weight(e audit.Evidence) int {
	if i := slices.Index(weights, e.Kind); i >= 0 {
		return i
	}
	return len(weights)
}

// reason is one text and where it is seen.
func reason(s *audit.Site, seen []audit.Evidence) string {
	text := harmless(seen[0].Text)
	at := places(s, seen)
	switch {
	case seen[0].Kind == "read-back" && text == "read back here":
		return "read back at " + at
	case len(seen) == 1 && seen[0].File == s.File && seen[0].Line == s.Line:
		return text
	}
	return text + " (" + at + ")"
}

// places names at most three lines, those of the site's own file first: a bare
// number after another file's name would be taken for a line of that.
func places(s *audit.Site, seen []audit.Evidence) string {
	var parts []string
	seen = slices.Clone(seen)
	slices.SortStableFunc(seen, func(a, b audit.Evidence) int {
		return cmp.Or(other(s, a.File)-other(s, b.File), cmp.Compare(a.File, b.File), a.Line-b.Line)
	})
	seen = slices.CompactFunc(seen, func(a, b audit.Evidence) bool { return a.File == b.File && a.Line == b.Line })
	for i, e := range seen {
		if i == 3 && len(seen) > 4 {
			parts = append(parts, fmt.Sprintf("and %d more", len(seen)-i))
			break
		}
		if e.File == s.File {
			parts = append(parts, fmt.Sprint(e.Line))
		} else {
			parts = append(parts, fmt.Sprintf("%s:%d", harmless(near(s.File, e.File)), e.Line))
		}
	}
	return strings.Join(parts, ", ")
}

func other(s *audit.Site, file string) int {
	if file == s.File {
		return 0
	}
	return 1
}

// near is a file as it is named beside another: its last element if both lie
// in one folder.
func near(from, file string) string {
	if path.Dir(from) == path.Dir(file) {
		return path.Base(file)
	}
	return file
}
