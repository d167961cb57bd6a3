package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit"
)

// end writes what the findings leave open: the words, what was left out, what
// is kept well, where to read on.
func (t *text) end(all, shown, more []entry) {
	t.legend()
	for i, line := range totals(t.r, all, shown, more, t.o.All) {
		look := plain
		if i == 0 {
			look = bold
		}
		t.flow(0, 0, 2, span{line, look})
	}
	for _, line := range asides(t.r, t.o.Options) {
		t.flow(0, 0, 2, say(line))
	}
	for _, line := range news(t.r) {
		t.flow(0, 0, 2, span{line, green})
	}
	for _, e := range shown {
		if e.lead.Site != nil {
			t.flow(0, 0, 2, say("Why, and how to do better: "), span{"wholly audit explain " + e.lead.Rule, cyan})
			break
		}
	}
}

// legend explains the states that were named.
func (t *text) legend() {
	var parts []span
	for _, m := range meanings {
		if t.used[m.word] {
			if parts != nil {
				parts = append(parts, span{" · ", dim})
			}
			parts = append(parts, span{strings.ToUpper(string(m.word)), red}, span{" " + m.text, dim})
		}
	}
	if parts != nil {
		t.flow(0, 0, 0, parts...)
		t.gap()
	}
}

// totals counts all that was found, what is shown of it and what is not.
func totals(r *audit.Result, all, shown, more []entry, inventory bool) []string {
	told := slices.Concat(shown, more)
	below := all[len(told):]
	line := counts(told) + "."
	switch {
	case len(all) == 0 && slices.ContainsFunc(r.Findings, func(f *audit.Finding) bool { return !f.Open() }):
		return []string{"Nothing new was found."}
	case len(all) == 0:
		return []string{"Nothing was found."}
	case len(told) == 0:
		line = "Nothing that matters was found."
	case len(more) > 0:
		line = fmt.Sprintf("%s: %s shown, and %d more not (%s).", counts(told), plural(len(shown), "is", "are"), len(more), counts(more))
	}
	out := []string{line}
	if len(below) > 0 {
		out = append(out, fmt.Sprintf("Less important, and not shown: %s.", counts(below)))
	}
	if len(more)+len(below) > 0 && !inventory {
		out = append(out, "With --all: the rest of them, and every place that writes.")
	}
	return out
}

// asides are what was answered already, and what was not looked at.
func asides(r *audit.Result, o Options) []string {
	var out []string
	suppressed, known := 0, 0
	for _, f := range r.Findings {
		switch {
		case f.Suppressed != "":
			suppressed++
		case f.Known:
			known++
		}
	}
	if suppressed > 0 {
		out = append(out, fmt.Sprintf("Suppressed by a comment, with its reason: %d.", suppressed))
	}
	if known > 0 {
		out = append(out, fmt.Sprintf("Known from the baseline: %d.", known))
	}
	for _, g := range o.Gone {
		out = append(out, fmt.Sprintf("Gone: %s in %s; --update-baseline forgets it.", harmless(g.Rule), harmless(g.File)))
	}
	if n := len(r.Problems); n > 0 {
		out = append(out, fmt.Sprintf("Not read, or only in part: %s. What they write is not in this.", plural(n, "file", "files")))
	}
	for _, l := range counted(r.Unread) {
		out = append(out, fmt.Sprintf("Not read: %s of %s. This build has no grammar for it.", plural(l.Files, "file", "files"), proper(l.Name)))
	}
	return out
}
