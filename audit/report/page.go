package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// look is how a piece of text stands out on a terminal. Nothing is said by
// colour alone: what is red is in capitals too.
type look string

const (
	plain  look = ""
	bold   look = "1"
	dim    look = "2"
	red    look = "31"
	green  look = "32"
	yellow look = "33"
	cyan   look = "36"
	alarm  look = "1;31"
	warn   look = "1;33"
)

// span is text that looks one way.
type span struct {
	text string
	look look
}

func say(text string) span { return span{text: text} }

// page collects lines of at most width columns. Single words that are longer
// stay in one piece: a path that is cut cannot be opened.
type page struct {
	strings.Builder
	color bool
	width int
}

func (p *page) gap() { p.WriteByte('\n') }

// flow writes spans as one paragraph. It begins at column from, and what is
// wrapped begins at column hang; the cursor stands at column at.
func (p *page) flow(at, from, hang int, spans ...span) {
	p.WriteString(strings.Repeat(" ", max(0, from-at)))
	col, first := max(at, from), true
	for _, w := range words(spans) {
		n := w.columns()
		switch {
		case first:
		case col+1+n > p.width:
			p.WriteString("\n" + strings.Repeat(" ", hang))
			col = hang
		default:
			p.WriteByte(' ')
			col++
		}
		for _, s := range w {
			p.put(s)
		}
		col += n
		first = false
	}
	p.WriteByte('\n')
}

// tied is a blank at which no line is broken.
const tied = "\u00a0"

func (p *page) put(s span) {
	s.text = strings.ReplaceAll(s.text, tied, " ")
	if !p.color || s.look == plain || s.text == "" {
		p.WriteString(s.text)
		return
	}
	p.WriteString("\x1b[" + string(s.look) + "m" + s.text + "\x1b[0m")
}

// cell writes text and fills it up to n columns.
func (p *page) cell(text string, look look, n int) {
	p.put(span{text, look})
	p.WriteString(strings.Repeat(" ", max(0, n-columns(text))))
}

// word is what may not be parted: spans without a blank between them.
type word []span

func (w word) columns() (n int) {
	for _, s := range w {
		n += columns(s.text)
	}
	return n
}

func words(spans []span) (list []word) {
	open := false
	for _, s := range spans {
		for i, piece := range strings.Split(s.text, " ") {
			if i > 0 {
				open = false
			}
			if piece == "" {
				continue
			}
			if !open {
				list = append(list, nil)
			}
			last := &list[len(list)-1]
			*last = append(*last, span{piece, s.look})
			open = true
		}
	}
	return list
}

// columns is how wide text is on a terminal.
func columns(text string) (n int) {
	if printable(text) {
		return len(text)
	}
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wide follows the East Asian widths of Unicode, roughly.
func wide(r rune) bool {
	return r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 ||
		r >= 0xffe0 && r <= 0xffe6 || r >= 0x1f300 && r <= 0x1faff || r >= 0x20000 && r <= 0x3fffd)
}

// harmless shows what a terminal would obey or hide: control characters,
// marks that turn the direction of writing, bytes that are no text. Names and
// paths in sources may hold any of them.
func harmless(text string) string {
	if printable(text) || !strings.ContainsFunc(text, unseen) && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r < 0x80 && unseen(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case unseen(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// printable is the quick answer for plain ASCII.
func printable(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || unicode.In(r, unicode.Co, unicode.Cs)
}
