package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
)

// The page is written so that it is well-formed XML too: a test can then read
// every one of them strictly.
//
//go:embed page/*.tmpl
var sources embed.FS

//go:embed page/page.css
var style string

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"text":  richText,
	"show":  func(b Block) (template.HTML, error) { return b.html() },
	"calls": strings.Fields,
	"clean": oneLine,
	"lower": strings.ToLower,
}).ParseFS(sources, "page/*.tmpl"))

// HTML returns the page as one document that stands alone.
func (p Page) HTML() ([]byte, error) {
	page, err := render("page", struct {
		Page
		Style      template.CSS
		Conditions string
	}{p, template.CSS(style), conditions})
	return []byte(page), err
}

func (t Table) html() (template.HTML, error) {
	right := t.figures()
	type cell struct {
		Text  string
		Right bool
	}
	var view struct {
		Head []cell
		Rows [][]cell
	}
	for i, text := range t.Head {
		view.Head = append(view.Head, cell{text, right[i]})
	}
	for _, row := range t.Rows {
		cells := make([]cell, len(t.Head))
		for i := range cells {
			cells[i].Right = right[i]
			if i < len(row) {
				cells[i].Text = row[i]
			}
		}
		view.Rows = append(view.Rows, cells)
	}
	return render("table", view)
}

// render fills in a template. What the templates escape, or richText did, is
// HTML from then on.
func render(name string, view any) (template.HTML, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, view); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

// richText is a text with its spans.
func richText(text string) template.HTML {
	var b strings.Builder
	for _, s := range spans(text) {
		safe := template.HTMLEscapeString(s.text)
		switch s.manner {
		case codeManner:
			safe = "<code>" + safe + "</code>"
		case strongManner:
			safe = "<strong>" + safe + "</strong>"
		case linkManner:
			safe = `<a href="` + safe + `">` + safe + "</a>"
		}
		b.WriteString(safe)
	}
	return template.HTML(b.String())
}

// percent is a place or a width in a chart.
type percent float64

func (p percent) String() string { return fmt.Sprintf("%.2f%%", float64(p)) }

// String returns the tone as a word.
func (t Tone) String() string { return []string{"plain", "fine", "wrong"}[min(t, Wrong)] }
