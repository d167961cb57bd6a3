package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
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

const harm = "a\x1b[2J\r\nb\u202e::error::x`|<b>@me\u2028\xff%0A"

// hostile is a result whose every text is out to do harm.
func hostile(evil string) *audit.Result {
	s := watchdog()
	s.File, s.Function, s.Target, s.Call, s.Backup = evil, evil, evil, evil, evil
	s.Facts.Encoding = evil
	for i := range s.Steps {
		s.Steps[i].File, s.Steps[i].Path, s.Steps[i].From = evil, evil, evil
	}
	for i := range s.Evidence {
		s.Evidence[i].File, s.Evidence[i].Text = evil, evil
	}
	f := finding(0, s, "missing-file-window", rule.High, 34, evil)
	f.AtFile, f.Advice = evil, evil
	g := finding(0, s, "torn-append", rule.High, 3, evil)
	g.AtFile = evil
	return &audit.Result{Sites: []*audit.Site{s}, Findings: []*audit.Finding{f, g}, Problems: []audit.Problem{{Path: evil, Text: evil}}}
}

func TestNamesOfSourcesDoNoHarm(t *testing.T) {
	o := report.Options{Root: "x\x1b", Gone: nil}
	for _, f := range formats {
		if f.name == "color" {
			continue
		}
		var b bytes.Buffer
		if err := f.write(&b, hostile(harm), o); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if !utf8.ValidString(text) {
			t.Errorf("%s: not UTF-8", f.name)
		}
		for _, r := range text {
			if r < ' ' && r != '\n' || unseen(r) && f.name != "json" && f.name != "sarif" {
				t.Errorf("%s: %U is in it", f.name, r)
				break
			}
		}
		if f.name == "github" && strings.Count(text, "\n") != 1 {
			t.Errorf("one finding is more than one command:\n%s", text)
		}
		prose := regexp.MustCompile("`` .*? ``|`kill -9`").ReplaceAllString(text, "")
		if f.name == "markdown" && (strings.Contains(prose, "<b>") || strings.Contains(prose, "@me") || regexp.MustCompile("[^\\\\]`").MatchString(prose)) {
			t.Errorf("%s", prose)
		}
	}
}

// unseen is what no reader sees, but for the mark that keeps a name from being
// called in Markdown.
func unseen(r rune) bool {
	return r != '\n' && r != '\u2060' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
}

// Whatever stands in the sources, each format is what it says it is.
func FuzzNames(f *testing.F) {
	f.Add(harm, 40)
	f.Add(strings.Repeat("long and `` ", 100), 200)
	f.Add("日本\u0301 {0} [x](1)", 7)
	f.Fuzz(func(t *testing.T, evil string, width int) {
		r := hostile(evil)
		for _, form := range []format{
			{"text", text(report.TextOptions{Width: width % 300, All: true})}, {"markdown", report.Markdown}, {"github", report.GitHub},
			{"json", report.JSON}, {"sarif", report.SARIF},
		} {
			var b bytes.Buffer
			if err := form.write(&b, r, report.Options{}); err != nil {
				t.Fatal(err)
			}
			switch {
			case !utf8.Valid(b.Bytes()):
				t.Errorf("%s: not UTF-8", form.name)
			case form.name == "json" || form.name == "sarif":
				if !json.Valid(b.Bytes()) {
					t.Errorf("%s: not JSON", form.name)
				}
			case bytes.ContainsFunc(b.Bytes(), unseen):
				t.Errorf("%s: %q", form.name, b.String())
			case form.name == "github" && bytes.Count(b.Bytes(), []byte("\n")) != 1:
				t.Errorf("more than one command: %q", b.String())
			}
		}
	})
}

// What the runner of GitHub reads is what was meant.
func TestWorkflowCommandsAreEscaped(t *testing.T) {
	s := settings()
	s.File, s.Evidence = "a,b:c%\n.go", nil
	f := finding(0, s, "truncate-in-place", rule.Medium, 15, "half of it: 50%, \r\nand more")
	f.Advice = ""
	var b strings.Builder
	if err := report.GitHub(&b, &audit.Result{Sites: []*audit.Site{s}, Findings: []*audit.Finding{f}}, report.Options{}); err != nil {
		t.Fatal(err)
	}
	const want = "::warning file=a%2Cb%3Ac%25\\x0a.go,line=15,title=truncate-in-place::Half of it: 50%25, \\x0d\\x0aand more.\n"
	if b.String() != want {
		t.Errorf("have %swant %s", b.String(), want)
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

func TestJSONHasNoNullListsAndIsTheSameEachTime(t *testing.T) {
	var first []byte
	for range 5 {
		r, o := sample()
		r.Sites = append(r.Sites, &audit.Site{})
		r.Findings = append(r.Findings, &audit.Finding{SiteIndex: -1})
		o.Fixes = append(o.Fixes, report.Fix{Finding: r.Findings[0], Grade: "never"})
		var b bytes.Buffer
		if err := report.JSON(&b, r, o); err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(first, b.Bytes()) {
			t.Fatal("two runs differ")
		}
		first = b.Bytes()
	}
	var empty bytes.Buffer
	if err := report.JSON(&empty, &audit.Result{}, report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{first, empty.Bytes()} {
		if strings.Count(string(text), "\n") != 1 {
			t.Error("it is not one line")
		}
		var doc any
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		if at := null(doc, ""); at != "" {
			t.Errorf("%s is null", at)
		}
	}
}

// null finds a null, but for a fix: there is none.
func null(doc any, at string) string {
	switch d := doc.(type) {
	case nil:
		if !strings.HasSuffix(at, ".fix") {
			return at
		}
	case []any:
		for i, x := range d {
			if s := null(x, fmt.Sprintf("%s[%d]", at, i)); s != "" {
				return s
			}
		}
	case map[string]any:
		for k, x := range d {
			if s := null(x, at+"."+k); s != "" {
				return s
			}
		}
	}
	return ""
}

// The fields that programs were promised are there.
func TestJSONFields(t *testing.T) {
	r, o := sample()
	var b bytes.Buffer
	if err := report.JSON(&b, r, o); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Sites    []map[string]json.RawMessage
		Findings []map[string]json.RawMessage
		Rest     map[string]any `json:"-"`
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &top); err != nil {
		t.Fatal(err)
	}
	var facts map[string]json.RawMessage
	if err := json.Unmarshal(doc.Sites[0]["facts"], &facts); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		have  map[string]json.RawMessage
		names string
	}{
		{top, "version root languages sites findings problems skipped gone"},
		{doc.Sites[0], "file line function language call target verdict facts steps states importance evidence"},
		{facts, "staging temp sync dirSync window backup backupRead parents cleanup errors encoding async mode lock"},
		{doc.Findings[0], "rule severity site message fix fingerprint suppressed file line at leads also advice known"},
	} {
		for _, n := range strings.Fields(c.names) {
			if _, ok := c.have[n]; !ok {
				t.Errorf("%s is missing", n)
			}
		}
	}
}

func TestMarkdownOfCodeWithBackticks(t *testing.T) {
	s := settings()
	s.Steps[0].Path = "a`b``c|d"
	var b strings.Builder
	r := &audit.Result{Sites: []*audit.Site{s}, Findings: []*audit.Finding{finding(0, s, "truncate-in-place", rule.High, 15, "m")}}
	if err := report.Markdown(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "| ``` a`b``c\\|d ``` |") {
		t.Errorf("%s", b.String())
	}
}

// The worst of a site leads, and the list is by file, line and rule.
func TestJSONIsSorted(t *testing.T) {
	r, o := sample()
	var b bytes.Buffer
	if err := report.JSON(&b, r, o); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Findings []struct {
			File, Rule string
			Line, Site int
			Leads      bool
		}
		Sites []struct{ File string }
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Findings) != len(r.Findings) {
		t.Fatalf("%d findings became %d", len(r.Findings), len(doc.Findings))
	}
	var keys []string
	for _, f := range doc.Findings {
		keys = append(keys, fmt.Sprintf("%s %5d %s", f.File, f.Line, f.Rule))
		if f.Site >= 0 && doc.Sites[f.Site].File != f.File {
			t.Errorf("%s is said to be at %s", f.Rule, doc.Sites[f.Site].File)
		}
		if f.Rule == "default-over-unreadable" && f.Leads {
			t.Error("another rule leads that site")
		}
	}
	if !slices.IsSorted(keys) {
		t.Errorf("%q", keys)
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

func many(n int) *audit.Result {
	r := &audit.Result{}
	for i := range n {
		s := watchdog()
		s.File, s.Line = fmt.Sprintf("src/f%d.py", i%500), i
		r.Sites = append(r.Sites, s)
		r.Findings = append(r.Findings, finding(i, s, "missing-file-window", rule.Severity(i%4), i, "a crash leaves no file"))
	}
	return r
}

func Benchmark10000Findings(b *testing.B) {
	r := many(10_000)
	for _, f := range formats {
		if !slices.Contains([]string{"text", "all", "json", "sarif", "markdown"}, f.name) {
			continue
		}
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f.write(io.Discard, r, report.Options{Most: -1, From: rule.Low}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
