package python

import (
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// draft is a change that is being put together for one site.
type draft struct {
	*source
	*page.Draft
}

func refuse(format string, args ...any) error { return page.Refuse(format, args...) }

// head replaces everything up to the first argument of a call.
func (d *draft) head(start int, list *grammar.Node, text string) {
	at := list.Start + 1
	if at < len(d.Text) && (d.Text[at] == '\n' || d.Text[at] == '\r') {
		text = strings.TrimRight(text, " ")
	}
	d.Put(start, at, text)
}
