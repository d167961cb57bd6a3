package report

import (
	"regexp"
	"strings"
)

// span is a piece of text that is shown in one manner.
type span struct {
	text   string
	manner manner
}

type manner uint8

const (
	plain manner = iota
	codeManner
	strongManner
	linkManner
)

// marked finds code, strong and addresses. A code span begins and ends with one
// backtick; strong holds neither stars nor backticks, so nothing nests.
var marked = regexp.MustCompile("`[^`\n]+`|\\*\\*[^*`\n]+\\*\\*|https://[^\\s<>\"'`|()*\\\\]*[^\\s<>\"'`|()*\\\\.,;:]")

// spans cuts a text into its spans; line breaks have become spaces.
func spans(text string) []span {
	text = oneLine(text)
	var all []span
	add := func(s string, m manner) {
		if s != "" {
			all = append(all, span{s, m})
		}
	}
	end := 0
	for _, at := range marked.FindAllStringIndex(text, -1) {
		add(text[end:at[0]], plain)
		switch found := text[at[0]:at[1]]; found[0] {
		case '`':
			add(found[1:len(found)-1], codeManner)
		case '*':
			add(found[2:len(found)-2], strongManner)
		default:
			add(found, linkManner)
		}
		end = at[1]
	}
	add(text[end:], plain)
	return all
}

// code and strong mark a whole text, unless it has marks of its own.
func code(text string) string {
	if text == "" || strings.ContainsAny(text, "`") {
		return text
	}
	return "`" + text + "`"
}

func strong(text string) string {
	if text == "" || strings.ContainsAny(text, "*`") {
		return text
	}
	return "**" + text + "**"
}

// oneLine makes every run of white space one space and takes away what neither
// Markdown nor HTML can hold.
func oneLine(text string) string {
	return strings.Join(strings.Fields(visible(text)), " ")
}

// visible replaces what is not valid UTF-8, and the control characters that
// HTML forbids, by U+FFFD.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\f' || r == '\v':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe:
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
