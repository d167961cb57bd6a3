package report

import (
	"fmt"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/rule"
)

// end writes what the findings leave open: the words, what was left out, what
// is kept well.
func (t *text) end(all, shown, more []entry) {
	t.legend()
	if len(more) > 0 {
		t.flow(0, 0, 2, span{fmt.Sprintf("and %d more", len(more)), bold}, say(": "+counts(more)+". --all shows them."))
	}
	if len(shown) == 0 {
		t.flow(0, 0, 2, span{"nothing", green}, say(" at or above this severity was found"))
	}
	for _, line := range t.rest(all, len(shown)+len(more)) {
		t.flow(0, 0, 2, say(line))
	}
	for _, line := range news(t.r) {
		t.flow(0, 0, 2, span{line, green})
	}
	if len(shown) > 0 && shown[0].lead.Site != nil {
		t.flow(0, 0, 2, say("why, and better ways in each language: "), span{"wholly audit explain " + shown[0].lead.Rule, bold})
	}
}

// legend explains the states that were named.
func (t *text) legend() {
	var parts []string
	for _, m := range meanings {
		if t.used[m.word] {
			parts = append(parts, strings.ToUpper(string(m.word))+": "+m.text)
		}
	}
	if len(parts) > 0 {
		t.flow(0, 0, 2, span{strings.Join(parts, " · "), dim})
	}
}

// rest counts what was not shown, and what was not looked at.
func (t *text) rest(all []entry, told int) []string {
	var out []string
	if below := all[told:]; len(below) > 0 {
		out = append(out, "below that: "+counts(below))
	}
	suppressed, known := 0, 0
	for _, f := range t.r.Findings {
		if f.Suppressed != "" {
			suppressed++
		} else if f.Known {
			known++
		}
	}
	if suppressed > 0 {
		out = append(out, fmt.Sprintf("%d suppressed by a comment with its reason", suppressed))
	}
	if known > 0 {
		out = append(out, fmt.Sprintf("%d known from the baseline", known))
	}
	for _, g := range t.o.Gone {
		out = append(out, fmt.Sprintf("gone: %s in %s: the baseline can forget it", harmless(g.Rule), harmless(g.File)))
	}
	if n := len(t.r.Problems); n > 0 {
		out = append(out, fmt.Sprintf("%d could not be read, or only in part: the result is not the whole truth", n))
	}
	return out
}

var _ = rule.High
var _ audit.Result
