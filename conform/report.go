package conform

import (
	"fmt"
	"strings"
)

// Outcome is the verdict about one case.
type Outcome uint8

const (
	// AsDecided: the writer does what wholly has decided.
	AsDecided Outcome = iota
	// Differs: it does something else.
	Differs
	// Skipped: the machine, the file system or the program lacks what the
	// case needs.
	Skipped
	// NotApplicable: the writer has nothing that the case could be about.
	NotApplicable
	// Broken: the suite could not set the case up, although all seemed to be
	// there. It says nothing about the writer.
	Broken
)

// String returns the outcome in words.
func (o Outcome) String() string {
	switch o {
	case AsDecided:
		return "as decided"
	case Differs:
		return "differs"
	case Skipped:
		return "skipped"
	case NotApplicable:
		return "not applicable"
	}
	return "broken"
}

// Result is one line of a report.
type Result struct {
	ID       string // of the case, such as "K3"; with a second word for a part of it: "K3 strict"
	Title    string // what the case is
	Expected string // what wholly has decided
	Observed string // what the writer did; the reason, if the case was not run
	Outcome  Outcome
}

// Report is what one writer did in every case, in the order of the table.
type Report struct {
	Writer  string
	System  string // platform and user it was run as
	Results []Result
}

// With returns the ids of the cases that ended with the given outcome.
func (r Report) With(o Outcome) []string {
	var ids []string
	for _, res := range r.Results {
		if res.Outcome == o {
			ids = append(ids, res.ID)
		}
	}
	return ids
}

// Summary counts the outcomes in one line.
func (r Report) Summary() string {
	var parts []string
	for o := AsDecided; o <= Broken; o++ {
		if n := len(r.With(o)); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %v", n, o))
		}
	}
	return fmt.Sprintf("%s on %s: %s", r.Writer, r.System, strings.Join(parts, ", "))
}

// String returns the summary and one line a case.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, r.Summary())
	for _, res := range r.Results {
		fmt.Fprintf(&b, "%-14s %-15s %s: %s", res.Outcome, res.ID, res.Title, res.Observed)
		if res.Outcome == Differs {
			fmt.Fprintf(&b, " (expected: %s)", res.Expected)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

// Markdown returns the report as a table.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", cell(r.Summary()))
	b.WriteString("| id | case | expected | observed | verdict |\n|---|---|---|---|---|\n")
	for _, res := range r.Results {
		verdict := res.Outcome.String()
		if res.Outcome == Differs {
			verdict = "**" + verdict + "**"
		}
		tableRow(&b, res.ID, cell(res.Title), cell(res.Expected), cell(res.Observed), verdict)
	}
	return b.String()
}

// Compare returns a Markdown table with one column a report. What differs from
// wholly's decision is in bold; "–" stands for what is not applicable.
func Compare(reports ...Report) string {
	var b strings.Builder
	head, rule := []string{"id", "case", "decided"}, []string{"---", "---", "---"}
	for _, r := range reports {
		head, rule = append(head, cell(r.Writer)), append(rule, "---")
	}
	tableRow(&b, head...)
	b.WriteString("|" + strings.Join(rule, "|") + "|\n")
	if len(reports) == 0 {
		return b.String()
	}
	for _, first := range reports[0].Results {
		line := []string{first.ID, cell(first.Title), cell(first.Expected)}
		for _, r := range reports {
			line = append(line, r.brief(first.ID))
		}
		tableRow(&b, line...)
	}
	return b.String()
}

// brief is the cell of case id in a comparison.
func (r Report) brief(id string) string {
	for _, res := range r.Results {
		if res.ID != id {
			continue
		}
		switch res.Outcome {
		case AsDecided:
			return cell(res.Observed)
		case Differs:
			return "**" + cell(res.Observed) + "**"
		case NotApplicable:
			return "–"
		}
		return res.Outcome.String()
	}
	return "–"
}

func tableRow(b *strings.Builder, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

var escapes = strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`)

// cell makes text fit into a cell of a Markdown table.
func cell(text string) string { return escapes.Replace(text) }
