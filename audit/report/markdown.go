package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/outcome"
)

// Markdown writes the findings as a page: for a pull request or a job's
// summary. What comes from the sources is quoted. The only errors are w's.
func Markdown(w io.Writer, r *audit.Result, o Options) error {
	all := entries(r)
	shown, more := o.shown(all)
	m := &markdown{o: o, used: map[outcome.Word]bool{}}
	m.WriteString("# Writes that a crash could tear\n")
	file := ""
	for _, e := range shown {
		if e.lead.File != file {
			file = e.lead.File
			fmt.Fprintf(m, "\n## %s\n", code(file))
		}
		m.finding(e)
	}
	m.WriteString("\n")
	for _, list := range [][]string{totals(r, all, shown, more, true), asides(r, o), news(r)} {
		for _, line := range list {
			fmt.Fprintf(m, "- %s\n", escape(line))
		}
	}
	_, err := io.WriteString(w, m.String())
	return err
}

type markdown struct {
	strings.Builder
	o    Options
	used map[outcome.Word]bool
}

func (m *markdown) finding(e entry) {
	f := e.lead
	fmt.Fprintf(m, "\n### Line %d: %s (%s)\n\n%s\n", f.Line, f.Rule, f.Severity, escape(sentence(f.Message)))
	if s := f.Site; s != nil {
		m.WriteString("\n| line | step | on | |\n|---|---|---|---|\n")
		for _, r := range rows(s) {
			at := lines(r.from, r.to)
			if r.file != s.File {
				at = near(s.File, r.file) + ":" + at
			}
			subject := cell(r.path)
			if r.source != "" {
				subject = cell(r.source) + " → " + subject
			}
			fmt.Fprintf(m, "| %s | %s | %s | %s |\n", escape(at), r.op, subject, r.note)
		}
		kill, power := states(s, m.used)
		fmt.Fprintf(m, "\n- after `kill -9`: %s\n- after a power cut: %s\n", flat(kill), flat(power))
		if ev := evidence(s); len(ev) > 0 {
			fmt.Fprintf(m, "- matters: %s\n", escape(strings.Join(ev, " · ")))
		}
	} else {
		m.WriteString("\n")
	}
	if f.Advice != "" {
		fmt.Fprintf(m, "- do: %s\n", escape(f.Advice))
	}
	if len(e.also) > 0 {
		fmt.Fprintf(m, "- also: %s\n", escape(beside(e.also)))
	}
}

func flat(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.text)
	}
	return b.String()
}

// escape takes the meaning from what Markdown, HTML and a mention would read.
func escape(text string) string { return marks.Replace(harmless(text)) }

var marks = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;",
	"|", `\|`, "#", `\#`, "~", `\~`, "@", "@\u2060", "&", "&amp;", "$", `\$`)

// cell is code in a table, where a bar would end it.
func cell(text string) string { return strings.ReplaceAll(code(text), "|", `\|`) }

// code quotes text, whatever backticks it holds.
func code(text string) string {
	text = harmless(text)
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 || strings.HasPrefix(text, " ") {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}
