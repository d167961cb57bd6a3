package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
)

var unawaitedWrite = &Rule{
	Name:    "unawaited-write",
	Section: "Two writers, or a writer and a cancel",
	Harm:    Lost,
	AtMost:  High,
	Title:   "nobody waits for the write",
	Reason:  "The promise of a write is neither awaited nor returned nor handled: its error is lost, the next step runs before it, two of them overlap.",
	Advice:  "await it, or return its promise",
	Examples: []Example{
		{Language: effect.JavaScript, Bad: `fs.promises.writeFile(path, text);
`, Good: `await writeAtomic(path, text);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		return effect.Span{}, "its error is lost, and what follows runs before it is done", l.Facts.Unawaited
	},
}
