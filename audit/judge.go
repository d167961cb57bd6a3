package audit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/outcome"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/rule"
	"github.com/wholly-go/wholly/audit/splice"
	"github.com/wholly-go/wholly/audit/weigh"
)

// Site is one place that writes a file, with what is known about it.
type Site struct {
	File       string           `json:"file"`
	Line       int              `json:"line"`
	Function   string           `json:"function"`
	Language   effect.Language  `json:"language"`
	Call       string           `json:"call"`
	Target     string           `json:"target"`
	Verdict    protocol.Verdict `json:"verdict"`
	Writer     protocol.Verdict `json:"writer,omitempty"` // of a delegated site: the called writer's verdict
	Facts      protocol.Facts   `json:"facts"`
	Backup     string           `json:"backup,omitempty"`
	Errors     string           `json:"errors"`
	Steps      []Step           `json:"steps"`
	States     outcome.States   `json:"states"`
	Importance string           `json:"importance"`
	Evidence   []Evidence       `json:"evidence"`
	Span       effect.Span      `json:"-"` // the call that is reported, in bytes of File
	Raw        effect.Span      `json:"-"` // the call that writes: elsewhere than Span if that calls a helper
	Content    []*effect.Value  `json:"-"` // what is written, as far as it has a name
	Perm       int              `json:"-"` // -1: not named; -2: no constant
	Name       string           `json:"-"` // of the target: Step.Name of the steps on it
}

// Step is one thing that a site does, in order.
type Step struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Op   string `json:"op"`
	Path string `json:"path"`
	From string `json:"from,omitempty"`
	Late bool   `json:"late,omitempty"` // runs only after an error

	Span   effect.Span   `json:"-"` // the call, in bytes of File
	Does   effect.Op     `json:"-"`
	Access effect.Access `json:"-"` // of an open
	Name   string        `json:"-"` // the same for the same file, as Site.Name is for the target
	Source string        `json:"-"` // likewise, of From
}

// Evidence is one thing in the code that makes a site matter.
type Evidence struct {
	Kind string `json:"kind"`
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Finding is a site and a rule that it breaks. Of one site the worst comes
// first, and Also of it names the rules of the others.
type Finding struct {
	Rule        string        `json:"rule"`
	Severity    rule.Severity `json:"-"`
	Level       string        `json:"severity"`
	File        string        `json:"file"`
	Line        int           `json:"line"` // of the site
	At          int           `json:"at"`   // the line that decides
	AtFile      string        `json:"atFile,omitempty"`
	Message     string        `json:"message"`
	Advice      string        `json:"advice"`
	Fingerprint string        `json:"fingerprint"`
	Suppressed  string        `json:"suppressed,omitempty"` // the reason given
	Known       bool          `json:"known,omitempty"`      // in the baseline: not new
	Leads       bool          `json:"leads"`                // the worst of its site
	Also        []string      `json:"also,omitempty"`
	Site        *Site         `json:"-"`
	SiteIndex   int           `json:"site"`
}

// judge turns what was read into sites and findings.
func (s *scan) judge() {
	var files []*effect.File
	langs, tests := map[string]effect.Language{}, map[string]bool{}
	for _, src := range s.sources {
		langs[src.path] = src.lang
		if src.file != nil {
			files = append(files, src.file)
			tests[src.path] = src.file.Test || weigh.Aside(src.below)
		}
	}
	s.r.Sources = s.located()
	x := splice.New(files)
	places := protocol.Places(x)
	readers := weigh.Survey(x, tests, s.inTree())
	tree := rule.Survey(places, langs)
	weights := make([]*weigh.Weight, len(places))
	for i, p := range places {
		weights[i] = readers.Weigh(p)
	}
	s.r.Helpers = helpers(places, s.r.Sources)
	s.r.Writers = writers(s.r.Helpers)
	prints := newPrints(s.r.Sources)
	for i, p := range places {
		w := weights[i]
		site := describe(p, w, langs[p.Line.File])
		s.r.Sites = append(s.r.Sites, site)
		found := rule.Find(&rule.Look{Place: p, Weight: w, Tree: tree})
		s.report(site, p.Target.Shape(), found, prints)
	}
	s.suppress(files, prints)
	slices.SortStableFunc(s.r.Findings, order)
	s.r.lead()
}

// inTree returns what says whether the tree that a source lies in has a file.
func (s *scan) inTree() func(source, rel string) bool {
	roots := map[string]string{}
	for _, src := range s.sources {
		if root, ok := strings.CutSuffix(filepath.ToSlash(src.disk), src.path); ok {
			roots[src.path] = root
		}
	}
	return func(source, rel string) bool {
		root, ok := roots[source]
		if !ok {
			return false
		}
		info, err := os.Stat(filepath.Join(filepath.FromSlash(root), filepath.FromSlash(rel)))
		return err == nil && info.Mode().IsRegular()
	}
}

// report adds what was found at the last site.
func (s *scan) report(site *Site, target string, found []rule.Finding, p *prints) {
	for _, f := range found {
		out := &Finding{
			Rule: f.Rule.Name, Severity: f.Severity, Level: f.Severity.String(), File: site.File, Line: site.Line,
			At: f.At.Line, Message: f.Message, Advice: f.Rule.Advice,
			Fingerprint: p.of(f.Rule.Name, site.File, site.Function, target),
			Site:        site, SiteIndex: len(s.r.Sites) - 1,
		}
		if f.At.File != site.File {
			out.AtFile = f.At.File
		}
		s.r.Findings = append(s.r.Findings, out)
	}
}

func describe(p *protocol.Place, w *weigh.Weight, lang effect.Language) *Site {
	site := &Site{
		File: p.Line.File, Line: p.Line.Line, Function: p.Func.Text, Language: lang, Call: p.API,
		Target: p.Target.Text(), Verdict: p.Verdict, Writer: p.Writer, Facts: p.Facts, Errors: fate(p.Facts.Errors),
		States: outcome.Of(p.Site), Importance: w.Importance.String(), Span: p.Line,
		Raw: p.At, Content: p.Content, Perm: p.Facts.Perm, Name: p.Target.Key(),
	}
	if p.Facts.Backup != nil {
		site.Backup = p.Facts.Backup.Text()
	}
	for i := range p.Steps {
		site.Steps = append(site.Steps, step(p.Site, &p.Steps[i]))
	}
	for _, e := range w.Evidence {
		site.Evidence = append(site.Evidence, Evidence{e.Kind, e.At.File, e.At.Line, e.Text})
	}
	return site
}

func step(s *protocol.Site, st *splice.Step) Step {
	path := st.Path
	if path == nil {
		path = st.Handle.FilePath()
	}
	out := Step{
		File: st.At.File, Line: st.At.Line, Op: st.Op.String(), Path: path.Text(), Late: st.In.Cleanup(), Span: st.At,
		Does: st.Op, Access: st.Mode.Access, Name: outcome.Name(s, path),
	}
	if st.From != nil {
		out.From, out.Source = st.From.Text(), outcome.Name(s, st.From)
	}
	return out
}

func fate(f effect.Fate) string {
	return map[effect.Fate]string{effect.FateNone: "", effect.Returned: "returned", effect.Logged: "logged",
		effect.Dropped: "dropped", effect.Retried: "retried"}[f]
}
