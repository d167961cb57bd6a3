package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// Markdown returns the page as GitHub reads it. It says all that the HTML says.
func (p Page) Markdown() []byte {
	var m markdown
	m.heading(1, p.Title)
	m.paragraph(p.Lead)
	m.command(p.Command)
	m.figures(p.Figures)
	for _, part := range p.Parts {
		m.part(part)
	}
	if len(p.Facts) > 0 {
		m.heading(2, conditions)
		m.facts(p.Facts)
	}
	return append(bytes.TrimRight(m.Bytes(), "\n"), '\n')
}

// conditions is the heading over the facts.
const conditions = "How this was made"

// markdown writes blocks, each with an empty line after it.
type markdown struct{ bytes.Buffer }

func (m *markdown) heading(level int, text string) {
	if text != "" {
		fmt.Fprintf(m, "%s %s\n\n", strings.Repeat("#", level), headingEnd.ReplaceAllString(inline(text), `\$0`))
	}
}

func (m *markdown) paragraph(text string) {
	if text = inline(text); text != "" {
		fmt.Fprintf(m, "%s\n\n", lineStart.ReplaceAllString(text, `$1\$2`))
	}
}

func (m *markdown) list(points []string) {
	for _, point := range points {
		fmt.Fprintf(m, "- %s\n", lineStart.ReplaceAllString(inline(point), `$1\$2`))
	}
	if len(points) > 0 {
		m.WriteByte('\n')
	}
}

// command is indented: no text can end an indented block early, as it could
// end a fenced one.
func (m *markdown) command(text string) {
	if text = oneLine(text); text != "" {
		fmt.Fprintf(m, "    $ %s\n\n", text)
	}
}

func (m *markdown) figures(all []Figure) {
	var points []string
	for _, f := range all {
		points = append(points, strong(f.Value)+" "+f.Says)
	}
	m.list(points)
}

func (m *markdown) facts(all []Fact) {
	t := Table{Head: []string{"", ""}}
	for _, f := range all {
		t.Rows = append(t.Rows, []string{f.Name, f.Value})
	}
	t.markdown(m)
}

func (m *markdown) part(p Part) {
	m.heading(2, p.Heading)
	for _, text := range p.Text {
		m.paragraph(text)
	}
	m.list(p.Points)
	if p.Show != nil {
		p.Show.markdown(m)
	}
	m.list(p.Notes)
}

func (t Table) markdown(m *markdown) {
	if len(t.Head) == 0 {
		return
	}
	m.row(t.Head, len(t.Head))
	for _, right := range t.figures() {
		if right {
			m.WriteString("|---:")
		} else {
			m.WriteString("|---")
		}
	}
	m.WriteString("|\n")
	for _, row := range t.Rows {
		m.row(row, len(t.Head))
	}
	m.WriteByte('\n')
}

// row writes exactly n cells.
func (m *markdown) row(cells []string, n int) {
	for i := range n {
		text := ""
		if i < len(cells) {
			text = strings.ReplaceAll(inline(cells[i]), "|", `\|`)
		}
		fmt.Fprintf(m, "| %s ", text)
	}
	m.WriteString("|\n")
}

func (o Outcomes) markdown(m *markdown) {
	m.list(o.legend())
	for _, g := range o.Groups {
		m.heading(3, g.Title)
		m.paragraph(g.Text)
		o.Brief(g).markdown(m)
	}
	for i, system := range o.Systems {
		if o.ran(i) {
			m.heading(3, "Disks by outcome, "+system)
			o.counts(i).markdown(m)
		}
	}
}

// legend says what the kinds mean.
func (o Outcomes) legend() []string {
	var points []string
	for _, k := range o.Kinds {
		if k.Means != "" {
			points = append(points, strong(k.Name)+": "+k.Means)
		}
	}
	return points
}

func (r Ranges) markdown(m *markdown) {
	m.paragraph(r.Says)
	for _, c := range r.Cases {
		m.heading(3, c.Name)
		m.paragraph(c.Text)
		for _, p := range c.Panels {
			m.heading(4, p.System)
			r.counts(p).markdown(m)
		}
	}
}

func (g Grid) markdown(m *markdown) {
	g.summary().markdown(m)
	for _, t := range g.Topics {
		m.heading(3, t.Title)
		g.table(t).markdown(m)
	}
}

var (
	// special is what would begin markup inside a line; "_" only where it is not
	// inside a word, brackets only where they would make a link.
	special = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "<", "&lt;", "&", "&amp;",
		"~", `\~`, "$", `\$`, "](", `\](`)
	lineStart  = regexp.MustCompile(`^(\d*)([-+#>[]|[.)] )`)
	headingEnd = regexp.MustCompile(`#+$`)
	underscore = regexp.MustCompile(`\b_+|_+\b`)
)

// inline writes a text with its spans on one line.
func inline(text string) string {
	var b strings.Builder
	for _, s := range spans(text) {
		switch s.manner {
		case codeManner:
			b.WriteString("`" + s.text + "`")
		case strongManner:
			b.WriteString("**" + escape(s.text) + "**")
		case linkManner:
			b.WriteString(s.text)
		default:
			b.WriteString(escape(s.text))
		}
	}
	return b.String()
}

func escape(text string) string {
	return underscore.ReplaceAllStringFunc(special.Replace(text), func(s string) string {
		return strings.ReplaceAll(s, "_", `\_`)
	})
}
