package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
)

var replaceDropsMetadata = &Rule{
	Name:    "replace-drops-metadata",
	Section: "Privacy and metadata",
	Harm:    Untidy,
	AtMost:  Info,
	Title:   "the rename drops mode, owner or link of the file that it replaces",
	Reason:  "A rename-based writer that loses mode, owner, link or ACL of the file it replaces. Mostly a guard of our own fixes.",
	Advice:  "resolve the link, and give the temp file the old mode",
	Examples: []Example{
		{Language: effect.Python, Bad: `os.replace(tmp, path)  # when path is a symlink or 0600
`, Good: `os.fchmod(fd, stat.S_IMODE(old.st_mode))
os.replace(tmp, os.path.realpath(path))
`},
		{Language: effect.Go, Bad: `err = os.Rename(tmp, path) // when path is a symlink or 0600
`, Good: `err = wholly.WriteFile(path, b, 0o600) // follows the link, keeps the mode
`},
		{Language: effect.JavaScript, Bad: `await rename(tmp, path); // when path is a symlink or 0600
`, Good: `await writeAtomic(path, text);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if !l.Verdict.Good() || l.Facts.Perm >= 0 || l.Facts.ChmodAfter.Line > 0 || !l.Weight.Credentials {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "mode, owner and link of the old file are not kept", true
	},
}
