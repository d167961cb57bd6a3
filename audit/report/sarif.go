package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/rule"
)

// What code scanning of GitHub keeps of an upload; what is beyond it is left
// out here, the least important first, and said to be.
const (
	sarifResults = 5000
	sarifSteps   = 1000 // of one result
	sarifRelated = 100  // of one result
)

const sourceRoot = "%SRCROOT%"

// SARIF writes the findings at or above o.From as a log of SARIF 2.1.0, one
// result for a site; those that a comment or the baseline answers are in it as
// suppressed. Problems and what was cut are notifications. The only errors are
// w's.
func SARIF(w io.Writer, r *audit.Result, o Options) error {
	s := newSarif(r, o)
	for _, e := range s.pick(r) {
		s.run.Results = append(s.run.Results, s.result(e))
	}
	s.notify(r)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{s.run},
	})
}

type sarif struct {
	o     Options
	run   sarifRun
	rules map[string]int
	fixes map[*audit.Finding]*Fix
	cut   []string
}

func newSarif(r *audit.Result, o Options) *sarif {
	s := &sarif{o: o, rules: map[string]int{}, fixes: o.fixes()}
	s.run = sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "wholly audit", Version: o.version(), InformationURI: "https://github.com/wholly-go/wholly", Rules: []sarifRule{},
		}},
		BaseIDs:    map[string]sarifArtifact{sourceRoot: {Description: &sarifText{Text: "the root of the sources"}}},
		ColumnKind: "utf16CodeUnits",
		Results:    []sarifResult{},
	}
	for _, known := range rule.All() {
		s.add(known.Name, describeRule(known))
	}
	for _, f := range r.Findings {
		if _, ok := s.rules[f.Rule]; !ok {
			s.add(f.Rule, sarifRule{ID: f.Rule, Configuration: sarifConfig{level(f.Severity)}, Properties: sarifProperties{Tags: []string{"crash-safety"}}})
		}
	}
	return s
}

func (s *sarif) add(name string, d sarifRule) {
	s.rules[name] = len(s.run.Tool.Driver.Rules)
	s.run.Tool.Driver.Rules = append(s.run.Tool.Driver.Rules, d)
}

// pick returns what is reported: the open entries, then the answered findings.
func (s *sarif) pick(r *audit.Result) []entry {
	s.o.Most = -1
	list, _ := s.o.shown(entries(r))
	if len(list) > sarifResults {
		s.o.Most = sarifResults
		list, _ = s.o.shown(entries(r))
	}
	all, _ := Options{From: s.o.From, Most: -1}.shown(entries(r))
	left := len(all) - len(list)
	for _, f := range r.Findings {
		switch {
		case f.Open() || f.Severity < s.o.from():
		case len(list) >= sarifResults:
			left++
		default:
			list = append(list, entry{lead: f})
		}
	}
	if left > 0 {
		s.cut = append(s.cut, fmt.Sprintf("%d results were left out: code scanning keeps %d", left, sarifResults))
	}
	return list
}

func (s *sarif) result(e entry) sarifResult {
	f := e.lead
	out := sarifResult{
		RuleID: f.Rule, RuleIndex: s.rules[f.Rule], Level: level(f.Severity), Message: sarifText{Text: prose(brief(e))},
		Locations:    []sarifLocation{at(f.File, f.Line)},
		Fingerprints: map[string]string{"whollyAudit/v1": f.Fingerprint},
		Fixes:        s.fix(s.fixes[f]),
	}
	switch {
	case f.Suppressed != "":
		out.Suppressions = []sarifSuppression{{"inSource", f.Suppressed}}
	case f.Known:
		out.Suppressions = []sarifSuppression{{Kind: "external"}}
	}
	if site := f.Site; site != nil {
		if site.Function != "" {
			out.Locations[0].Logical = []sarifLogical{{site.Function, "function"}}
		}
		out.Properties = map[string]string{"verdict": string(site.Verdict), "importance": site.Importance, "severity": f.Level}
		out.Flows, out.Related = s.flow(site), s.related(f)
	}
	return out
}

// flow tells the steps of a site.
func (s *sarif) flow(site *audit.Site) []sarifFlow {
	var thread sarifThread
	for i, r := range rows(site) {
		if i == sarifSteps {
			s.cut = append(s.cut, fmt.Sprintf("%s:%d: steps were left out: code scanning keeps %d of a result", site.File, site.Line, sarifSteps))
			break
		}
		text := r.op + " " + harmless(r.subject())
		if r.note != "" {
			text += ": " + r.note
		}
		step := sarifStep{Location: at(r.file, r.from), Order: i + 1, Importance: "important"}
		if r.bad {
			step.Importance = "essential"
		}
		step.Location.Message = &sarifText{Text: prose(text)}
		thread.Locations = append(thread.Locations, step)
	}
	if thread.Locations == nil {
		return nil
	}
	return []sarifFlow{{[]sarifThread{thread}}}
}

// related is the line that decides, and the evidence.
func (s *sarif) related(f *audit.Finding) []sarifLocation {
	var list []sarifLocation
	add := func(file string, line int, text string) {
		l := at(file, line)
		l.ID, l.Message = len(list)+1, &sarifText{Text: prose(text)}
		list = append(list, l)
	}
	switch {
	case f.AtFile != "":
		add(f.AtFile, f.At, "this decides")
	case f.At != f.Line:
		add(f.File, f.At, "this decides")
	}
	for _, e := range f.Site.Evidence {
		if len(list) == sarifRelated {
			s.cut = append(s.cut, fmt.Sprintf("%s:%d: evidence was left out: code scanning keeps %d places of a result", f.File, f.Line, sarifRelated))
			break
		}
		add(e.File, e.Line, e.Text)
	}
	return list
}

// notify tells what could not be read and what was cut.
func (s *sarif) notify(r *audit.Result) {
	inv := sarifInvocation{Successful: !r.Failed()}
	for _, p := range r.Problems {
		inv.Notifications = append(inv.Notifications, sarifNotification{"error", sarifText{Text: prose(p.Path + ": " + p.Text)}, nil})
	}
	for _, l := range counted(r.Unread) {
		text := fmt.Sprintf("%s of %s not read: this build has no grammar for it", plural(l.Files, "file", "files"), proper(l.Name))
		inv.Notifications = append(inv.Notifications, sarifNotification{"error", sarifText{Text: text}, nil})
	}
	for _, c := range s.cut {
		inv.Notifications = append(inv.Notifications, sarifNotification{"warning", sarifText{Text: prose(c)}, nil})
	}
	s.run.Invocations = []sarifInvocation{inv}
}

// at is a line. Lines begin with 1; what has none is its file as a whole.
func at(file string, line int) sarifLocation {
	l := sarifLocation{Physical: sarifPhysical{Artifact: artifact(file)}}
	if line > 0 {
		l.Physical.Region = &sarifRegion{StartLine: line}
	}
	return l
}

// artifact names a file from the root of the sources; what lies outside of it
// has a full path.
func artifact(file string) sarifArtifact {
	if len(file) > 2 && file[1] == ':' && file[2] == '/' {
		file = "/" + file // a drive of Windows
	}
	if path.IsAbs(file) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: file}).String()}
	}
	return sarifArtifact{URI: (&url.URL{Path: file}).String(), BaseID: sourceRoot}
}

// prose is text in which braces are no placeholders and brackets no links.
func prose(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, harmless(line))
	}
	return literal.Replace(strings.Join(lines, "\n"))
}

var literal = strings.NewReplacer("{", "{{", "}", "}}", "](", `\](`)
