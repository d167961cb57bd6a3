package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var syncMisplaced = &Rule{
	Name:    "sync-misplaced",
	Section: "The program survives, a power cut does not",
	Harm:    Power,
	AtMost:  High,
	Title:   "a sync stands where it cannot help",
	Reason:  "A sync that cannot help: after the rename, before the buffer is flushed, on another handle than the one written, or inside a branch that the usual path does not take.",
	Advice:  "flush, then sync the handle that was written, then rename",
	Examples: []Example{
		{Language: effect.Python, Bad: `f.write(text)  # still in Python's buffer
os.fsync(f.fileno())
`, Good: `f.write(text)
f.flush()
os.fsync(f.fileno())
`},
		{Language: effect.Go, Bad: `_, err = w.Write(b) // w is a bufio.Writer over f
err = f.Sync()
err = w.Flush()
`, Good: `err = w.Flush()
err = f.Sync()
`},
		{Language: effect.JavaScript, Bad: `await rename(tmp, path);
await handle.sync();
`, Good: `await handle.sync();
await rename(tmp, path);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		what := map[protocol.SyncPlace]string{
			protocol.SyncAfter:  "the sync comes after the rename",
			protocol.SyncEarly:  "the sync comes before the last write or flush",
			protocol.SyncOther:  "another file is synced than the one that is written",
			protocol.SyncBranch: "the sync stands in a branch that the usual way does not take",
		}[l.Facts.Sync]
		return l.Facts.SyncAt, what, what != "" && (l.Facts.Sync != protocol.SyncOther || l.Verdict == protocol.Atomic)
	},
}
