package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var writeErrorSwallowed = &Rule{
	Name:    "write-error-swallowed",
	Section: "Errors, clean-up, backups",
	Harm:    Power,
	AtMost:  High,
	Title:   "the error of a save is caught and not passed on",
	Reason:  "The error of a save is caught and not passed on: the caller believes that it is saved.",
	Advice:  "give the error to the caller",
	Examples: []Example{
		{Language: effect.Python, Bad: `try:
    save(path)
except Exception:
    pass
`, Good: `save(path)
`},
		{Language: effect.Go, Bad: `if err := save(path); err != nil {
	log.Print(err)
}
`, Good: `if err := save(path); err != nil {
	return fmt.Errorf("save %s: %w", path, err)
}
`},
		{Language: effect.JavaScript, Bad: `await save(path).catch(() => {});
`, Good: `await save(path);
`},
	},
	delegated: true,
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Facts.Errors != effect.Logged && l.Facts.Errors != effect.Dropped || l.Verdict == protocol.Append {
			return effect.Span{}, "", false
		}
		return l.Facts.ErrorsAt, "when the save fails, the caller believes that it is saved", true
	},
}
