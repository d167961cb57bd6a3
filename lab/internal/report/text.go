package report

import (
	"strings"
	"unicode/utf8"
)

// Unmarked returns text on one line, without its marks and without anything that
// a terminal would obey.
func Unmarked(text string) string {
	var b strings.Builder
	for _, s := range spans(text) {
		b.WriteString(s.text)
	}
	return b.String()
}

// Text returns the table for a terminal, its columns aligned and two spaces
// apart; with bold, the head is.
func (t Table) Text(bold bool) string {
	rows := append([][]string{t.Head}, t.Rows...)
	widths := make([]int, len(t.Head))
	for _, row := range rows {
		for i := range min(len(row), len(widths)) {
			widths[i] = max(widths[i], utf8.RuneCountInString(Unmarked(row[i])))
		}
	}
	right := t.figures()
	var b strings.Builder
	for n, row := range rows {
		line := textLine(row, widths, right)
		if n == 0 && bold && line != "" {
			line = "\x1b[1m" + line + "\x1b[0m"
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func textLine(row []string, widths []int, right []bool) string {
	var b strings.Builder
	for i := range min(len(row), len(widths)) {
		text := Unmarked(row[i])
		room := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
		if right[i] {
			text = room + text
		} else {
			text += room
		}
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(text)
	}
	return strings.TrimRight(b.String(), " ")
}
