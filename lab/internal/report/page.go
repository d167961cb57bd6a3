package report

import (
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Page is everything a report says, in reading order.
type Page struct {
	Title   string
	Lead    string   // one paragraph: what was done, and what the answer is
	Command string   // as typed, without a prompt; may be empty
	Figures []Figure // the answer in a few numbers
	Parts   []Part
	Facts   []Fact // under what conditions: see [Machine]
}

// Figure is one large number and what it counts.
type Figure struct {
	Value, Says string
	Tone        Tone
}

// Tone tells a figure that is as it must be from one that is not. The words of
// the figure must say so too: tone is colour, and colour carries no meaning of
// its own.
type Tone uint8

const (
	Plain Tone = iota // neither
	Fine              // as it must be
	Wrong             // not as it must be
)

// Fact is one condition under which the results were got.
type Fact struct{ Name, Value string }

// Part is one section of a page.
type Part struct {
	Heading string
	Text    []string // paragraphs before it
	Points  []string // a list after them
	Show    Block    // may be nil
	Notes   []string // in small print under it
}

// Block is what a part shows: [Table], [Outcomes], [Ranges] or [Grid].
type Block interface {
	markdown(*markdown)
	html() (template.HTML, error)
}

// Table is a table of words and figures. Columns in which every cell is a
// figure are aligned to the right. Rows may be shorter than the head.
type Table struct {
	Head []string
	Rows [][]string
}

// figures reports which columns hold figures alone.
func (t Table) figures() []bool {
	right := make([]bool, len(t.Head))
	for col := range right {
		seen := false
		right[col] = true
		for _, row := range t.Rows {
			if col >= len(row) || row[col] == "" || row[col] == "–" {
				continue
			}
			seen = true
			right[col] = right[col] && isFigure(row[col])
		}
		right[col] = right[col] && seen
	}
	return right
}

// isFigure tells "1,024", "1.37×", "**0** of 12" and "1.3 [0.9..2.0]" from words.
func isFigure(s string) bool {
	s = strings.ReplaceAll(s, "of", "")
	return strings.Trim(s, "0123456789,.[]()*+-–−±×% ") == ""
}

// Count writes n with a comma at every third digit: "1,204,100".
func Count(n int) string {
	if n < 0 {
		return "−" + Count(-n)
	}
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Amount writes f with three digits that count, or all before the point:
// "0.052", "1.37", "19.2", "1,357". Zero is "0".
func Amount(f float64) string {
	if f == 0 || math.IsNaN(f) || math.IsInf(f, 0) {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	size := int(math.Floor(math.Log10(math.Abs(f)))) + 1 // digits before the point
	if size >= 3 {
		return Count(int(math.Round(f)))
	}
	text := strconv.FormatFloat(f, 'f', 3-size, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
