package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var tempLeftOnError = &Rule{
	Name:    "temp-left-on-error",
	Section: "Errors, clean-up, backups",
	Harm:    Untidy,
	AtMost:  Info,
	Title:   "an error leaves the temp file behind",
	Reason:  "No clean-up of the temp when a later step fails; nothing sweeps old ones.",
	Advice:  "remove it on the way out",
	Examples: []Example{
		{Language: effect.Python, Bad: `tmp.write_text(text)
os.replace(tmp, path)
`, Good: `try:
    os.replace(tmp, path)
except BaseException:
    tmp.unlink(missing_ok=True)
    raise
`},
		{Language: effect.Go, Bad: `err = os.Rename(tmp, path)
`, Good: `if err := os.Rename(tmp, path); err != nil {
	os.Remove(tmp)
	return err
}
`},
		{Language: effect.JavaScript, Bad: `await rename(tmp, path);
`, Good: `await rename(tmp, path).catch(async e => {
  await rm(tmp, { force: true });
  throw e;
});
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Staged == nil || l.Facts.Cleanup || l.Verdict == protocol.Moved || l.Verdict == protocol.Publish {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "when a later step fails, the temp file stays", true
	},
}
