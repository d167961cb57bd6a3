package report_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/report"
	"github.com/wholly-go/wholly/audit/rule"
)

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
