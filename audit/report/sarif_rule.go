package report

import (
	"strings"

	"github.com/wholly-go/wholly/audit/rule"
)

// describeRule is a rule as the log explains it: what it says, why, and its page
// of the catalogue.
func describeRule(r *rule.Rule) sarifRule {
	var page strings.Builder
	_ = r.Explain(&page) // a Builder takes everything
	return sarifRule{
		ID: r.Name, Short: &sarifText{Text: sentence(r.Title)}, Full: &sarifText{Text: r.Reason},
		Help:          &sarifText{Text: r.Reason + "\nBetter: " + r.Advice + ".", Markdown: page.String()},
		Configuration: sarifConfig{level(r.Worst())},
		Properties:    sarifProperties{Tags: []string{"crash-safety", "reliability"}, Precision: "high", Problem: problem(r.Worst())},
	}
}

func level(s rule.Severity) string {
	switch s {
	case rule.High:
		return "error"
	case rule.Medium:
		return "warning"
	}
	return "note"
}

func problem(s rule.Severity) string {
	if s < rule.Medium {
		return "recommendation"
	}
	return level(s)
}
