package report_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/outcome"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/report"
	"github.com/wholly-go/wholly/audit/rule"
)

func written(t testing.TB, r *audit.Result, o report.TextOptions) string {
	t.Helper()
	var b strings.Builder
	if err := report.Text(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever the width, only what is a single word reaches beyond it.
func TestLinesKeepTheWidth(t *testing.T) {
	for name, r := range scans(t) {
		for _, width := range []int{40, 72, 100, 200} {
			for _, all := range []bool{false, true} {
				for line := range strings.Lines(written(t, r, report.TextOptions{Width: width, All: all})) {
					line = strings.TrimSuffix(line, "\n")
					if strings.TrimRight(line, " ") != line {
						t.Errorf("%s, %d: blanks at the end of %q", name, width, line)
					}
					if utf8.RuneCountInString(line) > width && len(strings.Fields(line)) > 1 && !beside.MatchString(line) {
						t.Errorf("%s: wider than %d: %q", name, width, line)
					}
				}
			}
		}
	}
}

// beside: the cells of the inventory, the marks before a step and labels are
// not wrapped, and what stands beside them is one word or a path in one piece.
var beside = regexp.MustCompile(`^ *>? *[\w./-]*:?\d+(-\d+)?  |^  [a-z][a-z 0-9-]{8}  \S+$`)

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Colour adds codes and changes nothing else.
func TestColorChangesNoText(t *testing.T) {
	r, o := sample()
	plain := written(t, r, report.TextOptions{Options: o, All: true})
	color := written(t, r, report.TextOptions{Options: o, All: true, Color: true})
	if strings.Contains(plain, "\x1b") {
		t.Error("codes without being asked")
	}
	if color == plain || ansi.ReplaceAllString(color, "") != plain {
		t.Errorf("%s", color)
	}
}

func TestTheWorstComeFirstAndTheRestIsCounted(t *testing.T) {
	r := &audit.Result{}
	for i := range 30 {
		s := settings()
		s.File, s.Line = fmt.Sprintf("f%02d.go", i%7), i+1
		r.Sites = append(r.Sites, s)
		sev := []rule.Severity{rule.Low, rule.Medium, rule.High}[i%3]
		r.Findings = append(r.Findings, finding(i, s, "truncate-in-place", sev, i+1, "m"))
	}
	text := written(t, r, report.TextOptions{})
	if n := strings.Count(text, " in set\n"); n != 10 {
		t.Errorf("%d are shown", n)
	}
	if strings.Contains(text, " MEDIUM ") || !strings.Contains(text, "10 high, 10 medium: 10 are shown, and 10 more not (10 medium).") ||
		!strings.Contains(text, "Less important, and not shown: 10 low.") {
		t.Errorf("%s", text)
	}
	for _, o := range []report.TextOptions{{All: true}, {Options: report.Options{Most: -1}}, {Options: report.Options{Most: 99}}} {
		text := written(t, r, o)
		if n := strings.Count(text, " truncate-in-place in set"); n != 20 || strings.Contains(text, "more not") {
			t.Errorf("%d are shown with %+v", n, o)
		}
	}
}

// A finding that is answered is not shown; what is left of its site is.
func TestAnsweredFindingsGiveWay(t *testing.T) {
	r, o := sample()
	for _, f := range r.Findings {
		f.Known = f.Rule == "missing-file-window" || f.Rule == "rewrite-in-place"
	}
	text := written(t, r, report.TextOptions{Options: o})
	for _, want := range []string{"app/watchdog.py:34 HIGH default-over-unreadable", "app/settings.go:15 HIGH truncate-in-place", "Known from the baseline: 2."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestNothingNew(t *testing.T) {
	r, o := sample()
	for _, f := range r.Findings {
		f.Known = true
	}
	if text := written(t, r, report.TextOptions{Options: o}); !strings.HasPrefix(text, "Nothing new was found.\n") {
		t.Errorf("%s", text)
	}
	if text := written(t, &audit.Result{}, report.TextOptions{}); text != "Nothing was found.\n" {
		t.Errorf("%s", text)
	}
}

// What a power cut may undo after the save returned is told where that is the
// finding.
func TestWhatHappensAfterTheSave(t *testing.T) {
	s := kept()
	s.Verdict, s.States.After = protocol.AtomicSynced, states(outcome.Stale, outcome.New)
	f := finding(0, s, "dir-not-synced", rule.Medium, 9, "a power cut may bring the old file back")
	text := written(t, &audit.Result{Sites: []*audit.Site{s}, Findings: []*audit.Finding{f}}, report.TextOptions{})
	for _, want := range []string{"  power cut  the same\n  returned   STALE, new, by a power cut after the save\n", "STALE the old content, though it was said to be saved\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	f.Rule = "truncate-in-place"
	if text := written(t, &audit.Result{Sites: []*audit.Site{s}, Findings: []*audit.Finding{f}}, report.TextOptions{}); strings.Contains(text, "returned") {
		t.Errorf("%s", text)
	}
}

// A log is no state, a writer of its own counts, and what is synced needs no
// warning.
func TestGoodNews(t *testing.T) {
	log, good, synced := logs(), kept(), watchdog()
	log.Importance = "used"
	synced.Verdict, synced.Facts.Sync, synced.Facts.Window = protocol.AtomicSynced, protocol.SyncBefore, false
	r := &audit.Result{Sites: []*audit.Site{log, good, synced}}
	text := written(t, r, report.TextOptions{})
	if !strings.Contains(text, "Kept well: 2 of the 2 places that write a file the program needs again (1 durable, 1 atomic-synced).\n") {
		t.Errorf("%s", text)
	}
	r.Findings = []*audit.Finding{finding(2, synced, "backup-never-read", rule.Medium, 37, "m")}
	if text := written(t, r, report.TextOptions{}); strings.Contains(text, "not synced") || strings.Contains(text, "may reach") {
		t.Errorf("%s", text)
	}
}

// Of many steps the site, what is wrong and the first are told.
func TestManySteps(t *testing.T) {
	s := settings()
	s.Line = 40
	s.Steps = nil
	for i := range 20 {
		s.Steps = append(s.Steps, audit.Step{File: s.File, Line: i + 1, Op: "chmod", Path: fmt.Sprint("p", i)})
	}
	s.Steps = append(s.Steps,
		audit.Step{File: s.File, Line: 40, Op: "write", Path: s.Target}, audit.Step{File: s.File, Line: 40, Op: "close", Path: s.Target},
		audit.Step{File: "app/disk.go", Line: 50, Op: "write", Path: s.Target})
	s.Steps = append(s.Steps, s.Steps...) // seen through two calls
	s.States.Kill = []outcome.State{{Word: outcome.Torn, From: 50, To: 50}}
	f := finding(0, s, "truncate-in-place", rule.High, 40, "m")
	text := written(t, &audit.Result{Sites: []*audit.Site{s}, Findings: []*audit.Finding{f}}, report.TextOptions{})
	for _, want := range []string{"> ", "disk.go:50  write  dir/config.toml  emptied, then filled", "1  chmod  p0", "7  chmod  p6", "and 13 more steps", "TORN at disk.go:50"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "p7") || strings.Count(text, "emptied") != 2 {
		t.Errorf("%s", text)
	}
}
