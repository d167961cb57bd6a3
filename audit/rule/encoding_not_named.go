package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
)

var encodingNotNamed = &Rule{
	Name:    "encoding-not-named",
	Section: "Text",
	Harm:    Untidy,
	AtMost:  Info,
	Title:   "text is written in the encoding of the locale",
	Reason:  "Text is written in the locale's encoding: another machine reads it differently, and a character outside it raises after the truncation.",
	Advice:  "name the encoding: utf-8",
	Examples: []Example{
		{Language: effect.Python, Bad: `open(path, "w")
`, Good: `open(path, "w", encoding="utf-8")
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		return effect.Span{}, "another machine reads it differently, and some characters cannot be written at all", l.Facts.Encoding == "locale"
	},
}
