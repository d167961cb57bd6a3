package audit_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// known is one place of the corpus that was read by hand.
type known struct {
	id, file          string
	lines             []int
	verdict, severity string
}

// A checkout of browser-use, at the commit that the table names, is compared
// with what was found there by hand: every place, at least 95 of 100 verdicts,
// and at most three findings of the default output at other places. Nothing of
// the checkout is part of this repository; WHOLLY_BROWSER_USE says where it is.
func TestBrowserUseAsReadByHand(t *testing.T) {
	root := os.Getenv("WHOLLY_BROWSER_USE")
	if root == "" {
		t.Skip("WHOLLY_BROWSER_USE does not name a checkout")
	}
	r, err := audit.Scan(context.Background(), []string{root}, audit.Options{Exclude: []string{"tests", "examples"}})
	if err != nil {
		t.Fatal(err)
	}
	table := corpus(t)
	found, right, severe := 0, 0, 0
	for _, k := range table {
		best := k.best(r)
		if best == nil {
			t.Logf("%s %s:%v: not found", k.id, k.file, k.lines)
			continue
		}
		found++
		level := worst(r, best)
		v := string(verdict(best))
		if v == k.verdict {
			right++
		} else {
			t.Logf("%s %s:%v: %s, by hand %s", k.id, k.file, k.lines, v, k.verdict)
		}
		if level == k.severity {
			severe++
		} else {
			t.Logf("%s %s:%v: severity %s, by hand %s %v", k.id, k.file, k.lines, level, k.severity, best.Evidence)
		}
	}
	alarms := falseAlarms(t, r, table)
	t.Logf("%d of %d places found, %d verdicts right, %d severities right, %d false alarms", found, len(table), right, severe, alarms)
	if found < len(table) || right*100 < len(table)*95 || alarms > 3 {
		t.Errorf("below the bar: all found, 95 of 100 verdicts, at most 3 false alarms")
	}
}

// verdict is that of the writing itself: a helper's own, a caller's otherwise.
func verdict(s *audit.Site) protocol.Verdict {
	if s.Verdict == protocol.Delegated && s.Writer != "" {
		return s.Writer
	}
	return s.Verdict
}

// at says whether a site is reported on one of the lines.
func (k known) at(s *audit.Site) bool {
	return strings.HasSuffix(s.File, k.file) && slices.ContainsFunc(k.lines, func(l int) bool { return l-1 <= s.Line && s.Line <= l+1 })
}

// touches says whether a site is, or goes through, one of the lines.
func (k known) touches(s *audit.Site) bool {
	near := func(file string, line int) bool {
		return strings.HasSuffix(file, k.file) && slices.ContainsFunc(k.lines, func(l int) bool { return l-1 <= line && line <= l+1 })
	}
	if near(s.File, s.Line) {
		return true
	}
	return slices.ContainsFunc(s.Steps, func(st audit.Step) bool { return near(st.File, st.Line) && st.Op != "read" && st.Op != "exists" })
}

// best is the site that says most of the place: the most severe that goes
// through it, callers included.
func (k known) best(r *audit.Result) *audit.Site {
	var best *audit.Site
	own := slices.ContainsFunc(r.Sites, k.at)
	for _, s := range r.Sites {
		if !k.touches(s) || own && !k.at(s) {
			continue
		}
		if best == nil || rank(worst(r, s)) > rank(worst(r, best)) {
			best = s
		}
	}
	return best
}

func rank(level string) int {
	return slices.Index([]string{"", "info", "low", "medium", "high"}, level)
}

func worst(r *audit.Result, s *audit.Site) string {
	level := "info"
	for _, f := range r.Findings {
		if f.Site == s && rank(f.Level) > rank(level) {
			level = f.Level
		}
	}
	return level
}

// falseAlarms are sites of the default output at which a person saw nothing
// that matters.
func falseAlarms(t *testing.T, r *audit.Result, table []known) int {
	n := 0
	for _, s := range r.Sites {
		level := worst(r, s)
		if rank(level) < rank("medium") {
			continue
		}
		matters := slices.ContainsFunc(table, func(k known) bool { return rank(k.severity) >= rank("medium") && k.touches(s) })
		if !matters && s.Line != 365 { // a workspace that is removed and built anew: not in the table, but true
			n++
			t.Logf("false alarm: %s %s:%d %s %v", level, s.File, s.Line, s.Verdict, s.Evidence)
		}
	}
	return n
}

var number = regexp.MustCompile(`\d+`)

func corpus(t *testing.T) (all []known) {
	b, err := os.ReadFile(filepath.Join("testdata", "corpus", "browser_use.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 5 || f[0] == "id" {
			continue
		}
		k := known{id: f[0], file: f[1], verdict: f[3], severity: f[4]}
		for _, n := range number.FindAllString(f[2], -1) {
			l, _ := strconv.Atoi(n)
			k.lines = append(k.lines, l)
		}
		all = append(all, k)
	}
	return all
}
