package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/weigh"
)

var checkThenCreate = &Rule{
	Name:    "check-then-create",
	Section: "Two writers, or a writer and a cancel",
	Harm:    Raced,
	AtMost:  High,
	Title:   "a file is created after a test that it is absent",
	Reason:  "Exists, then write: both of two processes see \"absent\". For a lock that is two owners.",
	Advice:  "create it exclusively",
	Examples: []Example{
		{Language: effect.Python, Bad: `if not lock.exists():
    lock.write_text(me)
`, Good: `with open(lock, "x") as f:
    f.write(me)
`},
		{Language: effect.Go, Bad: `if _, err := os.Stat(lock); err != nil {
	os.WriteFile(lock, me, 0o600)
}
`, Good: `f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
`},
		{Language: effect.JavaScript, Bad: `if (!existsSync(lock)) writeFileSync(lock, me);
`, Good: `writeFileSync(lock, me, { flag: 'wx' });
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Verdict != protocol.InPlace || !l.Facts.OnlyAbsent || l.Facts.Streamed || !lockName(l.Target) {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "two processes both find it absent, and both create it", true
	},
}

// lockName reports whether the code calls the file a lock or a pid file: for
// other files the test is a default, and the last writer wins.
func lockName(v *effect.Value) bool {
	return v.Any(func(p *effect.Value) bool {
		for _, w := range append(weigh.Words(p.Words), weigh.Words(p.Name)...) {
			if w == "lock" || w == "pid" || w == "lockfile" || w == "pidfile" {
				return true
			}
		}
		return false
	})
}
