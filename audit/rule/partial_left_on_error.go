package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var partialLeftOnError = &Rule{
	Name:    "partial-left-on-error",
	Section: "Errors, clean-up, backups",
	Harm:    Untidy,
	AtMost:  High,
	Title:   "an error leaves the half-written file in place",
	Reason:  "The error path returns with the half-written target in place.",
	Advice:  "serialise first, or write a temp file and rename it",
	Examples: []Example{
		{Language: effect.Python, Bad: `with open(path, "w") as f:  # dump() may raise after the truncation
    dump(data, f)
`, Good: `atomic_write(path, dumps(data))  # serialise first
`},
		{Language: effect.Go, Bad: `f, err := os.Create(path)
if err := encode(f, v); err != nil {
	return err
}
`, Good: `w, err := policy.Create(path, 0o600) // Close without Commit abandons
defer w.Close()
`},
		{Language: effect.JavaScript, Bad: `const out = createWriteStream(path);
await pipeline(source, out);
`, Good: `await pipeline(source, createWriteStream(tmp));
await rename(tmp, path);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Verdict != protocol.InPlace || !l.Facts.Streamed || l.Facts.Cleanup {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "when writing fails, the half-written file stays", true
	},
}
