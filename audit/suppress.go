package audit

import (
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/rule"
)

// suppress marks the findings that a comment answers. A comment without a
// reason, and one that answers nothing, are findings themselves.
func (s *scan) suppress(files []*effect.File, p *prints) {
	for _, file := range files {
		for _, n := range file.Notes {
			if n.Text == "" {
				s.note(p, file, n, "ignore-without-reason", rule.Medium, "a reason is missing after ignore[…]")
				continue
			}
			if !s.answer(file.Path, n) {
				s.note(p, file, n, "ignore-unused", rule.Low, "nothing here is found: the comment can go")
			}
		}
	}
}

// answer marks what n means, and reports whether there was anything.
func (s *scan) answer(file string, n effect.Note) bool {
	line, hit := n.Line, false
	if n.Own {
		line++
	}
	for _, f := range s.r.Findings {
		if f.File != file || f.Line != line && f.At != line {
			continue
		}
		if len(n.Rules) == 0 || slices.Contains(n.Rules, f.Rule) {
			f.Suppressed, hit = n.Text, true
		}
	}
	return hit
}

func (s *scan) note(p *prints, file *effect.File, n effect.Note, name string, sev rule.Severity, text string) {
	s.r.Findings = append(s.r.Findings, &Finding{
		Rule: name, Severity: sev, Level: sev.String(), File: file.Path, Line: n.Line, At: n.Line,
		Message: text, Leads: true, SiteIndex: -1, Fingerprint: p.of(name, file.Path),
	})
}
