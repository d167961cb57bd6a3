package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var tempOnAnotherDevice = &Rule{
	Name:    "temp-on-another-device",
	Section: "The program survives, a power cut does not",
	Harm:    Power,
	AtMost:  High,
	Title:   "the temp file may lie on another file system",
	Reason:  "The temp lies in the system's temp directory: the rename fails with EXDEV, or the move becomes a copy.",
	Advice:  "make the temp file in the directory of the target",
	Examples: []Example{
		{Language: effect.Python, Bad: `fd, tmp = tempfile.mkstemp()
shutil.move(tmp, path)
`, Good: `fd, tmp = tempfile.mkstemp(dir=os.path.dirname(path))
os.replace(tmp, path)
`},
		{Language: effect.Go, Bad: `f, err := os.CreateTemp("", "state-*")
err = os.Rename(f.Name(), path)
`, Good: `f, err = os.CreateTemp(filepath.Dir(path), ".state-*")
err = os.Rename(f.Name(), path)
`},
		{Language: effect.JavaScript, Bad: `const tmp = join(tmpdir(), 'state');
`, Good: `const beside = join(dirname(path), '.state-' + randomUUID());
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Facts.Staging != protocol.SystemTemp || l.Staged == nil || l.Verdict == protocol.CopyOver {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "the temp file lies in the system's temp directory: the rename may fail, or become a copy", true
	},
}
