package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var truncateInPlace = &Rule{
	Name:    "truncate-in-place",
	Section: "The file can be lost, torn or emptied by the end of the program alone",
	Harm:    Lost,
	AtMost:  High,
	Title:   "the file itself is truncated, then filled",
	Reason:  "The path itself is opened with truncation and then filled. Until the last byte is out, the file is empty or short; an exception, a full disk or a kill leaves it so.",
	Kill:    "old, empty, torn, new",
	Power:   "old, empty, zeros, torn, new",
	Advice:  "write a temp file in the same directory and rename it over the target",
	Examples: []Example{
		{Language: effect.Python, Bad: `with open(path, "w") as f:
    json.dump(state, f)
`, Good: `atomic_write(path, json.dumps(state))
`},
		{Language: effect.Go, Bad: `err = os.WriteFile(path, b, 0o600)
`, Good: `err = wholly.WriteFile(path, b, 0o600)
`},
		{Language: effect.JavaScript, Bad: `await fs.promises.writeFile(path, text);
`, Good: `await writeAtomic(path, text);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Verdict != protocol.InPlace && l.Verdict != protocol.InPlaceWithBackup {
			return effect.Span{}, "", false
		}
		if l.Facts.OnlyAbsent && l.Facts.Writes == 0 {
			return effect.Span{}, "", false // an empty file is made where there was none
		}
		return effect.Span{}, "a crash while it is written leaves the file empty or short", true
	},
}
