package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// elements reads a page as strict XML and returns the names of its elements in
// order, without those that text may bring, and the text of the first h1.
func elements(t testing.TB, page []byte) (names []string, title string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(page))
	inTitle := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names, title
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			inTitle = inTitle || e.Name.Local == "h1"
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "src" || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "https://") {
					t.Errorf("<%s %s=%q> has no place here", e.Name.Local, a.Name.Local, a.Value)
				}
			}
			if !slices.Contains([]string{"code", "strong", "a", "kbd"}, e.Name.Local) {
				names = append(names, e.Name.Local)
			}
		case xml.EndElement:
			inTitle = inTitle && e.Name.Local != "h1"
		case xml.CharData:
			if inTitle {
				title += string(e)
			}
		}
	}
}

// everywhere is a page that says s wherever a page can say something.
func everywhere(s string) Page {
	row := Row{Name: s, Calls: s, Promise: s, Want: s, Cells: []Cell{{Counts: []int{3, 1, 2, 1}}, {Why: s}, {Counts: []int{3}, Blind: true}}}
	lines := []Line{
		{Name: s, Calls: s, Baseline: true, Ratio: Range{1, 1, 1}, Values: []string{s}},
		{Name: s, Calls: s, Ours: true, Ratio: Range{2, 1.5, 3}, Values: []string{s}},
		{Name: s, Why: s},
	}
	answers := []Answer{{AsDecided, s}, {Differs, s}, {Broken, s}}
	note := []string{s, s}
	return Page{
		Title: s, Lead: s, Command: s, Figures: []Figure{{s, s, Fine}}, Facts: []Fact{{s, s}},
		Parts: []Part{
			{Heading: s, Text: note, Points: note, Notes: note, Show: Table{[]string{s, s}, [][]string{{s, s}, {s}}}},
			{Show: Outcomes{
				Kinds:   []Kind{{s, s, Good}, {s, s, Damaged}, {s, s, Lost}, {s, s, Outside}},
				Systems: note, Groups: []Group{{s, s, false, []Row{row}}, {s, s, true, []Row{row}}},
			}},
			{Show: Ranges{Says: s, Columns: []string{s}, Cases: []Case{{s, s, []Panel{{s, lines}}}}}},
			{Show: Grid{Writers: []Writer{{s, s}, {s, s}, {s, s}}, Topics: []Topic{{s, []Check{{s, s, s, answers}}}}}},
		},
	}
}

// Whatever the texts are, the page has the same elements and the Markdown the
// same lines, and the title is read back as it was given.
func FuzzTextStaysText(f *testing.F) {
	for _, s := range []string{"x", "<script>alert(1)</script>", "a|b", `\`, `a\|b`, "`", "``", "`a|b`", "**", "**a**", "* * *", "</style>", "]]>",
		"<!--", "&amp;", `" onload="x`, "https://a.example/?q=<b>&c='", "https://a.example/x).", "---", "# a #", "1. a", "\xff\x00\x1b[31m", "a\nb", "\r\n",
		"{{.}}", "[a](b)", "[a]: b", "![a](b)", "~~a~~", "$a$", "_a_", "user_data_dir", "😀", "\u2028", "\ufffe"} {
		f.Add(s)
	}
	plain, err := everywhere("x").HTML()
	if err != nil {
		f.Fatal(err)
	}
	want, _ := elements(f, plain)
	lines := bytes.Count(everywhere("x").Markdown(), []byte("\n"))
	f.Fuzz(func(t *testing.T, s string) {
		if oneLine(s) == "" {
			t.Skip("says nothing")
		}
		page, err := everywhere(s).HTML()
		if err != nil {
			t.Fatal(err)
		}
		got, title := elements(t, page)
		if !slices.Equal(got, want) {
			t.Errorf("%q changes the elements of the page", s)
		}
		text := ""
		for _, span := range spans(s) {
			text += span.text
		}
		if title != text {
			t.Errorf("title of %q is read back as %q", s, title)
		}
		md := everywhere(s).Markdown()
		if n := bytes.Count(md, []byte("\n")); n != lines {
			t.Errorf("%q makes %d lines of Markdown, not %d", s, n, lines)
		}
		checkTables(t, md)
	})
}

var (
	cellEnd  = regexp.MustCompile(`(^|[^\\])(\\\\)*\|`)
	codeSpan = regexp.MustCompile("`[^`]*`")
)

// checkTables wants as many cells in each line of a table as in its head, and
// no tag outside code.
func checkTables(t *testing.T, md []byte) {
	t.Helper()
	cells := 0
	for line := range strings.Lines(string(md)) {
		if strings.HasPrefix(line, "    $ ") {
			continue
		}
		if strings.Contains(codeSpan.ReplaceAllString(line, ""), "<") {
			t.Errorf("a tag in Markdown: %q", line)
		}
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := len(cellEnd.FindAllString(codeSpan.ReplaceAllStringFunc(line, func(code string) string {
			return strings.ReplaceAll(code, `\|`, "")
		}), -1))
		if cells == 0 {
			cells = n
		}
		if n != cells {
			t.Errorf("%d cells, not %d: %q", n, cells, line)
		}
	}
}

// A page stands alone: it loads nothing and runs nothing.
func TestPageStandsAlone(t *testing.T) {
	page, err := everywhere("x").HTML()
	if err != nil {
		t.Fatal(err)
	}
	names, _ := elements(t, page)
	for _, name := range []string{"script", "link", "img", "iframe", "image", "use", "object", "embed", "form"} {
		if slices.Contains(names, name) {
			t.Errorf("the page has a <%s>", name)
		}
	}
	if i := bytes.Index(page, []byte("@import")); i >= 0 {
		t.Error("the style imports another")
	}
	for _, url := range regexp.MustCompile(`url\([^)]*\)`).FindAllString(string(page), -1) {
		if url != "url(#hatch)" {
			t.Errorf("the page refers to %s", url)
		}
	}
}
