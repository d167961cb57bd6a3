package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/rule"
)

// heads of the inventory, beside the line before and the target after them.
var heads = []string{"verdict", "worst", "mkdir", "errors", "tidy", "text", "async", "backup"}

// table is the facts of all sites, and how wide each column of them is.
type table struct {
	cells  [][]string
	worst  []*audit.Finding
	widths []int
	edge   int // where the names begin
}

func tabulate(r *audit.Result) *table {
	t := &table{worst: worst(r), edge: 9}
	for _, h := range heads {
		t.widths = append(t.widths, columns(h))
	}
	for i, s := range r.Sites {
		t.cells = append(t.cells, facts(s, t.worst[i]))
		for j, c := range t.cells[i] {
			t.widths[j] = max(t.widths[j], columns(c))
		}
	}
	for _, w := range t.widths {
		t.edge += w + 2
	}
	return t
}

// inventory writes every site, file by file, the good ones too.
func (t *text) inventory() {
	if len(t.r.Sites) == 0 {
		return
	}
	defer func(width int) { t.width = width }(t.width)
	t.width = t.wide
	table := tabulate(t.r)
	t.flow(0, 0, 0, span{fmt.Sprintf("Every place that writes: %d", len(t.r.Sites)), bold})
	t.head(table)
	file := ""
	for i, s := range t.r.Sites {
		if s.File != file {
			file = s.File
			t.flow(0, 0, 2, span{t.o.path(file), bold})
		}
		t.line(s, table, i)
	}
	t.gap()
}

func (t *text) head(table *table) {
	if table.edge-2 > t.width {
		return
	}
	t.put(span{"   line", dim})
	for j, h := range heads {
		t.WriteString("  ")
		t.cell(h, dim, table.widths[j])
	}
	if t.width-table.edge >= roomy {
		t.put(span{"  file, in function", dim})
	}
	t.gap()
}

// line writes one site: in columns, or in words where they are too wide.
func (t *text) line(s *audit.Site, table *table, i int) {
	fmt.Fprintf(t, "%7d", s.Line)
	if table.edge-2 > t.width {
		words := table.cells[i][0]
		for j, c := range table.cells[i][1:] {
			if c != "-" {
				words += ", " + heads[j+1] + tied + strings.ReplaceAll(c, " ", tied)
			}
		}
		t.flow(7, 9, 9, say(words))
		t.flow(0, 9, 11, say(harmless(s.Target)+within(s)))
		return
	}
	for j, c := range table.cells[i] {
		look := plain
		switch {
		case j == 0 && (really(s).Good() || s.Verdict == protocol.Transactional):
			look = green
		case j == 1 && table.worst[i] != nil:
			look = severities[table.worst[i].Severity].look
		}
		t.WriteString("  ")
		t.cell(c, look, table.widths[j])
	}
	t.names(s, table.edge)
}

// roomy is how many columns the names of a site need to stand beside its facts:
// those of their head.
const roomy = len("file, in function")

// names writes target and function into what is left of a line, the target's
// end if there is room for no more. On a narrow terminal they get lines of
// their own.
func (t *text) names(s *audit.Site, at int) {
	target, in := harmless(s.Target), within(s)
	switch room := t.width - at; {
	case room < roomy:
		t.gap()
		t.flow(0, 9, 11, say(target+in))
	case columns(target+in) <= room:
		t.flow(at-2, at, at, say(target+in))
	default:
		t.flow(at-2, at, at, say(tail(target, room)))
	}
}

// within is ", in" and the function.
func within(s *audit.Site) string {
	if s.Function == "" {
		return ""
	}
	return ", in" + tied + harmless(s.Function)
}

// tail is the end of text, of at most n columns.
func tail(text string, n int) string {
	if columns(text) <= n {
		return strings.ReplaceAll(text, " ", tied)
	}
	at := len(text)
	for left := n - 1; at > 0; {
		r, size := utf8.DecodeLastRuneInString(text[:at])
		if left -= columns(string(r)); left < 0 {
			break
		}
		at -= size
	}
	return "…" + strings.ReplaceAll(text[at:], " ", tied)
}

// worst is the worst open finding of each site, nil for none.
func worst(r *audit.Result) []*audit.Finding {
	out := make([]*audit.Finding, len(r.Sites))
	for _, f := range r.Findings {
		if i := f.SiteIndex; f.Open() && i >= 0 && (out[i] == nil || f.Severity > out[i].Severity) {
			out[i] = f
		}
	}
	return out
}

// facts are the cells of one site.
func facts(s *audit.Site, worst *audit.Finding) []string {
	f := &s.Facts
	verdict, severity := string(s.Verdict), "-"
	if s.Writer != "" {
		verdict = "calls " + string(s.Writer)
	}
	if worst != nil {
		severity = worst.Severity.String()
		if worst.Severity >= rule.Medium {
			severity = strings.ToUpper(severity)
		}
	}
	backup := "-"
	if s.Backup != "" {
		backup = "unread"
		if f.BackupRead {
			backup = "read"
		}
	}
	return []string{verdict, severity, yes(f.Parents), or(s.Errors), yes(f.Cleanup), or(harmless(f.Encoding)), yes(f.Async), backup}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "-"
}

func or(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
