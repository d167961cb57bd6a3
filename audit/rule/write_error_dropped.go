package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var writeErrorDropped = &Rule{
	Name:    "write-error-dropped",
	Section: "The program survives, a power cut does not",
	Harm:    Power,
	AtMost:  High,
	Title:   "the error of a write, flush, sync or close is thrown away",
	Reason:  "The error of the last write, flush, sync or close is thrown away. The file is short and the program says it saved.",
	Advice:  "check it, and do not publish the file",
	Examples: []Example{
		{Language: effect.Python, Bad: `with contextlib.suppress(OSError):
    os.fsync(fd)
`, Good: `os.fsync(fd)
`},
		{Language: effect.Go, Bad: `defer f.Close() // on a file that was written
_ = f.Sync()
`, Good: `if err := f.Close(); err != nil {
	return err
}
`},
		{Language: effect.JavaScript, Bad: `await handle.sync().catch(() => {});
`, Good: `await handle.sync();
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Facts.Sync == protocol.SyncDropped {
			return l.Facts.SyncAt, "the error of the sync is thrown away", true
		}
		return l.Facts.WriteError, "the file may be short, and the program says it is saved", l.Facts.WriteError.Line > 0 && l.Verdict != protocol.Append
	},
}
