package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var overwriteWithoutTruncate = &Rule{
	Name:    "overwrite-without-truncate",
	Section: "The file can be lost, torn or emptied by the end of the program alone",
	Harm:    Lost,
	AtMost:  High,
	Title:   "a file is overwritten from the start without truncation",
	Reason:  "The file is opened for writing without truncation and filled from the start: a shorter content keeps the old tail, and a crash leaves a mixture. A file opened only to create or to touch it is not reported.",
	Kill:    "old, torn, new",
	Power:   "old, zeros, torn, new",
	Advice:  "replace the file by a rename",
	Examples: []Example{
		{Language: effect.Python, Bad: `with open(path, "r+") as f:
    f.write(text)
`, Good: `atomic_write(path, text)
`},
		{Language: effect.Go, Bad: `f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
_, err = f.Write(b)
`, Good: `err = wholly.WriteFile(path, b, 0o600)
`},
		{Language: effect.JavaScript, Bad: `writeFileSync(path, text, { flag: 'r+' });
`, Good: `await writeAtomic(path, text);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Verdict != protocol.UpdateInPlace {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "a shorter content keeps the old tail, and a crash leaves a mixture", true
	},
}
