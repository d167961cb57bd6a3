package rule

import (
	"fmt"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/weigh"
)

var bypassesOwnWriter = &Rule{
	Name:    "bypasses-own-writer",
	Section: "Two writers, or a writer and a cancel",
	Harm:    Raced,
	AtMost:  High,
	Title:   "the project has an atomic writer, and this place does not use it",
	Reason:  "The project has an atomic writer whose body was checked and found good; this place does the same job by hand and worse.",
	Advice:  "call the project's writer",
	Examples: []Example{
		{Language: effect.Python, Bad: `path.write_text(text)  # storage.save_text() exists
`, Good: `save_text(path, text)
`},
		{Language: effect.Go, Bad: `err = os.WriteFile(path, b, 0o600) // fileutil.Save exists
`, Good: `err = fileutil.Save(path, b, 0o600)
`},
		{Language: effect.JavaScript, Bad: `await writeFile(path, text); // saveText() exists
`, Good: `await saveText(path, text);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		w := l.Tree.Writer(l.Line.File)
		if w == nil || l.Verdict != protocol.InPlace || l.Facts.OnlyAbsent || l.IsWriter || l.Weight.Importance < weigh.Used {
			return effect.Span{}, "", false
		}
		return effect.Span{}, fmt.Sprintf("%s (%s:%d) does the same job, and atomically", w.Func.Text, w.Line.File, w.Line.Line), true
	},
}
