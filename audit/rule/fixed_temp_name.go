package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var fixedTempName = &Rule{
	Name:    "fixed-temp-name",
	Section: "Two writers, or a writer and a cancel",
	Harm:    Untidy,
	AtMost:  High,
	Title:   "two writers share one temp file",
	Reason:  "Two writers share the temp: one publishes the other's half. A left-over has no owner and a planted link is followed.",
	Advice:  "a random name, opened exclusively",
	Examples: []Example{
		{Language: effect.Python, Bad: `tmp = path.with_suffix(".json.tmp")
`, Good: `tmp = path.with_name(f".{os.getpid()}-{secrets.token_hex(6)}.tmp")  # opened with "x"
`},
		{Language: effect.Go, Bad: `tmp := path + ".tmp"
`, Good: `f, err := os.CreateTemp(filepath.Dir(path), ".*.tmp")
`},
		{Language: effect.JavaScript, Bad: `const tmp = path + '.tmp';
`, Good: "const own = `${path}.${process.pid}.${randomUUID()}.tmp`; // opened with 'wx'\n"},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Staged == nil || l.Facts.Temp != protocol.FixedTemp || l.Verdict == protocol.Publish || l.Verdict == protocol.Moved {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "two writers share the temp file: one publishes the other's half", true
	},
}
