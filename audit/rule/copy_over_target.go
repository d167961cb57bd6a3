package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var copyOverTarget = &Rule{
	Name:    "copy-over-target",
	Section: "The file can be lost, torn or emptied by the end of the program alone",
	Harm:    Lost,
	AtMost:  High,
	Title:   "the staged content is copied over the target",
	Reason:  "The content is staged in a temp file and then copied over the target: the copy truncates. `shutil.move`, and any \"rename, and copy if that fails\", become this on another file system.",
	Kill:    "old, empty, torn, new",
	Power:   "old, empty, zeros, torn, new",
	Advice:  "stage in the same directory and rename",
	Examples: []Example{
		{Language: effect.Python, Bad: `write(tmp)
shutil.copyfile(tmp, path)
`, Good: `write(tmp)  # temp in the same directory
os.replace(tmp, path)
`},
		{Language: effect.Go, Bad: `dst, err := os.Create(path)
_, err = io.Copy(dst, staged)
`, Good: `err = os.Rename(tmp, path)
`},
		{Language: effect.JavaScript, Bad: `await fs.promises.copyFile(tmp, path);
`, Good: `await fs.promises.rename(tmp, path);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		switch {
		case l.Verdict == protocol.CopyOver:
			return effect.Span{}, "the copy truncates the target: a crash leaves it empty or short", true
		case l.Facts.Commit == effect.Move && l.Facts.Staging == protocol.SystemTemp:
			return effect.Span{}, "on another file system the move becomes a copy over the target", true
		}
		return effect.Span{}, "", false
	},
}
