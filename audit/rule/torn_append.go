package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var tornAppend = &Rule{
	Name:    "torn-append",
	Section: "The file can be lost, torn or emptied by the end of the program alone",
	Harm:    Lost,
	AtMost:  Low,
	Title:   "a record is appended in several writes",
	Reason:  "A record is appended in several writes, or the reader of the log has no way to drop a torn last record.",
	Kill:    "old, torn, new",
	Power:   "old, zeros, torn, new",
	Advice:  "append each record by one write, and let the reader drop a torn last one",
	Examples: []Example{
		{Language: effect.Python, Bad: `log.write(header)
log.write(body + "\n")
`, Good: `log.write(header + body + "\n")  # one write a record
`},
		{Language: effect.Go, Bad: `fmt.Fprint(log, header)
fmt.Fprintln(log, body)
`, Good: `_, err = log.Write(record) // one write a record
`},
		{Language: effect.JavaScript, Bad: `appendFileSync(log, header);
appendFileSync(log, body + '\n');
`, Good: `appendFileSync(log, header + body + '\n');
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Verdict != protocol.Append || l.Facts.Writes < 2 && !l.Tree.again(l.Place) {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "a crash between the writes leaves half a record", true
	},
}
