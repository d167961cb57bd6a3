package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var deleteThenRebuild = &Rule{
	Name:    "delete-then-rebuild",
	Section: "The file can be lost, torn or emptied by the end of the program alone",
	Harm:    Lost,
	AtMost:  High,
	Title:   "what is there is deleted before its successor is complete",
	Reason:  "A file or a tree is deleted before its successor is complete. Build beside it, then exchange or flip one link.",
	Kill:    "old, missing",
	Power:   "old, missing",
	Advice:  "build beside it, then exchange the two or flip one link",
	Examples: []Example{
		{Language: effect.Python, Bad: `shutil.rmtree(out)
build(out)
`, Good: "build(fresh)  # `current` is a symlink\n" +
			"os.symlink(fresh, tmp)\n" +
			"os.replace(tmp, current)\n"},
		{Language: effect.Go, Bad: `err = os.RemoveAll(out)
err = build(out)
`, Good: `err = build(fresh)
err = os.Symlink(fresh, tmp)
err = os.Rename(tmp, current)
`},
		{Language: effect.JavaScript, Bad: `rmSync(out, { recursive: true });
build(out);
`, Good: `build(fresh);
symlinkSync(fresh, tmp);
renameSync(tmp, current);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Verdict != protocol.Window || !l.Facts.Removed || !l.Facts.Tree && l.Staged != nil {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "a crash " + lines(l.Facts.WindowFrom, l.Facts.WindowTo) + " leaves nothing, and after it a part", true
	},
}
