package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
)

// eventJSON is one line of keep.
type eventJSON struct {
	Event   string        `json:"event"`
	At      time.Time     `json:"at"`
	Path    string        `json:"path"`
	Browser string        `json:"browser,omitempty"`
	Process int           `json:"process,omitempty"` // launched
	Listens string        `json:"listens,omitempty"` // launched
	Item    string        `json:"item,omitempty"`    // a tab, by its origin, or what is not captured
	Reason  string        `json:"reason,omitempty"`
	Saved   *keptSaveJSON `json:"saved,omitempty"`
	Report  *reportJSON   `json:"report,omitempty"` // restored, ended
}

// keptSaveJSON tells of a save.
type keptSaveJSON struct {
	Changes int      `json:"changes"`
	What    []string `json:"what"`
	LagMS   float64  `json:"lag_ms"`
	Size    int      `json:"size"`
	Cookies int      `json:"cookies"`
	Origins int      `json:"origins"`
}

func eventOf(e keeper.Event) eventJSON {
	out := eventJSON{Event: string(e.Kind), At: e.At, Browser: e.Browser, Item: e.Item, Reason: e.Reason}
	if e.Tab != "" {
		out.Item = e.Tab
	}
	if e.Saved != nil {
		out.Saved = &keptSaveJSON{
			Changes: e.Saved.Changes, What: append([]string{}, e.Saved.What...), Size: e.Saved.Bytes,
			LagMS: float64(e.Saved.Lag.Microseconds()) / 1000, Cookies: e.Saved.Cookies, Origins: e.Saved.Origins,
		}
	}
	if e.Report != nil {
		r := reportOf(*e.Report)
		out.Report = &r
	}
	return out
}

// words say what an event is, to people.
var words = map[string]string{
	"launched": "launched", "attached": "attached to", "restored": "restored", "saved": "saved", "not-saved": "not saved, will be tried again",
	"stale": "does not answer", "answers": "answers again", "skipped": "not captured", "browser-gone": "the browser has gone",
	"waiting": "waiting for a browser", "ended": "ended, all is on the disk",
}

func (e eventJSON) print(out io.Writer) {
	word, known := words[e.Event]
	if !known {
		word = e.Event
	}
	parts := []string{e.At.Local().Format(time.TimeOnly), word}
	switch {
	case e.Process != 0:
		parts = append(parts, fmt.Sprintf("process %d, listens on %s", e.Process, e.Listens))
	case e.Browser != "":
		parts = append(parts, shown(e.Browser))
	case e.Saved != nil:
		parts = append(parts, e.Saved.String())
	case e.Report != nil:
		parts = append(parts, e.Report.String())
	case e.Item != "":
		parts = append(parts, shown(e.Item))
	}
	line := strings.Join(parts, "  ")
	if e.Reason != "" {
		line += ": " + shown(e.Reason)
	}
	fmt.Fprintln(out, line)
	if e.Report != nil {
		for _, l := range e.Report.Left {
			fmt.Fprintf(out, "          %s  %s: %s\n", l.What, shown(l.Item), shown(l.Reason))
		}
	}
}

// String is "2 changes (updated cookie sid of x.org/) after 12 ms; 14 cookies, 3
// origins, 4,071 bytes".
func (s keptSaveJSON) String() string {
	line := plural(int64(s.Changes), "change", "changes")
	if len(s.What) > 0 {
		first := shown(s.What[0])
		if s.Changes > 1 {
			first += ", …"
		}
		line += " (" + first + ")"
	}
	return fmt.Sprintf("%s after %.0f ms; %s, %s, %s", line, s.LagMS,
		plural(int64(s.Cookies), "cookie", "cookies"), plural(int64(s.Origins), "origin", "origins"), bytesText(int64(s.Size)))
}
