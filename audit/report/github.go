package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/rule"
)

// GitHub writes the findings as workflow commands, which a run of GitHub
// Actions shows beside the lines: an error for high, a warning for medium, a
// notice for what is lower. The only errors are w's.
func GitHub(w io.Writer, r *audit.Result, o Options) error {
	if o.Most == 0 {
		o.Most = -1 // a run shows ten of each kind by itself, and says so
	}
	shown, more := o.shown(entries(r))
	var b strings.Builder
	for _, e := range shown {
		f := e.lead
		fmt.Fprintf(&b, "::%s file=%s,line=%d,title=%s::%s\n", command(f.Severity),
			property(harmless(f.File)), f.Line, property(f.Rule), data(brief(e)))
	}
	if len(more) > 0 {
		fmt.Fprintf(&b, "::notice::%s\n", data(fmt.Sprintf("and %d more: %s", len(more), counts(more))))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func command(s rule.Severity) string {
	switch s {
	case rule.High:
		return "error"
	case rule.Medium:
		return "warning"
	}
	return "notice"
}

// brief is a finding in a few plain lines.
func brief(e entry) string {
	f := e.lead
	lines := []string{sentence(f.Message)}
	if f.Site != nil {
		if ev := evidence(f.Site); len(ev) > 0 {
			lines = append(lines, "Matters: "+strings.Join(ev, "; "))
		}
	}
	if f.Advice != "" {
		lines = append(lines, "Do: "+harmless(f.Advice))
	}
	if len(e.also) > 0 {
		lines = append(lines, "Also: "+beside(e.also))
	}
	return strings.Join(lines, "\n")
}

// data and property escape as the runner unescapes: a percent sign first, then
// what would end the command.
func data(s string) string { return escapes.Replace(s) }

func property(s string) string { return properties.Replace(s) }

var (
	escapes    = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	properties = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
