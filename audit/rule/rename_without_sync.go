package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var renameWithoutSync = &Rule{
	Name:    "rename-without-sync",
	Section: "The program survives, a power cut does not",
	Harm:    Power,
	AtMost:  High,
	Title:   "a temp file is renamed that was never synced",
	Reason:  "Temp and rename without F before R. After a power cut the new name may hold nothing, or zeros.",
	Kill:    "old, new",
	Power:   "old, empty, zeros, torn, new",
	Advice:  "sync the temp file before the rename",
	Examples: []Example{
		{Language: effect.Python, Bad: `tmp.write_text(text)
tmp.replace(path)
`, Good: `f.write(text)
f.flush()
os.fsync(f.fileno())
os.replace(tmp, path)
`},
		{Language: effect.Go, Bad: `err = os.WriteFile(tmp, b, 0o600)
err = os.Rename(tmp, path)
`, Good: `_, err = f.Write(b) // each error checked
err = f.Sync()
err = f.Close()
err = os.Rename(f.Name(), path)
`},
		{Language: effect.JavaScript, Bad: `await writeFile(tmp, text);
await rename(tmp, path);
`, Good: `await writeFile(tmp, text, { flush: true });
await rename(tmp, path);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		staged := l.Verdict == protocol.Atomic || l.Verdict == protocol.Window && l.Staged != nil
		if !staged || l.Facts.Sync != protocol.NoSync || l.Facts.Tree || l.Facts.Staging == protocol.StagedSomewhere && l.Verdict != protocol.Atomic {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "after a power cut the name may hold an empty file, or zeros", true
	},
}
