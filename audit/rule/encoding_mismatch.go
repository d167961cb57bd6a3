package rule

import (
	"fmt"

	"github.com/wholly-go/wholly/audit/effect"
)

var encodingMismatch = &Rule{
	Name:    "encoding-mismatch",
	Section: "Text",
	Harm:    Untidy,
	AtMost:  High,
	Title:   "text is written in one encoding and read in another",
	Reason:  "Written with one encoding and read back with another, or with none named.",
	Advice:  "name the same encoding on both sides",
	Examples: []Example{
		{Language: effect.Python, Bad: `path.write_text(text, encoding="utf-8")
path.read_text()
`, Good: `path.read_text(encoding="utf-8")
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Facts.Encoding == "" || l.Facts.Encoding == "?" {
			return effect.Span{}, "", false
		}
		for _, u := range l.Weight.Encodings {
			if u.Text != "" && u.Text != "?" && u.Text != l.Facts.Encoding {
				return u.At, fmt.Sprintf("written as %s, read as %s", l.Facts.Encoding, u.Text), true
			}
		}
		return effect.Span{}, "", false
	},
}
