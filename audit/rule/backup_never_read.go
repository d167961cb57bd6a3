package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
)

var backupNeverRead = &Rule{
	Name:    "backup-never-read",
	Section: "Errors, clean-up, backups",
	Harm:    Untidy,
	AtMost:  High,
	Title:   "a backup is written that nothing reads",
	Reason:  "A backup is written and no code of the project reads it. Say so: it protects nobody until a reader falls back to it.",
	Advice:  "let the reader fall back to it, or do not write it",
	Examples: []Example{
		{Language: effect.Python, Bad: `os.replace(path, backup)  # when nothing reads backup
`, Good: `state = first_readable(path, backup)
`},
		{Language: effect.Go, Bad: `err = os.Link(path, backup) // when nothing reads backup
`, Good: `b, err := keep.ReadFile(path) // serves the newest good version
`},
		{Language: effect.JavaScript, Bad: `await link(path, backup); // when nothing reads backup
`, Good: `const state = await firstReadable(path, backup);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Facts.Backup == nil || l.Weight.BackupRead {
			return effect.Span{}, "", false
		}
		return l.Facts.BackupAt, "nothing in the project reads the backup", true
	},
}
