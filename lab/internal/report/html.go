package report

import (
	"bytes"
	_ "embed"
	"html/template"
)

//go:embed page.tmpl
var pageSource string

//go:embed page.css
var style string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// HTML returns the page as one document that stands alone. It is well-formed
// XML too.
func (p Page) HTML() ([]byte, error) {
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, p)
	return b.Bytes(), err
}

func (t Table) html() (string, error)    { return "", nil }
func (o Outcomes) html() (string, error) { return "", nil }
func (r Ranges) html() (string, error)   { return "", nil }
func (g Grid) html() (string, error)     { return "", nil }
