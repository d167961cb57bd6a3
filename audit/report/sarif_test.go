package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/report"
	"github.com/wholly-go/wholly/audit/rule"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/sarif-2.1.0-rtm.5.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sarif(t *testing.T, r *audit.Result, o report.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.SARIF(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func valid(t *testing.T, s *jsonschema.Schema, text []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("%v", err)
	}
}

// What the test of the schema is worth: it refuses what is wrong.
func TestTheSchemaRefusesWhatIsWrong(t *testing.T) {
	s := schema(t)
	r, o := sample()
	good := string(sarif(t, r, o))
	for _, change := range [][2]string{
		{`"version": "2.1.0"`, `"version": "2.1"`},
		{`"level": "error"`, `"level": "high"`},
		{`"startLine": 34`, `"startLine": 0`},
		{`"kind": "inSource"`, `"kind": "comment"`},
		{`"columnKind"`, `"columnSort"`},
	} {
		if !strings.Contains(good, change[0]) {
			t.Fatalf("%s is not in it", change[0])
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(good, change[0], change[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(doc) == nil {
			t.Errorf("%s is taken for valid", change[1])
		}
	}
}

func TestSARIFIsValid(t *testing.T) {
	s := schema(t)
	r, o := sample()
	valid(t, s, sarif(t, r, o))
	valid(t, s, sarif(t, &audit.Result{}, report.Options{}))
	o.From = rule.Low
	for _, f := range r.Findings {
		f.File, f.Line, f.AtFile = "b\x1b ö%/{x}:\u202e.py", 0, "a b"
		f.Message, f.Known = "{0} [x](1) \xff", !f.Known
	}
	valid(t, s, sarif(t, r, o))
}

// The cases of the audit itself are real results of all sorts.
func TestSARIFOfRealTreesIsValid(t *testing.T) {
	s := schema(t)
	for name, r := range scans(t) {
		t.Run(name, func(t *testing.T) {
			valid(t, s, sarif(t, r, report.Options{From: rule.Low}))
		})
	}
}

// aRun is what the tests of the limits look at.
type aRun struct {
	Results []struct {
		Level            string
		RelatedLocations []any
		CodeFlows        []struct{ ThreadFlows []struct{ Locations []any } }
	}
	Invocations []struct {
		ToolExecutionNotifications []struct{ Message struct{ Text string } }
	}
}

func ran(t *testing.T, text []byte) aRun {
	t.Helper()
	var log struct{ Runs []aRun }
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0]
}

func TestSARIFKeepsTheLimits(t *testing.T) {
	r := &audit.Result{}
	for i := range 6000 {
		s := settings()
		s.Line = i + 1
		for j := range 150 * (1 - min(1, i)) {
			s.Evidence = append(s.Evidence, audit.Evidence{Kind: "read-back", File: "a.go", Line: j + 1, Text: "read back here"})
		}
		for j := range 1500 * (1 - min(1, i)) {
			s.Steps = append(s.Steps, audit.Step{File: "a.go", Line: j + 1, Op: "write", Path: fmt.Sprint(j)})
		}
		r.Sites = append(r.Sites, s)
		sev := rule.Medium
		if i%2 == 0 {
			sev = rule.High
		}
		r.Findings = append(r.Findings, finding(i, s, "truncate-in-place", sev, i+1, "m"))
	}
	text := sarif(t, r, report.Options{})
	valid(t, schema(t), text)
	run, high := ran(t, text), 0
	for _, res := range run.Results {
		if res.Level == "error" {
			high++
		}
	}
	if len(run.Results) != 5000 || high != 3000 {
		t.Errorf("%d results, %d of them high", len(run.Results), high)
	}
	if n := len(run.Results[0].RelatedLocations); n != 100 {
		t.Errorf("%d related locations", n)
	}
	if n := len(run.Results[0].CodeFlows[0].ThreadFlows[0].Locations); n != 1000 {
		t.Errorf("%d steps", n)
	}
	var said strings.Builder
	for _, n := range run.Invocations[0].ToolExecutionNotifications {
		said.WriteString(n.Message.Text + "\n")
	}
	for _, want := range []string{"1000 results were left out", "steps were left out", "evidence was left out"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q is not said in:\n%s", want, said.String())
		}
	}
}

func TestSARIFNamesOfFiles(t *testing.T) {
	for name, want := range map[string]string{
		"a/b.py":      `"uri":"a/b.py","uriBaseId":"%SRCROOT%"`,
		"a b%/ö#?.py": `"uri":"a%20b%25/%C3%B6%23%3F.py","uriBaseId":"%SRCROOT%"`,
		"a:b.py":      `"uri":"./a:b.py","uriBaseId":"%SRCROOT%"`,
		"../x.py":     `"uri":"../x.py","uriBaseId":"%SRCROOT%"`,
		"/srv/x.py":   `"artifactLocation":{"uri":"file:///srv/x.py"}`,
		"C:/x y.py":   `"artifactLocation":{"uri":"file:///C:/x%20y.py"}`,
	} {
		r, o := sample()
		for _, f := range r.Findings {
			f.File = name
		}
		var flat bytes.Buffer
		if err := json.Compact(&flat, sarif(t, r, o)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(flat.String(), want) {
			t.Errorf("%s: no %s", name, want)
		}
		valid(t, schema(t), flat.Bytes())
	}
}

// Braces in a message are placeholders and brackets links, unless doubled and
// escaped: names in sources have both.
func TestSARIFMessagesAreText(t *testing.T) {
	r, o := sample()
	for _, f := range r.Findings {
		f.Message = "see {0} and [this](1)"
	}
	text := string(sarif(t, r, o))
	if !strings.Contains(text, `See {{0}} and [this\\](1).`) || strings.Contains(text, "see {0}") {
		t.Errorf("%s", text)
	}
}

// What is answered is told as such, if it is as severe as what is shown.
func TestSARIFSuppressions(t *testing.T) {
	r, o := sample()
	text := string(sarif(t, r, o))
	for _, want := range []string{`"kind": "inSource"`, `"justification": "a log, nobody parses it"`, `"kind": "external"`} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%s is there %d times", want, strings.Count(text, want))
		}
	}
	o.From = rule.High
	if text := string(sarif(t, r, o)); strings.Contains(text, "suppressions") {
		t.Error("what is below the threshold is reported since it was suppressed")
	}
}
