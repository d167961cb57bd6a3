package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var dirNotSynced = &Rule{
	Name:    "dir-not-synced",
	Section: "The program survives, a power cut does not",
	Harm:    Undone,
	AtMost:  High,
	Title:   "the rename itself is not made durable",
	Reason:  "R without D: the rename itself may be undone by a power cut. Needed where \"saved\" is answered to someone.",
	Kill:    "old, new",
	Power:   "old, new",
	Advice:  "sync the directory after the rename, where \"saved\" is answered to someone",
	Examples: []Example{
		{Language: effect.Python, Bad: `os.replace(tmp, path)
reply("saved")
`, Good: `os.replace(tmp, path)
sync_dir(os.path.dirname(path))
reply("saved")
`},
		{Language: effect.Go, Bad: `err = os.Rename(tmp, path)
return saved, err
`, Good: `err = os.Rename(tmp, path)
d, err := os.Open(filepath.Dir(path))
err = d.Sync()
return saved, err
`},
		{Language: effect.JavaScript, Bad: `await rename(tmp, path);
reply('saved');
`, Good: `await rename(tmp, path);
const d = await open(dirname(path));
await d.sync();
reply('saved');
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		synced := l.Verdict == protocol.AtomicSynced || l.Verdict == protocol.Window && l.Facts.Sync == protocol.SyncBefore && !l.Facts.DirSync
		if !synced {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "a power cut may undo the rename: the old content is back", true
	},
}
