package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var secretWithDefaultMode = &Rule{
	Name:    "secret-with-default-mode",
	Section: "Privacy and metadata",
	Harm:    Raced,
	AtMost:  High,
	Title:   "credentials are written with a mode that lets others read",
	Reason:  "Credentials written with the umask's mode. Reported only with evidence, never by a word in a directory name.",
	Advice:  "create the file with mode 0600",
	Examples: []Example{
		{Language: effect.Python, Bad: `path.write_text(token)
`, Good: `atomic_write(path, token, mode=0o600)
`},
		{Language: effect.Go, Bad: `err = os.WriteFile(path, token, 0o644)
`, Good: `err = wholly.WriteFile(path, token, 0o600)
`},
		{Language: effect.JavaScript, Bad: `await writeFile(path, token);
`, Good: `await writeAtomic(path, token, { mode: 0o600 });
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		wide := l.Facts.Perm == -1 || l.Facts.Perm > 0 && l.Facts.Perm&0o077 != 0
		if !l.Weight.Credentials || !wide || l.Facts.ChmodAfter.Line > 0 || l.Verdict == protocol.Moved || l.Verdict == protocol.Publish {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "others on the machine can read the credentials", true
	},
}
