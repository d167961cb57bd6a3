package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var rewriteInPlace = &Rule{
	Name:    "rewrite-in-place",
	Section: "The file can be lost, torn or emptied by the end of the program alone",
	Harm:    Lost,
	AtMost:  High,
	Title:   "a file is read, changed and written back over itself",
	Reason:  "Read, change, write back over the same path. Everything in the file is at stake, not only the new part; without a lock a second process loses its update as well.",
	Kill:    "old, empty, torn, new",
	Power:   "old, empty, zeros, torn, new",
	Advice:  "take a lock, read, change, and replace the file by a rename",
	Examples: []Example{
		{Language: effect.Python, Bad: `state = json.loads(path.read_text())
state["n"] += 1
path.write_text(json.dumps(state))
`, Good: `with locked(path):
    state = json.loads(path.read_text())
    state["n"] += 1
    atomic_write(path, json.dumps(state))
`},
		{Language: effect.Go, Bad: `b, err := os.ReadFile(path)
err = os.WriteFile(path, change(b), 0o600)
`, Good: `err = policy.Update(ctx, path, 0o600, edit) // lock, read, change, replace
`},
		{Language: effect.JavaScript, Bad: `const old = await readFile(path, 'utf8');
await writeFile(path, change(old));
`, Good: `await withLock(path, async () =>
  writeAtomic(path, change(await readFile(path, 'utf8'))));
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		direct := l.Verdict == protocol.InPlace || l.Verdict == protocol.UpdateInPlace
		if !direct || !l.Facts.ReadBefore || l.Facts.OnlyAbsent || l.Weight.Generated {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "a crash while it is written back loses what was in the file before", true
	},
}
