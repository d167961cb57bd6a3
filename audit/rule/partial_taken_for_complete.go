package rule

import (
	"fmt"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var partialTakenForComplete = &Rule{
	Name:    "partial-taken-for-complete",
	Section: "The file can be lost, torn or emptied by the end of the program alone",
	Harm:    Lost,
	AtMost:  High,
	Title:   "a partial file is taken for complete because it exists",
	Reason:  "A download, an extraction or a long export goes straight to its final name, and other code takes the name's existence as the sign that it is complete.",
	Kill:    "missing, empty, torn, new",
	Power:   "missing, empty, zeros, torn, new",
	Advice:  "fill a temp file, rename it when it is whole",
	Examples: []Example{
		{Language: effect.Python, Bad: `if not dest.exists():
    urlretrieve(url, dest)
`, Good: `if not dest.exists():
    urlretrieve(url, part)
    os.replace(part, dest)
`},
		{Language: effect.Go, Bad: `f, err := os.Create(dest)
_, err = io.Copy(f, body)
`, Good: `w, err := policy.Create(dest, 0o644) // the name appears with Commit
_, err = io.Copy(w, body)
err = w.Commit()
`},
		{Language: effect.JavaScript, Bad: `await pipeline(body, createWriteStream(dest));
`, Good: `await pipeline(body, createWriteStream(part));
await rename(part, dest);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		direct := l.Verdict == protocol.InPlace || l.Verdict == protocol.CreateExclusive
		if !direct || l.Weight.Guarded.Line == 0 {
			return effect.Span{}, "", false
		}
		return effect.Span{}, fmt.Sprintf("after a crash a part of it is there, and line %d takes that for the whole", l.Weight.Guarded.Line), true
	},
}
