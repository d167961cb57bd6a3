package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
)

// toldProblems is how many problems are named; --json has them all.
const toldProblems = 20

// tell says what was not read: a result that looks whole and is not would be
// worse than none.
func (w *auditing) tell(r *audit.Result) {
	for _, p := range r.Problems[:min(len(r.Problems), toldProblems)] {
		w.note("%s: %s", shown(w.base.name(p.Path)), shown(strings.TrimPrefix(p.Text, "read "+p.Path+": ")))
	}
	if more := len(r.Problems) - toldProblems; more > 0 {
		w.note("and %s more like these; --json names them all", count(int64(more)))
	}
	if text := unreadText(r.Unread); text != "" {
		w.note("%s: this build has no grammars (cgo was off)", text)
	}
	if w.quiet {
		return
	}
	if text := skippedText(r.Skipped); text != "" {
		w.note("left out: %s", text)
	}
	if len(r.Files) == 0 && len(r.Problems)+len(r.Skipped) == 0 {
		w.note("there is no source of a language that is audited (%s) in %s", w.wanted(), shown(strings.Join(w.roots, " ")))
	}
}

// unreadText is "214 Python and 31 TypeScript files were not read".
func unreadText(unread map[effect.Language]int) string {
	var parts []string
	total := 0
	for _, s := range spoken {
		if n := unread[s.language]; n > 0 {
			total += n
			parts = append(parts, count(int64(n))+" "+s.text)
		}
	}
	if total == 0 {
		return ""
	}
	return enumerate(parts) + map[bool]string{true: " file was", false: " files were"}[total == 1] + " not read"
}

// enumerate is "a, b and c".
func enumerate(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// skippedText counts what was left out on purpose, by the reason.
func skippedText(skipped []audit.Problem) string {
	counts := map[string]int{}
	var reasons []string
	for _, p := range skipped {
		if counts[p.Text] == 0 {
			reasons = append(reasons, p.Text)
		}
		counts[p.Text]++
	}
	slices.Sort(reasons)
	for i, reason := range reasons {
		reasons[i] = plural(int64(counts[reason]), "path", "paths") + " (" + shown(reason) + ")"
	}
	return enumerate(reasons)
}

// wanted names the languages that are looked for.
func (w *auditing) wanted() string {
	var names []string
	for _, s := range spoken {
		if len(w.langs.list) == 0 || slices.Contains(w.langs.list, s.language) {
			names = append(names, s.text)
		}
	}
	return strings.Join(names, ", ")
}

// watched is a progress that is being drawn.
func (w *auditing) watched(line func(done, total int64, took time.Duration) string) *progress {
	p := newProgress(w.screen(w.quiet), 0)
	p.line = line
	p.begin()
	return p
}

// reach notes how far a scan has come.
func (p *progress) reach(done, total int) {
	p.total.Store(int64(total))
	p.done.Store(int64(done))
}

// auditLine is "1,204 of 4,951 files read".
func auditLine(done, total int64, _ time.Duration) string {
	switch total {
	case 0:
		return "looking for sources"
	case done:
		return plural(total, "file", "files") + " read, judging"
	}
	return fmt.Sprintf("%s of %s read", count(done), plural(total, "file", "files"))
}
