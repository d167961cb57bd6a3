package compare

import (
	"fmt"
	"strings"

	"github.com/wholly-go/wholly/conform"
	"github.com/wholly-go/wholly/lab/internal/report"
)

// Page is the report about rows, of which this library's is the first. Facts
// and the command are the caller's to add.
func Page(rows []Row) report.Page {
	asked, missing := split(rows)
	p := report.Page{
		Title: "Case by case: what writers do to a file",
		Lead:  "This library and other ways to write a file were put through the same cases. What is decided here is no law: like os.WriteFile, unless something else is safer. A writer may differ on purpose, and the report says where it does.",
		Parts: []report.Part{
			{Heading: "Who was asked", Show: whoWasAsked(asked)},
			{Heading: "Case by case", Show: grid(asked)},
		},
	}
	if len(asked) > 0 {
		p.Figures = figures(asked[0])
	}
	if notes := explained(asked); len(notes) > 0 {
		p.Parts = append(p.Parts, report.Part{Heading: "On purpose, or explained", Show: explanations(notes),
			Text: []string{"In quotation marks is what the peer's own documents say."}})
	}
	if len(missing) > 0 {
		p.Parts = append(p.Parts, report.Part{Heading: "Who was not asked", Points: missing})
	}
	p.Parts = append(p.Parts, report.Part{Heading: "How to read it", Points: howToRead()})
	return p
}

func split(rows []Row) (asked []Row, missing []string) {
	for _, r := range rows {
		if r.Missing != "" {
			missing = append(missing, r.Missing)
		} else {
			asked = append(asked, r)
		}
	}
	return asked, missing
}

func figures(first Row) []report.Figure {
	tone := report.Fine
	if first.Count(conform.Differs)+first.Count(conform.Broken) > 0 {
		tone = report.Wrong
	}
	applies := len(first.Report.Results) - first.Count(conform.NotApplicable) - first.Count(conform.Skipped)
	return []report.Figure{
		{Value: fmt.Sprintf("%d of %d", first.Count(conform.AsDecided), applies), Says: "cases in which " + first.Name + " does as decided", Tone: tone},
	}
}

func whoWasAsked(rows []Row) report.Table {
	t := report.Table{Head: []string{"writer", "version", "in", "steps", "what its documents promise", "remark"}}
	for _, r := range rows {
		t.Rows = append(t.Rows, []string{r.Name, r.Version, r.Language, r.Calls, r.Promise, r.Note})
	}
	return t
}

// Summary has a line a writer: what it is, and how its cases ended.
func Summary(rows []Row) report.Table {
	t := report.Table{Head: []string{"writer", "version", "steps"}}
	for o := conform.AsDecided; o <= conform.Broken; o++ {
		t.Head = append(t.Head, o.String())
	}
	for _, r := range rows {
		line := []string{r.Name, r.Version, r.Calls}
		for o := conform.AsDecided; o <= conform.Broken && r.Missing == ""; o++ {
			line = append(line, report.Count(r.Count(o)))
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

func explanations(notes []Note) report.Table {
	t := report.Table{Head: []string{"writer", "cases", ""}}
	for _, n := range notes {
		t.Rows = append(t.Rows, []string{n.Writer, strings.Join(n.Cases, ", "), n.Text})
	}
	return t
}

// topics are the first letters of the cases' ids.
var topics = []struct{ letter, title string }{
	{"N", "A new file"},
	{"K", "What of an existing file is kept"},
	{"T", "The kind of target"},
	{"P", "The place"},
	{"F", "Failures"},
	{"O", "Order and cost"},
	{"M", "Names"},
	{"C", "Concurrency and conditions"},
}

// grid has the answers of all rows to the cases of the first.
func grid(rows []Row) report.Grid {
	var g report.Grid
	answers := make([]map[string]conform.Result, len(rows))
	for i, r := range rows {
		g.Writers = append(g.Writers, report.Writer{Name: r.Name, Note: r.Version})
		answers[i] = map[string]conform.Result{}
		for _, res := range r.Report.Results {
			answers[i][res.ID] = res
		}
	}
	for _, t := range topics {
		topic := report.Topic{Title: t.title}
		for _, c := range rows[0].Report.Results {
			if strings.HasPrefix(c.ID, t.letter) {
				topic.Cases = append(topic.Cases, check(c, answers))
			}
		}
		g.Topics = append(g.Topics, topic)
	}
	return g
}

func check(c conform.Result, answers []map[string]conform.Result) report.Check {
	row := report.Check{ID: c.ID, Title: c.Title, Want: c.Expected}
	for _, a := range answers {
		res := a[c.ID]
		row.Answers = append(row.Answers, report.Answer{Verdict: report.Verdict(res.Outcome), Text: res.Observed})
	}
	return row
}

func howToRead() []string {
	return []string{
		"“Differs” is from what this library has decided. It is not called a fault; whether it matters is for the reader's use to say.",
		"Each peer is called as its documents show, with its default options. The steps are those of one replace as strace shows them: F a file is synced, R a name is renamed, D a directory is synced.",
		"A case about an ability that a writer has no function for is not applicable to it. “Litter” is a name that was not there before; a backup that is kept on purpose is none.",
		"A writer in Node or Python is a process of its own beside the suite's. Its errors are passed on by number. Descriptors that it leaves open are not looked for.",
		"The power is not cut here (F12, F13): `lab cut` and `lab peers` do that.",
		"F11, C1 and C2 depend on timing: what they show has happened; what they do not show may still.",
	}
}
