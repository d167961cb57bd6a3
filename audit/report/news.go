package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// news says what is kept well: of the files that the program needs again, how
// many are replaced whole, and by which writers of its own.
func news(r *audit.Result) []string {
	matter, kept := 0, map[protocol.Verdict]int{}
	for _, s := range r.Sites {
		if !state(s) {
			continue
		}
		matter++
		if v := really(s); v.Good() || v == protocol.Transactional {
			kept[v]++
		}
	}
	var parts []string
	whole := 0
	for _, v := range []protocol.Verdict{protocol.Durable, protocol.AtomicSynced, protocol.Atomic, protocol.Transactional} {
		if kept[v] > 0 {
			parts = append(parts, fmt.Sprint(kept[v], " ", v))
			whole += kept[v]
		}
	}
	var lines []string
	if whole > 0 {
		lines = append(lines, fmt.Sprintf("Kept well: %d of the %s a file the program needs again (%s).",
			whole, plural(matter, "place that writes", "places that write"), strings.Join(parts, ", ")))
	}
	if w := writers(r); w != "" {
		lines = append(lines, "Good writers here: "+w+".")
	}
	return lines
}

// state reports whether a site writes a file that something reads again and
// that is meant to be replaced.
func state(s *audit.Site) bool {
	if s.Importance != "used" && s.Importance != "precious" {
		return false
	}
	switch s.Verdict {
	case protocol.Append, protocol.CreateExclusive, protocol.Device, protocol.Scratch, protocol.UnknownVerdict:
		return false
	}
	return true
}

// really is the verdict of what does the writing.
func really(s *audit.Site) protocol.Verdict {
	if s.Verdict == protocol.Delegated {
		return s.Writer
	}
	return s.Verdict
}

// writers names the project's own good ones, three of each kind at most.
func writers(r *audit.Result) string {
	by := map[protocol.Verdict][]string{}
	for _, w := range r.Writers {
		name := harmless(w.Module[strings.LastIndexAny(w.Module, "/.")+1:] + "." + w.Name)
		if !slices.Contains(by[w.Verdict], name) {
			by[w.Verdict] = append(by[w.Verdict], name)
		}
	}
	var parts []string
	for _, v := range []protocol.Verdict{protocol.Durable, protocol.AtomicSynced, protocol.Atomic} {
		names := by[v]
		if len(names) > 3 {
			names = append(names[:3:3], fmt.Sprintf("%d more", len(names)-3))
		}
		if len(names) > 0 {
			parts = append(parts, fmt.Sprintf("%s (%s)", strings.Join(names, ", "), v))
		}
	}
	return strings.Join(parts, "; ")
}
