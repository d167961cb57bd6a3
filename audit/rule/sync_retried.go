package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
)

var syncRetried = &Rule{
	Name:    "sync-retried",
	Section: "The program survives, a power cut does not",
	Harm:    Power,
	AtMost:  High,
	Title:   "a failed sync is called again",
	Reason:  "A failed fsync is called again. The second call reports success for data that never reached the disk. Drop the temp, report the error.",
	Advice:  "drop the temp file and report the error",
	Examples: []Example{
		{Language: effect.Python, Bad: `while True:
    try:
        os.fsync(fd)
        break
    except OSError:
        time.sleep(1)
`, Good: `os.fsync(fd)  # let it raise
`},
		{Language: effect.Go, Bad: `for f.Sync() != nil {
	time.Sleep(time.Second)
}
`, Good: `if err := f.Sync(); err != nil {
	os.Remove(f.Name())
	return err
}
`},
		{Language: effect.JavaScript, Bad: `await retry(() => handle.sync());
`, Good: `await handle.sync();
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		return l.Facts.SyncAt, "after a failed sync the next one reports success for data that was lost", l.Facts.Retried
	},
}
