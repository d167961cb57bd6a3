package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var missingFileWindow = &Rule{
	Name:    "missing-file-window",
	Section: "The file can be lost, torn or emptied by the end of the program alone",
	Harm:    Lost,
	AtMost:  High,
	Title:   "the old file is gone before the new one is there",
	Reason:  "The old file is moved or removed before the new one arrives. Between the two calls the path does not exist, and when the second call fails nobody puts the old one back. High where a reader takes absence for \"nothing saved\". Where the new file was staged does not matter.",
	Kill:    "old, missing, new",
	Power:   "old, missing, empty, zeros, torn, new",
	Advice:  "link the old file to the backup name, then one rename over it",
	Examples: []Example{
		{Language: effect.Python, Bad: `path.replace(backup)
tmp.replace(path)
`, Good: `backup.unlink(missing_ok=True)  # a second name for the old file,
os.link(path, backup)                          # then one rename over it
os.replace(tmp, path)
`},
		{Language: effect.Go, Bad: `err = os.Rename(path, backup)
err = os.Rename(tmp, path)
`, Good: `keep := wholly.Policy{Keep: 1}
err = keep.WriteFile(path, b, 0o600)
`},
		{Language: effect.JavaScript, Bad: `await rename(path, backup);
await rename(tmp, path);
`, Good: `await rm(backup, { force: true });
await link(path, backup);
await rename(tmp, path);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Verdict != protocol.Window || l.Facts.Tree || l.Facts.Removed && l.Staged == nil {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "a crash " + lines(l.Facts.WindowFrom, l.Facts.WindowTo) + " leaves no file at all", true
	},
}
