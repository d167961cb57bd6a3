package rule

import (
	"fmt"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var mixedWriters = &Rule{
	Name:    "mixed-writers",
	Section: "Two writers, or a writer and a cancel",
	Harm:    Raced,
	AtMost:  High,
	Title:   "one place writes the file atomically, another in place",
	Reason:  "Two places write the same file, one of them atomically, the other in place. The good one is worth nothing. Reported at the other.",
	Advice:  "use the atomic writer in both places",
	Examples: []Example{
		{Language: effect.Python, Bad: `atomic_write(ID, new_id)                       # in one module
ID.write_text(new_id)  # in another
`, Good: `atomic_write(ID, new_id)
`},
		{Language: effect.Go, Bad: `err = wholly.WriteFile(idPath, id, 0o600)      // in one package
err = os.WriteFile(idPath, id, 0o600) // in another
`, Good: `err = wholly.WriteFile(idPath, id, 0o600)
`},
		{Language: effect.JavaScript, Bad: `await writeAtomic(idPath, id);                 // in one module
await writeFile(idPath, id); // in another
`, Good: `await writeAtomic(idPath, id);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Verdict != protocol.InPlace && l.Verdict != protocol.UpdateInPlace && l.Verdict != protocol.CopyOver {
			return effect.Span{}, "", false
		}
		if o := l.Tree.atomically(l.Place); o != nil {
			return effect.Span{}, fmt.Sprintf("the same file is written atomically in %s:%d", o.Line.File, o.Line.Line), true
		}
		return effect.Span{}, "", false
	},
}
