package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
)

var secretReadableBeforeChmod = &Rule{
	Name:    "secret-readable-before-chmod",
	Section: "Privacy and metadata",
	Harm:    Raced,
	AtMost:  High,
	Title:   "the mode is narrowed when the secret is already there",
	Reason:  "The mode is narrowed after the content is there: for a moment others can read it, and a crash makes the moment last.",
	Advice:  "create the file with its mode",
	Examples: []Example{
		{Language: effect.Python, Bad: `path.write_text(token)
os.chmod(path, 0o600)
`, Good: `atomic_write(path, token, mode=0o600)
`},
		{Language: effect.Go, Bad: `err = os.WriteFile(path, token, 0o644)
err = os.Chmod(path, 0o600)
`, Good: `err = wholly.WriteFile(path, token, 0o600)
`},
		{Language: effect.JavaScript, Bad: `await writeFile(path, token);
await chmod(path, 0o600);
`, Good: `await writeAtomic(path, token, { mode: 0o600 });
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		return l.Facts.ChmodAfter, "until the chmod others can read it, and a crash makes that last", l.Facts.ChmodAfter.Line > 0
	},
}
